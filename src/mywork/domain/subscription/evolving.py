"""How each event changes what is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mywork.domain.subscription import contract as words
from mywork.domain.subscription import dispute, funds
from mywork.domain.subscription import invoice as money
from mywork.domain.subscription.deferral import Refund
from mywork.domain.subscription.states import (
    Ended,
    Invoice,
    InvoiceDispute,
    InvoiceRefund,
    Maturing,
    Nothing,
    Requested,
    Running,
    State,
)


def evolve(state: State, event: words.Event | money.Event | funds.Event | dispute.Event) -> State:
    if isinstance(event, words.Event):
        return _evolve_contract(state, event)
    return _evolve_money(state, event)


# The contract ------------------------------------------------------------------------------


def _evolve_contract(state: State, event: words.Event) -> State:
    match event:
        case words.SubscriptionRequested():
            requests = state.requests | {event.request_id}
            return replace(state, requests=requests, contract=Requested(event))
        case words.SubscriptionRefused():
            return replace(state, contract=Nothing())
        case words.CustomerOpened():
            return replace(state, customer_id=event.customer_id)
        case words.SubscriptionStarted():
            return replace(state, contract=begun(event))
        case words.SubscriptionEnded():
            ended = Ended(event.subscription_id, event.status)
            return replace(state, contract=ended, ended=state.ended | {event.subscription_id})
        case _ if isinstance(state.contract, Running):
            return replace(state, contract=_changed(state.contract, event))
        case _:
            return state


def begun(event: words.SubscriptionStarted) -> Running:
    return Running(
        subscription_id=event.subscription_id,
        tier=event.tier,
        currency=event.currency,
        price_minor=event.price_minor,
        status="incomplete",
        period_start=event.period_start,
        period_end=event.period_end,
    )


def _changed(running: Running, event: words.Event) -> Running:  # noqa: C901  one line an event
    match event:
        case words.PlanChangeRequested():
            return replace(running, change=event)
        case words.PlanChangeRefused():
            return replace(running, change=None)
        case words.PlanChanged():
            return replace(running, tier=event.tier, price_minor=event.price_minor, change=None)
        case words.PeriodBegun():
            start, end = event.period_start, event.period_end
            return replace(running, period_start=start, period_end=end)
        case words.StatusChanged():
            grace = event.grace_until
            resuming = running.resuming and running.status != "paused"
            changed = replace(running, status=event.status, grace_until=grace, grace_over=False)
            return replace(changed, resuming=resuming)
        case words.GraceEnded():
            return replace(running, grace_over=True)
        case words.CancellationRequested():
            return replace(running, ending=True, resuming=False, at_once=event.at_once)
        case words.CancellationScheduled():
            return replace(running, ending=False, cancels_at=event.ends_at)
        case words.ResumptionRequested():
            resuming = running.cancels_at is not None or running.status == "paused"
            return replace(running, ending=False, resuming=resuming)
        case words.CancellationWithdrawn():
            return replace(running, resuming=False, cancels_at=None)
        case _:
            return running


# The money ---------------------------------------------------------------------------------


def _evolve_money(state: State, event: money.Event | funds.Event | dispute.Event) -> State:
    match event:
        case money.InvoicePaid():
            return replace(state, invoices={**state.invoices, event.invoice_id: Invoice(event)})
        case money.CreditApplied() | money.CreditGranted() | money.InvoiceFailed():
            return state
        case funds.SubscriptionFundsAvailable():
            left = {
                name: one for name, one in state.maturing.items() if name != event.transaction_id
            }
            return replace(state, maturing=left)
        case _:
            invoice = _earned(state.invoices[event.invoice_id], event)
            invoices = {**state.invoices, event.invoice_id: invoice}
            return replace(state, invoices=invoices, maturing=_maturing(state, event))


OfInvoice = (
    money.RevenueRecognised
    | money.InvoiceRefunded
    | money.InvoiceRefundSucceeded
    | money.InvoiceRefundFailed
    | funds.InvoiceSettled
    | funds.InvoiceConverted
    | funds.InvoiceRefundSettled
    | dispute.Event
)


def _earned(invoice: Invoice, event: OfInvoice) -> Invoice:
    match event:
        case money.RevenueRecognised():
            return _recognised(invoice, event.currency, event.through, event.amount_minor)
        case money.InvoiceRefunded():
            refund = Refund(event.stripe_refund_id, event.asked_minor, event.refunded_at)
            booked = event.currency, event.amount_minor, event.deferred_minor
            return invoice.with_refund(InvoiceRefund(refund, *booked))
        case money.InvoiceRefundSucceeded():
            found = invoice.refunds[event.stripe_refund_id]
            return invoice.with_refund(replace(found, succeeded=True))
        case money.InvoiceRefundFailed():
            found = invoice.refunds[event.stripe_refund_id]
            return invoice.with_refund(replace(found, failed_at=event.failed_at))
        case funds.InvoiceSettled():
            return replace(invoice, settlement=event)
        case funds.InvoiceConverted():
            return _converted(invoice, event)
        case funds.InvoiceRefundSettled():
            return replace(invoice, transactions=invoice.transactions | {event.transaction_id})
        case _:
            return _disputed(invoice, event)


def _disputed(invoice: Invoice, event: dispute.Event) -> Invoice:
    if isinstance(event, dispute.InvoiceDisputed):
        return invoice.with_dispute(InvoiceDispute(event))
    found = invoice.disputes[event.dispute_id]
    match event:
        case dispute.InvoiceDisputeMoved():
            held_minor, moved = found.held_minor + event.held_minor, {event.transaction_id}
            return invoice.with_dispute(
                replace(found, held_minor=held_minor, moved=found.moved | moved)
            )
        case dispute.InvoiceDisputeSettled():
            settled = found.settled | {event.transaction_id}
            return invoice.with_dispute(replace(found, settled=settled))
        case dispute.InvoiceDisputeClosed():
            closed = invoice.with_dispute(replace(found, closed=True))
            return _lost(closed, found, event) if event.held_minor else closed
        case _:
            assert_never(event)


def _lost(invoice: Invoice, found: InvoiceDispute, event: dispute.InvoiceDisputeClosed) -> Invoice:
    """From now on it counts like a refund."""
    loss = invoice.loss(found, event.closed_at)
    cost_minor = event.deferred_minor + event.revenue_minor
    lost = InvoiceRefund(loss, event.currency, cost_minor, event.deferred_minor, succeeded=True)
    return invoice.with_refund(lost)


def _recognised(invoice: Invoice, currency: str, through: datetime, amount_minor: int) -> Invoice:
    key = currency, through
    booked_minor = invoice.recognised.get(key, 0) + amount_minor
    return replace(invoice, recognised={**invoice.recognised, key: booked_minor})


def _converted(invoice: Invoice, event: funds.InvoiceConverted) -> Invoice:
    """What was revenue in one currency becomes revenue in the other."""
    through = event.earned_through
    if through is not None:
        invoice = _recognised(invoice, event.currency, through, -event.revenue_minor)
        settled = event.settlement_currency, through, event.settled_revenue_minor
        invoice = _recognised(invoice, *settled)
    return replace(invoice, converted=event)


def _maturing(state: State, event: OfInvoice) -> Mapping[str, Maturing]:
    match event:
        case funds.InvoiceSettled():
            net_minor, available_on = event.amount_minor - event.fee_minor, event.available_on
        case funds.InvoiceRefundSettled(available_on=datetime() as available_on):
            net_minor = -event.moved_minor - event.fee_minor
        case dispute.InvoiceDisputeSettled(available_on=datetime() as available_on):
            net_minor = -event.amount_minor - event.fee_minor
        case _:
            return state.maturing
    maturing = Maturing(event.currency, net_minor, available_on)
    return {**state.maturing, event.transaction_id: maturing}
