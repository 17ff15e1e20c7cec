"""Settling: what an unexpected payment, and its return, did to Stripe's balance."""

from collections.abc import Sequence

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.breaks.difference_messages import DifferenceFound
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.return_decisions import made_return
from mywork.domain.breaks.return_messages import PaymentReturnAsked, PaymentReturnSettled
from mywork.domain.breaks.settlement_messages import (
    BreakConverted,
    BreakFundsAvailable,
    BreakSettled,
    MakeBreakFundsAvailable,
    SettleBreak,
)
from mywork.domain.breaks.state import Absent, BreakState, Known
from mywork.domain.charge.settlement import is_settled_by, mature, refund_moved
from mywork.domain.decider import Decisions
from mywork.domain.errors import BreakNotFound, PaymentDisagrees, PredecessorMissing


def settle(command: SettleBreak, state: BreakState) -> Sequence[BreakEvent]:
    if command.transaction.subject == "refund":
        return _settle_return(command, state)
    transaction = command.transaction
    if isinstance(state, Absent) or isinstance(state.opened, DifferenceFound):
        raise PredecessorMissing(f"break {command.break_id} is not recorded yet")
    if is_settled_by(transaction, state.charge):
        return ()
    settled = BreakSettled(
        break_id=command.break_id,
        object_id=state.opened.object_id,
        transaction_id=transaction.id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.usable_at,
    )
    return (settled, *_conversion(transaction, state), *_return(state))


def _conversion(transaction: BalanceTransaction, state: Known) -> Sequence[BreakEvent]:
    if transaction.currency == state.currency or not state.suspense_minor:
        return ()
    converted = BreakConverted(
        break_id=state.opened.break_id,
        object_id=state.opened.object_id,
        currency=state.currency,
        amount_minor=state.opened.amount_minor,
        settlement_currency=transaction.currency,
        settled_minor=transaction.amount_minor,
    )
    return (converted,)


def _return(state: Known) -> Sequence[BreakEvent]:
    """A payment that nobody may keep goes back, once it is ours to give."""
    opened = state.opened
    if opened.kind != "unexpected_payment" or state.resolved or opened.amount_minor <= 0:
        return ()
    return (PaymentReturnAsked(opened.break_id, opened.object_id),)


def _settle_return(command: SettleBreak, state: BreakState) -> Sequence[BreakEvent]:
    transaction = command.transaction
    known, found = made_return(state, transaction.object_id)
    moved = refund_moved(transaction, known.charge, found)
    if moved is None:
        return ()
    if transaction.currency != known.currency:  # nothing lay in suspense when it was converted
        raise PaymentDisagrees(f"{transaction.id} moves {transaction.currency}")
    return (
        PaymentReturnSettled(
            break_id=command.break_id,
            stripe_refund_id=transaction.object_id,
            transaction_id=transaction.id,
            currency=transaction.currency,
            amount_minor=moved.amount_minor,
            moved_minor=moved.moved_minor,
            exchange_loss_minor=moved.exchange_loss_minor,
            fee_minor=transaction.fee_minor,
            available_on=transaction.available_on,
        ),
    )


def make_available(command: MakeBreakFundsAvailable, state: BreakState) -> Sequence[BreakEvent]:
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    object_id = state.charge.charge_id
    found = mature(object_id, state.charge, command.at)
    if found is None:
        return ()
    return (BreakFundsAvailable(command.break_id, object_id, found.currency, found.net_minor),)


DECISIONS: Decisions = {SettleBreak: settle, MakeBreakFundsAvailable: make_available}
