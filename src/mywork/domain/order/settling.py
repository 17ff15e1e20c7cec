"""Settling: what the sale did to Stripe's balance, and when that money can be used."""

from collections.abc import Sequence

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import OrderId
from mywork.domain.money import Money
from mywork.domain.order.converting import converted_payment
from mywork.domain.order.dispute import DisputeSettled
from mywork.domain.order.disputing import settle_dispute
from mywork.domain.order.funds import (
    Event,
    FundsAvailable,
    MakeFundsAvailable,
    MakeTransactionAvailable,
    PaymentSettled,
    SettleOrder,
)
from mywork.domain.order.refund import RefundSettled
from mywork.domain.order.refund_facts import settle_refund
from mywork.domain.order.states import Paid, State


def settle(command: SettleOrder, state: State) -> Sequence[Event | RefundSettled | DisputeSettled]:
    match command.transaction.subject:
        case "refund":
            return settle_refund(command.transaction, state)
        case "dispute":
            return settle_dispute(command.transaction, state)
        case _:
            return _settle_payment(command.transaction, state)


def _settle_payment(transaction: BalanceTransaction, state: State) -> Sequence[Event]:
    match state:
        case Paid(settlement=None, payment=payment) if payment.charge_id == transaction.object_id:
            settled = _settled(transaction, payment.order_id)
            if transaction.currency == payment.currency:
                _check_amount(transaction, state)
                return (settled,)
            return (settled, converted_payment(settled, state))
        case Paid(settlement=PaymentSettled() as known) if known.transaction_id == transaction.id:
            return ()
        case Paid(settlement=PaymentSettled() as known):
            raise PaymentDisagrees(
                f"{transaction.id} settles what {known.transaction_id} has settled"
            )
        case _:
            raise PredecessorMissing(
                f"{transaction.id} settles {transaction.object_id}, which is not recorded yet"
            )


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


def _check_amount(transaction: BalanceTransaction, state: Paid) -> None:
    if transaction.amount_minor != state.payment.amount_minor:
        expected = Money(state.payment.amount_minor, state.payment.currency)
        found = Money(transaction.amount_minor, transaction.currency)
        raise PaymentDisagrees(f"{transaction.object_id} was {expected}, and settled as {found}")


def make_available(command: MakeFundsAvailable, state: State) -> Sequence[Event]:
    match state:
        case Paid(available=True):
            return ()
        case Paid(settlement=PaymentSettled() as settled):
            if command.at < settled.available_on:
                raise HoldNotOver(f"Stripe makes these funds available on {settled.available_on}")
            net_minor = settled.amount_minor - settled.fee_minor
            return (
                FundsAvailable(
                    command.order_id, settled.transaction_id, settled.currency, net_minor
                ),
            )
        case _:
            raise PredecessorMissing(f"order {command.order_id} has not been settled yet")


def make_transaction_available(command: MakeTransactionAvailable, state: State) -> Sequence[Event]:
    if not isinstance(state, Paid) or command.transaction_id not in state.maturing:
        return ()
    net_minor = state.maturing[command.transaction_id]
    currency = state.division.currency
    return (FundsAvailable(command.order_id, command.transaction_id, currency, net_minor),)
