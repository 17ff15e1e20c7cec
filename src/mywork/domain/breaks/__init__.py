"""A break: money or a fact that our books cannot explain yet, kept open until it is explained.

One stream per unexplained Stripe object, so the same surprise twice is one break. Its money lies
in `suspense:stripe` until a resolution moves it where it belongs, or it is returned to its payer.
What reconciliation finds to differ is a break, too, one stream per difference.
Read `words`, `difference`, `desk`, `states`, then `explaining`, `differing`, `settling` and
`returning`.
"""

from mywork.domain.breaks.decider import (
    decider,
    stream_of,
)
from mywork.domain.breaks.desk import (
    AssignBreak,
    BreakAssigned,
    BreakReopened,
    ReopenBreak,
)
from mywork.domain.breaks.difference import (
    CORRECTABLE,
    DifferenceCorrected,
    DifferenceEnded,
    DifferenceFound,
    DifferenceKind,
    EndDifference,
    Evidence,
    Figures,
    FindDifference,
)
from mywork.domain.breaks.states import (
    Absent,
    Known,
)
from mywork.domain.breaks.words import (
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
    WriteOffFact,
)

__all__ = [
    "CORRECTABLE",
    "Absent",
    "AssignBreak",
    "BreakAssigned",
    "BreakConverted",
    "BreakFundsAvailable",
    "BreakOpened",
    "BreakReopened",
    "BreakResolved",
    "BreakSettled",
    "Command",
    "DifferenceCorrected",
    "DifferenceEnded",
    "DifferenceFound",
    "DifferenceKind",
    "EndDifference",
    "Event",
    "Evidence",
    "FactWrittenOff",
    "FailReturn",
    "Figures",
    "FindDifference",
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
    "ReopenBreak",
    "ResolveBreak",
    "SettleBreak",
    "WriteOffFact",
    "decider",
    "stream_of",
]
