"""Settling: what charges and refunds did to Stripe's balance, and when it can be used."""

from collections.abc import Sequence
from fractions import Fraction

from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money, proportion, rounded_up
from mywork.domain.subscription.dispute import InvoiceDisputeSettled
from mywork.domain.subscription.disputing import settle_dispute
from mywork.domain.subscription.funds import (
    Event,
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    MakeSubscriptionFundsAvailable,
    SettleSubscription,
    SubscriptionFundsAvailable,
)
from mywork.domain.subscription.states import Invoice, State


def settle(command: SettleSubscription, state: State) -> Sequence[Event | InvoiceDisputeSettled]:
    match command.transaction.subject:
        case "refund":
            return _settle_refund(command, state)
        case "dispute":
            return settle_dispute(command, state)
        case _:
            return _settle_charge(command, state)


def _settle_charge(command: SettleSubscription, state: State) -> Sequence[Event]:
    transaction = command.transaction
    invoice = state.invoice_of_charge(transaction.object_id)
    if invoice is None:
        raise PredecessorMissing(
            f"{transaction.id} settles {transaction.object_id}, which is not recorded yet"
        )
    if invoice.settlement is not None:
        known = invoice.settlement.transaction_id
        if known == transaction.id:
            return ()
        raise PaymentDisagrees(f"{transaction.id} settles what {known} has settled")
    settled = InvoiceSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        transaction_id=transaction.id,
        charge_id=transaction.object_id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.usable_at,
        exchange_rate=transaction.exchange_rate,
    )
    if transaction.currency != invoice.paid.currency:
        return (settled, _converted(command, invoice))
    expected = Money(invoice.paid.amount_minor, invoice.paid.currency)
    found = Money(transaction.amount_minor, transaction.currency)
    if found != expected:
        raise PaymentDisagrees(f"{transaction.object_id} was {expected}, and settled as {found}")
    return (settled,)


def _converted(command: SettleSubscription, invoice: Invoice) -> InvoiceConverted:
    """The charge's part of what is deferred and of what is revenue, before and after."""
    paid, through, transaction = invoice.paid, invoice.earned_through, command.transaction
    earned_minor = sum(invoice.recognised.values())
    revenue_minor = proportion(earned_minor, paid.amount_minor, invoice.total_minor)
    left_minor = transaction.amount_minor
    if through is not None:
        unearned_minor = invoice.unearned_at(paid.currency, through)
        left_minor = rounded_up(
            Fraction(unearned_minor * transaction.amount_minor, invoice.total_minor)
        )
    return InvoiceConverted(
        user_id=command.user_id,
        invoice_id=paid.invoice_id,
        charge_id=paid.charge_id,
        currency=paid.currency,
        amount_minor=paid.amount_minor,
        deferred_minor=paid.amount_minor - revenue_minor,
        revenue_minor=revenue_minor,
        settlement_currency=transaction.currency,
        settled_minor=transaction.amount_minor,
        settled_deferred_minor=left_minor,
        settled_revenue_minor=transaction.amount_minor - left_minor,
        exchange_rate=transaction.exchange_rate,
        earned_through=through,
    )


def _settle_refund(command: SettleSubscription, state: State) -> Sequence[Event]:
    """A refund's way out, or its way back after a failure: two transactions at the most."""
    transaction, named = command.transaction, command.transaction.object_id
    invoice = state.invoice_of_refund(named)
    if invoice is None:
        raise PredecessorMissing(f"{transaction.id} settles {named}, which is not recorded yet")
    if transaction.id in invoice.transactions:
        return ()
    found, moved_minor = invoice.refunds[named], -transaction.amount_minor
    amount_minor = found.amount_minor if moved_minor > 0 else -found.amount_minor
    same_rate = invoice.converted is None
    if transaction.currency != found.currency or (same_rate and moved_minor != amount_minor):
        raise PaymentDisagrees(f"{transaction.id} does not settle what was refunded")
    settled = InvoiceRefundSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=named,
        transaction_id=transaction.id,
        currency=transaction.currency,
        amount_minor=amount_minor,
        moved_minor=moved_minor,
        exchange_loss_minor=moved_minor - amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
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
