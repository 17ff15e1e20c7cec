"""How each event changes what is known."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import Maturing, Settlement
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    CancellationScheduled,
    CancellationWithdrawn,
    ContractEvent,
    CustomerOpened,
    GraceEnded,
    PeriodBegun,
    PlanChanged,
    PlanChangeRefused,
    PlanChangeRequested,
    ResumptionRequested,
    StatusChanged,
    SubscriptionEnded,
    SubscriptionRefused,
    SubscriptionRequested,
    SubscriptionStarted,
)
from mywork.domain.subscription.dispute_messages import (
    InvoiceDisputeClosed,
    InvoiceDisputed,
    InvoiceDisputeEvent,
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
)
from mywork.domain.subscription.invoice_messages import (
    CreditApplied,
    CreditGranted,
    InvoiceEvent,
    InvoiceFailed,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    InvoiceRefundSucceeded,
    RevenueRecognised,
)
from mywork.domain.subscription.settlement_messages import (
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    SubscriptionFundsAvailable,
    SubscriptionFundsEvent,
)
from mywork.domain.subscription.state import (
    Charge,
    Ended,
    Invoice,
    InvoiceDispute,
    InvoiceRefund,
    Nothing,
    Requested,
    Running,
    Share,
    SubscriptionState,
)

SubscriptionEvent = ContractEvent | InvoiceEvent | SubscriptionFundsEvent | InvoiceDisputeEvent


def evolve_subscription(state: SubscriptionState, event: SubscriptionEvent) -> SubscriptionState:
    if isinstance(event, ContractEvent):
        return _evolve_contract(state, event)
    return _evolve_money(state, event)


# The contract ------------------------------------------------------------------------------


def _evolve_contract(state: SubscriptionState, event: ContractEvent) -> SubscriptionState:
    match event:
        case SubscriptionRequested():
            requests = state.requests | {event.request_id}
            return replace(state, requests=requests, contract=Requested(event))
        case SubscriptionRefused():
            return replace(state, contract=Nothing())
        case CustomerOpened():
            return replace(state, customer_id=event.customer_id)
        case SubscriptionStarted():
            return replace(state, contract=begun(event))
        case SubscriptionEnded():
            ended = Ended(event.subscription_id, event.status)
            return replace(state, contract=ended, ended=state.ended | {event.subscription_id})
        case _ if isinstance(state.contract, Running):
            return replace(state, contract=_changed(state.contract, event))
        case _:
            return state


def begun(event: SubscriptionStarted) -> Running:
    return Running(
        subscription_id=event.subscription_id,
        tier=event.tier,
        currency=event.currency,
        price_minor=event.price_minor,
        status="incomplete",
        period_start=event.period_start,
        period_end=event.period_end,
    )


def _changed(running: Running, event: ContractEvent) -> Running:  # noqa: C901  one line an event
    match event:
        case PlanChangeRequested():
            return replace(running, change=event)
        case PlanChangeRefused():
            return replace(running, change=None)
        case PlanChanged():
            return replace(running, tier=event.tier, price_minor=event.price_minor, change=None)
        case PeriodBegun():
            start, end = event.period_start, event.period_end
            return replace(running, period_start=start, period_end=end)
        case StatusChanged():
            grace = event.grace_until
            resuming = running.resuming and running.status != "paused"
            changed = replace(running, status=event.status, grace_until=grace, grace_over=False)
            return replace(changed, resuming=resuming)
        case GraceEnded():
            return replace(running, grace_over=True)
        case CancellationRequested():
            return replace(running, ending=True, resuming=False, at_once=event.at_once)
        case CancellationScheduled():
            return replace(running, ending=False, cancels_at=event.ends_at)
        case ResumptionRequested():
            resuming = running.cancels_at is not None or running.status == "paused"
            return replace(running, ending=False, resuming=resuming)
        case CancellationWithdrawn():
            return replace(running, resuming=False, cancels_at=None)
        case _:
            return running


# The money ---------------------------------------------------------------------------------


def _evolve_money(
    state: SubscriptionState,
    event: InvoiceEvent | SubscriptionFundsEvent | InvoiceDisputeEvent,
) -> SubscriptionState:
    match event:
        case InvoicePaid():
            charge: Charge = charge_state.Charge(
                event.charge_id, event.currency, event.amount_minor
            )
            return _with(state, Invoice(event, charge))
        case CreditApplied() | CreditGranted() | InvoiceFailed():
            return state
        case SubscriptionFundsAvailable():
            found = state.invoice_maturing(event.transaction_id)
            if found is None:
                return state
            return _with(state, replace(found, charge=found.charge.matured(event.transaction_id)))
        case _:
            return _with(state, _earned(state.invoices[event.invoice_id], event))


def _with(state: SubscriptionState, invoice: Invoice) -> SubscriptionState:
    return replace(state, invoices={**state.invoices, invoice.paid.invoice_id: invoice})


OfInvoice = (
    RevenueRecognised
    | InvoiceRefunded
    | InvoiceRefundSucceeded
    | InvoiceRefundFailed
    | InvoiceSettled
    | InvoiceConverted
    | InvoiceRefundSettled
    | InvoiceDisputeEvent
)


def _earned(invoice: Invoice, event: OfInvoice) -> Invoice:
    match event:
        case RevenueRecognised():
            return _recognised(invoice, event.currency, event.through, event.amount_minor)
        case InvoiceSettled():
            return _settled(invoice, event)
        case InvoiceConverted():
            return _converted(invoice, event)
        case (
            InvoiceRefunded()
            | InvoiceRefundSucceeded()
            | InvoiceRefundFailed()
            | InvoiceRefundSettled()
        ):
            return replace(invoice, charge=_refunded(invoice.charge, event))
        case _:
            return _disputed(invoice, event)


def _settled(invoice: Invoice, event: InvoiceSettled) -> Invoice:
    name, currency, amount_minor = event.transaction_id, event.currency, event.amount_minor
    settlement = Settlement(name, currency, amount_minor, event.exchange_rate)
    maturing = Maturing(currency, amount_minor - event.fee_minor, event.available_on)
    charge = replace(invoice.charge, settlement=settlement).with_maturing(name, maturing)
    return replace(invoice, charge=charge)


def _refunded(
    charge: Charge,
    event: InvoiceRefunded | InvoiceRefundSucceeded | InvoiceRefundFailed | InvoiceRefundSettled,
) -> Charge:
    if isinstance(event, InvoiceRefunded):
        return charge.with_refund(_made(event))
    found = charge.refunds[event.stripe_refund_id]
    match event:
        case InvoiceRefundSucceeded():
            return charge.with_refund(replace(found, stage="succeeded"))
        case InvoiceRefundFailed():
            share = replace(found.share, failed_at=event.failed_at)
            return charge.with_refund(replace(found, stage="failed", share=share))
        case InvoiceRefundSettled():
            net_minor = -event.moved_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            settled = charge.with_refund(found.settled_by(event.transaction_id))
            return settled.with_maturing(event.transaction_id, maturing)
        case _:
            assert_never(event)


def _made(event: InvoiceRefunded) -> InvoiceRefund:
    share = Share(event.refunded_at, event.deferred_minor)
    asked_minor, amount_minor = event.asked_minor, event.amount_minor
    return charge_state.Refund(
        event.stripe_refund_id, asked_minor, amount_minor, share, stage="created"
    )


def _disputed(invoice: Invoice, event: InvoiceDisputeEvent) -> Invoice:
    charge = invoice.charge
    if isinstance(event, InvoiceDisputed):
        named = event.dispute_id, event.amount_minor, event.inquiry
        return replace(invoice, charge=charge.with_dispute(charge_state.Dispute(*named, None)))
    found = charge.disputes[event.dispute_id]
    match event:
        case InvoiceDisputeMoved():
            held_minor, moved = found.held_minor + event.held_minor, {event.transaction_id}
            found = replace(found, held_minor=held_minor, moved=found.moved | moved)
        case InvoiceDisputeSettled():
            found = found.settled_by(event.transaction_id)
            net_minor = -event.amount_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            charge = charge.with_maturing(event.transaction_id, maturing)
        case InvoiceDisputeClosed():
            found = replace(found, outcome=event.outcome)
            charge = _lost(invoice, found, event) if event.held_minor else charge
        case _:
            assert_never(event)
    return replace(invoice, charge=charge.with_dispute(found))


def _lost(invoice: Invoice, found: InvoiceDispute, event: InvoiceDisputeClosed) -> Charge:
    """From now on it counts like a refund, as far as what is left of the charge covers it."""
    within_minor = invoice.claim(found.asked_minor).within_minor
    cost_minor = event.deferred_minor + event.revenue_minor
    share = Share(event.closed_at, event.deferred_minor)
    lost = charge_state.Refund(event.dispute_id, within_minor, cost_minor, share, stage="succeeded")
    return invoice.charge.with_refund(lost)


def _recognised(invoice: Invoice, currency: str, through: datetime, amount_minor: int) -> Invoice:
    key = currency, through
    booked_minor = invoice.recognised.get(key, 0) + amount_minor
    return replace(invoice, recognised={**invoice.recognised, key: booked_minor})


def _converted(invoice: Invoice, event: InvoiceConverted) -> Invoice:
    """What was revenue in one currency becomes revenue in the other."""
    through = event.earned_through
    if through is not None:
        invoice = _recognised(invoice, event.currency, through, -event.revenue_minor)
        settled = event.settlement_currency, through, event.settled_revenue_minor
        invoice = _recognised(invoice, *settled)
    return replace(invoice, converted=event)
