"""What is paid is deferred, becomes revenue with the days, and may go back."""

from collections.abc import Sequence
from datetime import datetime

from mywork.domain.decider import Decisions
from mywork.domain.errors import InvoiceNotFound, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money
from mywork.domain.subscription.deferral import Refund, taken
from mywork.domain.subscription.invoice_messages import (
    ConcludeInvoiceRefund,
    CreditApplied,
    CreditGranted,
    FailInvoice,
    InvoiceEvent,
    InvoiceFailed,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    InvoiceRefundSucceeded,
    RecogniseRevenue,
    RecordInvoice,
    RecordInvoiceRefund,
    RevenueRecognised,
)
from mywork.domain.subscription.state import Invoice, SubscriptionState

# Paying ------------------------------------------------------------------------------------


def record_invoice(command: RecordInvoice, state: SubscriptionState) -> Sequence[InvoiceEvent]:
    if command.invoice_id in state.invoices:
        return ()
    _check_agreement(command, state)
    paid = InvoicePaid(
        user_id=command.user_id,
        invoice_id=command.invoice_id,
        subscription_id=command.subscription_id,
        charge_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        lines=command.lines,
    )
    return (paid, *_credit(command))


def _check_agreement(command: RecordInvoice, state: SubscriptionState) -> None:
    if not state.requests:
        # A request is committed before Stripe hears of it, so none will come later.
        raise PaymentDisagrees(f"{command.user_id} never asked for a subscription")
    total_minor = sum(line.amount_minor for line in command.lines)
    if total_minor != command.amount_minor + command.credit_minor:
        lines = Money(total_minor, command.currency)
        paid = Money(command.amount_minor, command.currency)
        credit = Money(command.credit_minor, command.currency)
        raise PaymentDisagrees(f"the invoice's lines sum to {lines}, not to {paid} and {credit}")


def _credit(command: RecordInvoice) -> Sequence[InvoiceEvent]:
    named = command.user_id, command.invoice_id, command.currency
    if command.credit_minor > 0:
        return (CreditApplied(*named, command.credit_minor),)
    if command.credit_minor < 0:
        return (CreditGranted(*named, -command.credit_minor),)
    return ()


def fail_invoice(command: FailInvoice, state: SubscriptionState) -> Sequence[InvoiceEvent]:
    if command.invoice_id in state.invoices:
        return ()  # it was paid in the end
    if not state.requests:
        raise PredecessorMissing(f"{command.user_id} never asked for a subscription")
    failed = InvoiceFailed(
        user_id=command.user_id,
        invoice_id=command.invoice_id,
        subscription_id=command.subscription_id,
        attempt=command.attempt,
        next_attempt_at=command.next_attempt_at,
    )
    return (failed,)


# Earning -----------------------------------------------------------------------------------


def recognise(command: RecogniseRevenue, state: SubscriptionState) -> Sequence[InvoiceEvent]:
    """Book the difference between what is deferred and what should be, at that moment.

    Nothing new where that is booked already. A refund that becomes known late makes a difference
    at every month's end behind it, and is booked there.
    """
    invoice, at = state.invoices.get(command.invoice_id), command.at
    if invoice is None:
        raise InvoiceNotFound(f"{command.user_id} has no paid invoice {command.invoice_id}")
    return tuple(
        RevenueRecognised(
            user_id=command.user_id,
            invoice_id=command.invoice_id,
            currency=currency,
            through=at,
            amount_minor=earned_minor,
            deferred_minor=invoice.unearned_at(currency, at),
        )
        for currency in invoice.funds
        if (earned_minor := _earned(invoice, currency, at))
    )


def _earned(invoice: Invoice, currency: str, at: datetime) -> int:
    """What has become revenue by then and is not booked yet."""
    return invoice.deferred_at(currency, at) - invoice.unearned_at(currency, at)


# Giving back -------------------------------------------------------------------------------


def record_refund(command: RecordInvoiceRefund, state: SubscriptionState) -> Sequence[InvoiceEvent]:
    """What it takes of what is deferred is the difference that it makes there."""
    if state.invoice_of_refund(command.stripe_refund_id) is not None:
        return ()
    invoice = state.invoice_of_charge(command.charge_id)
    if invoice is None or invoice.charge.settlement is None:
        # What it costs is known with what the charge was settled as.
        raise PredecessorMissing(f"{command.charge_id} is not recorded and settled yet")
    _check_refund(command, invoice)
    refund = Refund(command.stripe_refund_id, command.amount_minor, command.at)
    amount_minor, deferred_minor = cost(invoice, refund)
    refunded = InvoiceRefunded(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=command.stripe_refund_id,
        charge_id=command.charge_id,
        asked_currency=command.currency,
        asked_minor=command.amount_minor,
        currency=invoice.charge.booked_currency,
        amount_minor=amount_minor,
        deferred_minor=deferred_minor,
        revenue_minor=amount_minor - deferred_minor,
        refunded_at=command.at,
        earned_by=invoice.earned_by or command.at,
    )
    return (refunded,)


def cost(invoice: Invoice, refund: Refund) -> tuple[int, int]:
    """What a refund costs, and what of that was deferred: cumulative, so parts sum to the whole."""
    lines, earlier, booked = invoice.paid.lines, invoice.standing, invoice.charge.booked
    deferred_minor = booked(taken(lines, [*earlier, refund])) - booked(taken(lines, earlier))
    return invoice.claim(refund.amount_minor).amount_minor, deferred_minor


def _check_refund(command: RecordInvoiceRefund, invoice: Invoice) -> None:
    within_minor = invoice.claim(command.amount_minor).within_minor
    if command.currency != invoice.charge.currency or within_minor < command.amount_minor:
        asked = Money(command.amount_minor, command.currency)
        left = Money(
            invoice.claim(invoice.charge.captured_minor).within_minor, invoice.charge.currency
        )
        raise PaymentDisagrees(f"{command.stripe_refund_id} is {asked}, where {left} is left")


def conclude_refund(
    command: ConcludeInvoiceRefund, state: SubscriptionState
) -> Sequence[InvoiceEvent]:
    name = command.stripe_refund_id
    invoice = state.invoice_of_refund(name)
    if invoice is None:
        raise PredecessorMissing(f"the refund {name} is not recorded yet")
    found = invoice.charge.refunds[name]
    if not found.claims:
        return ()
    named = command.user_id, invoice.paid.invoice_id, name
    if command.outcome == "succeeded":
        return () if found.stage == "succeeded" else (InvoiceRefundSucceeded(*named),)
    failed = InvoiceRefundFailed(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        stripe_refund_id=name,
        cancelled=command.outcome == "canceled",
        failure_reason=command.failure_reason,
        currency=invoice.charge.booked_currency,
        amount_minor=found.amount_minor,
        deferred_minor=found.share.deferred_minor,
        revenue_minor=found.amount_minor - found.share.deferred_minor,
        failed_at=command.at,
        earned_by=invoice.earned_by or command.at,
    )
    return (failed,)


DECISIONS: Decisions = {
    RecordInvoice: record_invoice,
    FailInvoice: fail_invoice,
    RecogniseRevenue: recognise,
    RecordInvoiceRefund: record_refund,
    ConcludeInvoiceRefund: conclude_refund,
}
