"""Returning: money for a closed, unknown or disagreeing order goes back to whoever paid it.

When all of it has left suspense the break is resolved; if the refund comes back it is open again.
"""

from collections.abc import Sequence

from mywork.domain.breaks.states import Absent, Known, Returned, State
from mywork.domain.breaks.words import (
    BreakFundsAvailable,
    BreakResolved,
    Event,
    FailReturn,
    MakeReturnAvailable,
    PaymentReturned,
    PaymentReturnFailed,
    RecordReturn,
)
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing


def record_return(command: RecordReturn, state: State) -> Sequence[Event]:
    known = _known(state, command.stripe_refund_id)
    if command.stripe_refund_id in known.returns:
        return ()
    if known.settlement is None:
        raise PredecessorMissing(f"{command.stripe_refund_id} waits for its payment to settle")
    amount_minor = _in_suspense_currency(command.amount_minor, known)
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


def fail_return(command: FailReturn, state: State) -> Sequence[Event]:
    known, found = made_return(state, command.stripe_refund_id)
    if found.failed:
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


def make_return_available(command: MakeReturnAvailable, state: State) -> Sequence[Event]:
    if isinstance(state, Absent) or command.transaction_id not in state.maturing:
        return ()
    net_minor = state.maturing[command.transaction_id]
    return (
        BreakFundsAvailable(command.break_id, command.transaction_id, state.currency, net_minor),
    )


def _in_suspense_currency(amount_minor: int, known: Known) -> int:
    """The whole is the whole, whatever the rate; a part is in proportion, half-up."""
    paid = known.opened.amount_minor
    settled = known.settlement
    if settled is None or settled.currency == known.opened.currency:
        return amount_minor
    return (amount_minor * settled.amount_minor * 2 + paid) // (paid * 2)


def _known(state: State, what: str) -> Known:
    if isinstance(state, Known):
        return state
    raise PredecessorMissing(f"{what} returns a payment that is not recorded yet")


def made_return(state: State, stripe_refund_id: str) -> tuple[Known, Returned]:
    known = _known(state, stripe_refund_id)
    if known.opened.kind != "unexpected_payment":
        raise PaymentDisagrees(f"{stripe_refund_id} moved before, and nobody has explained that")
    if stripe_refund_id not in known.returns:
        raise PredecessorMissing(f"{stripe_refund_id} is not recorded yet")
    return known, known.returns[stripe_refund_id]
