"""Settling: what charges and refunds did to Stripe's balance, and when it can be used."""

from collections.abc import Sequence
from fractions import Fraction

from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money, proportion, rounded_up
from mywork.domain.subscription.funds import (
    Event,
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    MakeSubscriptionFundsAvailable,
    SettleInvoice,
    SettleInvoiceRefund,
    SubscriptionFundsAvailable,
)
from mywork.domain.subscription.states import Invoice, State


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
    if command.currency != invoice.paid.currency:
        return (settled, _converted(command, invoice))
    expected = Money(invoice.paid.amount_minor, invoice.paid.currency)
    found = Money(command.amount_minor, command.currency)
    if found != expected:
        raise PaymentDisagrees(f"{command.charge_id} was {expected}, and settled as {found}")
    return (settled,)


def _converted(command: SettleInvoice, invoice: Invoice) -> InvoiceConverted:
    """The charge's part of what is deferred and of what is revenue, before and after."""
    paid, through = invoice.paid, invoice.earned_through
    earned_minor = sum(invoice.recognised.values())
    revenue_minor = proportion(earned_minor, paid.amount_minor, invoice.total_minor)
    left_minor = command.amount_minor
    if through is not None:
        unearned_minor = invoice.unearned_at(paid.currency, through)
        left_minor = rounded_up(
            Fraction(unearned_minor * command.amount_minor, invoice.total_minor)
        )
    return InvoiceConverted(
        user_id=command.user_id,
        invoice_id=paid.invoice_id,
        charge_id=paid.charge_id,
        currency=paid.currency,
        amount_minor=paid.amount_minor,
        deferred_minor=paid.amount_minor - revenue_minor,
        revenue_minor=revenue_minor,
        settlement_currency=command.currency,
        settled_minor=command.amount_minor,
        settled_deferred_minor=left_minor,
        settled_revenue_minor=command.amount_minor - left_minor,
        exchange_rate=command.exchange_rate,
        earned_through=through,
    )


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
    found, moved_minor = invoice.refunds[command.stripe_refund_id], -command.amount_minor
    amount_minor = found.amount_minor if moved_minor > 0 else -found.amount_minor
    same_rate = invoice.converted is None
    if command.currency != found.currency or (same_rate and moved_minor != amount_minor):
        raise PaymentDisagrees(f"{command.transaction_id} does not settle what was refunded")
    settled = InvoiceRefundSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=command.stripe_refund_id,
        transaction_id=command.transaction_id,
        currency=command.currency,
        amount_minor=amount_minor,
        moved_minor=moved_minor,
        exchange_loss_minor=moved_minor - amount_minor,
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
