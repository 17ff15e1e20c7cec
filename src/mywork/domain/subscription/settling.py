"""Settling: what charges and refunds did to Stripe's balance, and when it can be used."""

from collections.abc import Sequence

from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money
from mywork.domain.subscription.invoice import (
    Event,
    InvoiceRefundSettled,
    InvoiceSettled,
    MakeSubscriptionFundsAvailable,
    SettleInvoice,
    SettleInvoiceRefund,
    SubscriptionFundsAvailable,
)
from mywork.domain.subscription.states import State


def settle(command: SettleInvoice, state: State) -> Sequence[Event]:
    invoice = state.invoice_of_charge(command.charge_id)
    if invoice is None:
        raise PredecessorMissing(
            f"{command.transaction_id} settles {command.charge_id}, which is not recorded yet"
        )
    if invoice.settlement is not None:
        known = invoice.settlement.transaction_id
        if known == command.transaction_id:
            return ()
        raise PaymentDisagrees(f"{command.transaction_id} settles what {known} has settled")
    expected = Money(invoice.paid.amount_minor, invoice.paid.currency)
    found = Money(command.amount_minor, command.currency)
    if found != expected:
        raise PaymentDisagrees(f"{command.charge_id} was {expected}, and settled as {found}")
    settled = InvoiceSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        transaction_id=command.transaction_id,
        charge_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=command.available_on,
        exchange_rate=command.exchange_rate,
    )
    return (settled,)


def settle_refund(command: SettleInvoiceRefund, state: State) -> Sequence[Event]:
    """A refund's way out, or its way back after a failure: two transactions at the most."""
    invoice = state.invoice_of_refund(command.stripe_refund_id)
    if invoice is None:
        raise PredecessorMissing(
            f"{command.transaction_id} settles {command.stripe_refund_id},"
            " which is not recorded yet"
        )
    if command.transaction_id in invoice.transactions:
        return ()
    if command.currency != invoice.paid.currency:
        raise PaymentDisagrees(f"{command.transaction_id} settled in {command.currency}")
    settled = InvoiceRefundSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=command.stripe_refund_id,
        transaction_id=command.transaction_id,
        currency=command.currency,
        amount_minor=-command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=command.available_on,
    )
    return (settled,)


def make_available(command: MakeSubscriptionFundsAvailable, state: State) -> Sequence[Event]:
    maturing = state.maturing.get(command.transaction_id)
    if maturing is None:
        return ()
    if command.at < maturing.available_on:
        raise HoldNotOver(f"Stripe makes these funds available on {maturing.available_on}")
    available = SubscriptionFundsAvailable(
        command.user_id, command.transaction_id, maturing.currency, maturing.net_minor
    )
    return (available,)
