"""Settling: what charges and refunds did to Stripe's balance, and when it can be used."""

from collections.abc import Sequence
from fractions import Fraction

from mywork.domain.charge.settlement import check_amount, is_settled_by, mature, refund_moved
from mywork.domain.decider import Decisions
from mywork.domain.errors import PredecessorMissing
from mywork.domain.money import proportion, rounded_up
from mywork.domain.subscription.dispute_decisions import settle_dispute
from mywork.domain.subscription.dispute_messages import InvoiceDisputeSettled
from mywork.domain.subscription.settlement_messages import (
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    MakeSubscriptionFundsAvailable,
    SettleSubscription,
    SubscriptionFundsAvailable,
    SubscriptionFundsEvent,
)
from mywork.domain.subscription.state import Invoice, SubscriptionState


def settle(
    command: SettleSubscription, state: SubscriptionState
) -> Sequence[SubscriptionFundsEvent | InvoiceDisputeSettled]:
    match command.transaction.subject:
        case "refund":
            return _settle_refund(command, state)
        case "dispute":
            return settle_dispute(command, state)
        case _:
            return _settle_charge(command, state)


def _settle_charge(
    command: SettleSubscription, state: SubscriptionState
) -> Sequence[SubscriptionFundsEvent]:
    transaction = command.transaction
    invoice = state.invoice_of_charge(transaction.object_id)
    if invoice is None:
        raise PredecessorMissing(
            f"{transaction.id} settles {transaction.object_id}, which is not recorded yet"
        )
    if is_settled_by(transaction, invoice.charge):
        return ()
    check_amount(transaction, invoice.charge)
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
    if transaction.currency == invoice.charge.currency:
        return (settled,)
    return (settled, _converted(command, invoice))


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


def _settle_refund(
    command: SettleSubscription, state: SubscriptionState
) -> Sequence[SubscriptionFundsEvent]:
    transaction, named = command.transaction, command.transaction.object_id
    invoice = state.invoice_of_refund(named)
    if invoice is None:
        raise PredecessorMissing(f"{transaction.id} settles {named}, which is not recorded yet")
    moved = refund_moved(transaction, invoice.charge, invoice.charge.refunds[named])
    if moved is None:
        return ()
    settled = InvoiceRefundSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=named,
        transaction_id=transaction.id,
        currency=transaction.currency,
        amount_minor=moved.amount_minor,
        moved_minor=moved.moved_minor,
        exchange_loss_minor=moved.exchange_loss_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
    )
    return (settled,)


def make_available(
    command: MakeSubscriptionFundsAvailable, state: SubscriptionState
) -> Sequence[SubscriptionFundsEvent]:
    invoice = state.invoice_maturing(command.transaction_id)
    found = mature(command.transaction_id, invoice.charge, command.at) if invoice else None
    if found is None:
        return ()
    named = command.user_id, command.transaction_id
    return (SubscriptionFundsAvailable(*named, found.currency, found.net_minor),)


DECISIONS: Decisions = {
    SettleSubscription: settle,
    MakeSubscriptionFundsAvailable: make_available,
}
