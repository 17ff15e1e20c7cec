"""Returning: money for a closed, unknown or disagreeing order goes back to whoever paid it.

When all of it has left suspense the break is resolved; if the refund comes back it is open again.
"""

from collections.abc import Sequence

from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.explanation_messages import BreakResolved
from mywork.domain.breaks.return_messages import (
    FailReturn,
    MakeReturnAvailable,
    PaymentReturned,
    PaymentReturnFailed,
    RecordReturn,
)
from mywork.domain.breaks.settlement_messages import BreakFundsAvailable
from mywork.domain.breaks.state import Absent, BreakState, Known
from mywork.domain.charge.settlement import mature
from mywork.domain.charge.state import Refund
from mywork.domain.decider import Decisions
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing


def record_return(command: RecordReturn, state: BreakState) -> Sequence[BreakEvent]:
    known = _known(state, command.stripe_refund_id)
    if command.stripe_refund_id in known.charge.refunds:
        return ()
    if known.charge.settlement is None:
        raise PredecessorMissing(f"{command.stripe_refund_id} waits for its payment to settle")
    amount_minor = known.charge.booked(command.amount_minor)
    returned = PaymentReturned(
        break_id=command.break_id,
        object_id=known.opened.object_id,
        stripe_refund_id=command.stripe_refund_id,
        currency=known.currency,
        amount_minor=amount_minor,
    )
    if known.resolved or amount_minor != known.suspense_minor:
        return (returned,)
    resolved = BreakResolved(
        break_id=command.break_id,
        object_id=known.opened.object_id,
        currency=known.currency,
        suspense_minor=0,
        account="",
        reason="returned to whoever paid it",
    )
    return (returned, resolved)


def fail_return(command: FailReturn, state: BreakState) -> Sequence[BreakEvent]:
    known, found = made_return(state, command.stripe_refund_id)
    if not found.claims:
        return ()
    return (
        PaymentReturnFailed(
            break_id=command.break_id,
            object_id=known.opened.object_id,
            stripe_refund_id=command.stripe_refund_id,
            currency=known.currency,
            amount_minor=found.amount_minor,
        ),
    )


def make_return_available(command: MakeReturnAvailable, state: BreakState) -> Sequence[BreakEvent]:
    if isinstance(state, Absent):
        return ()
    found = mature(command.transaction_id, state.charge, command.at)
    if found is None:
        return ()
    named = command.break_id, command.transaction_id
    return (BreakFundsAvailable(*named, found.currency, found.net_minor),)


def _known(state: BreakState, what: str) -> Known:
    if isinstance(state, Known):
        return state
    raise PredecessorMissing(f"{what} returns a payment that is not recorded yet")


def made_return(state: BreakState, stripe_refund_id: str) -> tuple[Known, Refund[None]]:
    known = _known(state, stripe_refund_id)
    if known.opened.kind != "unexpected_payment":
        raise PaymentDisagrees(f"{stripe_refund_id} moved before, and nobody has explained that")
    if stripe_refund_id not in known.charge.refunds:
        raise PredecessorMissing(f"{stripe_refund_id} is not recorded yet")
    return known, known.charge.refunds[stripe_refund_id]


DECISIONS: Decisions = {
    RecordReturn: record_return,
    FailReturn: fail_return,
    MakeReturnAvailable: make_return_available,
}
