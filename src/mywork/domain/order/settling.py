"""Settling: what the sale did to Stripe's balance, and when that money can be used."""

from collections.abc import Sequence

from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money
from mywork.domain.order.converting import converted_payment
from mywork.domain.order.funds import (
    Event,
    FundsAvailable,
    MakeFundsAvailable,
    MakeTransactionAvailable,
    PaymentSettled,
    SettlePayment,
)
from mywork.domain.order.states import Paid, State


def settle(command: SettlePayment, state: State) -> Sequence[Event]:
    match state:
        case Paid(settlement=None, payment=payment) if payment.charge_id == command.charge_id:
            settled = _settled(command)
            if command.currency == payment.currency:
                _check_amount(command, state)
                return (settled,)
            return (settled, converted_payment(command, state))
        case Paid(settlement=PaymentSettled() as known) if (
            known.transaction_id == command.transaction_id
        ):
            return ()
        case Paid(settlement=PaymentSettled() as known):
            raise PaymentDisagrees(
                f"{command.transaction_id} settles what {known.transaction_id} has settled"
            )
        case _:
            raise PredecessorMissing(
                f"{command.transaction_id} settles {command.charge_id}, which is not recorded yet"
            )


def _settled(command: SettlePayment) -> PaymentSettled:
    return PaymentSettled(
        order_id=command.order_id,
        transaction_id=command.transaction_id,
        charge_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=command.available_on,
        exchange_rate=command.exchange_rate,
    )


def _check_amount(command: SettlePayment, state: Paid) -> None:
    if command.amount_minor != state.payment.amount_minor:
        expected = Money(state.payment.amount_minor, state.payment.currency)
        found = Money(command.amount_minor, command.currency)
        raise PaymentDisagrees(f"{command.charge_id} was {expected}, and settled as {found}")


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
