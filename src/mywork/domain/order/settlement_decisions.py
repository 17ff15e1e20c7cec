"""Settling: what the sale did to Stripe's balance, and when that money can be used."""

from collections.abc import Sequence

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.charge.settlement import check_amount, is_settled_by, mature, settlement_of
from mywork.domain.decider import Decisions
from mywork.domain.errors import PredecessorMissing
from mywork.domain.identifiers import OrderId
from mywork.domain.order.conversion import converted_payment
from mywork.domain.order.dispute_decisions import settle_dispute
from mywork.domain.order.dispute_messages import DisputeSettled
from mywork.domain.order.refund_messages import RefundSettled
from mywork.domain.order.refund_outcome_decisions import settle_refund
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    FundsEvent,
    MakeFundsAvailable,
    MakeTransactionAvailable,
    PaymentSettled,
    SettleOrder,
)
from mywork.domain.order.state import OrderState, Paid


def settle(
    command: SettleOrder, state: OrderState
) -> Sequence[FundsEvent | RefundSettled | DisputeSettled]:
    match command.transaction.subject:
        case "refund":
            return settle_refund(command.transaction, state)
        case "dispute":
            return settle_dispute(command.transaction, state)
        case _:
            return _settle_payment(command.transaction, state)


def _settle_payment(transaction: BalanceTransaction, state: OrderState) -> Sequence[FundsEvent]:
    if not isinstance(state, Paid) or (
        state.charge.settlement is None and transaction.object_id != state.charge.charge_id
    ):
        raise PredecessorMissing(
            f"{transaction.id} settles {transaction.object_id}, which is not recorded yet"
        )
    if is_settled_by(transaction, state.charge):
        return ()
    check_amount(transaction, state.charge)
    settled = _settled(transaction, state.payment.order_id)
    if transaction.currency == state.charge.currency:
        return (settled,)
    return (settled, converted_payment(settlement_of(transaction), state))


def _settled(transaction: BalanceTransaction, order_id: OrderId) -> PaymentSettled:
    return PaymentSettled(
        order_id=order_id,
        transaction_id=transaction.id,
        charge_id=transaction.object_id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.usable_at,
        exchange_rate=transaction.exchange_rate,
    )


def make_available(command: MakeFundsAvailable, state: OrderState) -> Sequence[FundsEvent]:
    if not isinstance(state, Paid) or state.charge.settlement is None:
        raise PredecessorMissing(f"order {command.order_id} has not been settled yet")
    return _available(state.charge.settlement.transaction_id, state, command)


def make_transaction_available(
    command: MakeTransactionAvailable, state: OrderState
) -> Sequence[FundsEvent]:
    if not isinstance(state, Paid):
        return ()
    return _available(command.transaction_id, state, command)


def _available(
    transaction_id: str, state: Paid, command: MakeFundsAvailable | MakeTransactionAvailable
) -> Sequence[FundsEvent]:
    found = mature(transaction_id, state.charge, command.at)
    if found is None:
        return ()
    return (FundsAvailable(command.order_id, transaction_id, found.currency, found.net_minor),)


DECISIONS: Decisions = {
    SettleOrder: settle,
    MakeFundsAvailable: make_available,
    MakeTransactionAvailable: make_transaction_available,
}
