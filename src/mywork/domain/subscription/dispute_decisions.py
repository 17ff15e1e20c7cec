"""What a dispute takes of an invoice: held while it is open, and lost or given back in the end."""

from collections.abc import Sequence

from mywork.domain.charge.dispute import given_back
from mywork.domain.decider import Decisions
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import DisputeId
from mywork.domain.subscription.deferral import Refund
from mywork.domain.subscription.dispute_messages import (
    CloseInvoiceDispute,
    InvoiceDisputeClosed,
    InvoiceDisputed,
    InvoiceDisputeEvent,
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
    MoveInvoiceDispute,
    OpenInvoiceDispute,
)
from mywork.domain.subscription.invoice_decisions import cost
from mywork.domain.subscription.settlement_messages import SettleSubscription
from mywork.domain.subscription.state import Invoice, InvoiceDispute, SubscriptionState


def open_(command: OpenInvoiceDispute, state: SubscriptionState) -> Sequence[InvoiceDisputeEvent]:
    invoice = state.invoice_of_charge(command.charge_id)
    if invoice is None or invoice.charge.settlement is None:
        raise PredecessorMissing(f"{command.charge_id} is not recorded and settled yet")
    if command.dispute_id in invoice.charge.disputes:
        return ()
    disputed = InvoiceDisputed(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        dispute_id=command.dispute_id,
        charge_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        reason=command.reason,
        inquiry=command.inquiry,
    )
    return (disputed,)


def move(command: MoveInvoiceDispute, state: SubscriptionState) -> Sequence[InvoiceDisputeEvent]:
    """What was withdrawn is held; what came back is held no longer."""
    invoice, dispute = _known(state, command.dispute_id)
    if command.transaction_id in dispute.moved:
        return ()
    _check_currency(command.transaction_id, command.currency, invoice)
    moved = InvoiceDisputeMoved(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        dispute_id=command.dispute_id,
        transaction_id=command.transaction_id,
        currency=command.currency,
        amount_minor=-command.amount_minor,
        held_minor=_held(-command.amount_minor, invoice, dispute),
    )
    return (moved,)


def _held(amount_minor: int, invoice: Invoice, dispute: InvoiceDispute) -> int:
    """What is held from now on, negative where it came back."""
    if amount_minor >= 0:
        return amount_minor
    return -given_back(invoice.charge, dispute, -amount_minor)


def close(command: CloseInvoiceDispute, state: SubscriptionState) -> Sequence[InvoiceDisputeEvent]:
    """Lost, it is a refund made at that moment: first of what was not earned yet."""
    invoice, dispute = _known(state, command.dispute_id)
    if not dispute.open:
        return ()
    held_minor = dispute.held_minor if command.outcome == "lost" else 0
    cost_minor = deferred_minor = excess_minor = exchange_loss_minor = 0
    if held_minor:
        found = invoice.claim(dispute.asked_minor)
        loss = Refund(command.dispute_id, found.within_minor, command.at)
        cost_minor, deferred_minor = cost(invoice, loss)
        excess_minor = found.excess_minor
        exchange_loss_minor = held_minor - cost_minor - excess_minor
    closed = InvoiceDisputeClosed(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        dispute_id=command.dispute_id,
        outcome=command.outcome,
        currency=invoice.charge.booked_currency,
        held_minor=held_minor,
        deferred_minor=deferred_minor,
        revenue_minor=cost_minor - deferred_minor,
        exchange_loss_minor=exchange_loss_minor,
        excess_minor=excess_minor,
        closed_at=command.at,
        earned_by=invoice.earned_by or command.at,
    )
    return (closed,)


def settle_dispute(
    command: SettleSubscription, state: SubscriptionState
) -> Sequence[InvoiceDisputeSettled]:
    transaction = command.transaction
    invoice, dispute = _known(state, DisputeId(transaction.object_id))
    if transaction.id in dispute.settled:
        return ()
    _check_currency(transaction.id, transaction.currency, invoice)
    settled = InvoiceDisputeSettled(
        user_id=command.user_id,
        invoice_id=invoice.paid.invoice_id,
        dispute_id=DisputeId(dispute.dispute_id),
        transaction_id=transaction.id,
        currency=transaction.currency,
        amount_minor=-transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
    )
    return (settled,)


def _known(state: SubscriptionState, dispute_id: DisputeId) -> tuple[Invoice, InvoiceDispute]:
    invoice = state.invoice_of_dispute(dispute_id)
    if invoice is None:
        raise PredecessorMissing(f"the dispute {dispute_id} is not recorded yet")
    return invoice, invoice.charge.disputes[dispute_id]


def _check_currency(transaction_id: str, currency: str, invoice: Invoice) -> None:
    if currency != invoice.charge.booked_currency:
        raise PaymentDisagrees(
            f"{transaction_id} moved {currency}, where the charge was settled in"
            f" {invoice.charge.booked_currency}"
        )


DECISIONS: Decisions = {
    OpenInvoiceDispute: open_,
    MoveInvoiceDispute: move,
    CloseInvoiceDispute: close,
}
