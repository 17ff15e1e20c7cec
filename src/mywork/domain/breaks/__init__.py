"""A break: money or a fact that our books cannot explain yet, kept open until it is explained.

One stream per unexplained Stripe object, so the same surprise twice is one break. Its money lies
in `suspense:stripe` until a resolution moves it where it belongs, or it is returned to its payer.
Read `words`, `states`, then `explaining` and `returning`.
"""

from mywork.domain.breaks.decider import (
    decide,
    decider,
    evolve,
    stream,
    stream_of,
)
from mywork.domain.breaks.states import (
    Absent,
    Known,
    Returned,
    State,
)
from mywork.domain.breaks.words import (
    IN_SUSPENSE,
    RESOLUTION_ACCOUNTS,
    BreakConverted,
    BreakFundsAvailable,
    BreakOpened,
    BreakResolved,
    BreakSettled,
    Command,
    Event,
    FactWrittenOff,
    FailReturn,
    Kind,
    MakeBreakFundsAvailable,
    MakeReturnAvailable,
    OpenBreak,
    PaymentReturnAsked,
    PaymentReturned,
    PaymentReturnFailed,
    PaymentReturnSettled,
    RecordReturn,
    ResolveBreak,
    SettleBreak,
    SettleReturn,
    WriteOffFact,
)

__all__ = [
    "IN_SUSPENSE",
    "RESOLUTION_ACCOUNTS",
    "Absent",
    "BreakConverted",
    "BreakFundsAvailable",
    "BreakOpened",
    "BreakResolved",
    "BreakSettled",
    "Command",
    "Event",
    "FactWrittenOff",
    "FailReturn",
    "Kind",
    "Known",
    "MakeBreakFundsAvailable",
    "MakeReturnAvailable",
    "OpenBreak",
    "PaymentReturnAsked",
    "PaymentReturnFailed",
    "PaymentReturnSettled",
    "PaymentReturned",
    "RecordReturn",
    "ResolveBreak",
    "Returned",
    "SettleBreak",
    "SettleReturn",
    "State",
    "WriteOffFact",
    "decide",
    "decider",
    "evolve",
    "stream",
    "stream_of",
]
