"""How each event changes what is known."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import Maturing, Settlement
from mywork.domain.subscription import contract as words
from mywork.domain.subscription import dispute, funds
from mywork.domain.subscription import invoice as money
from mywork.domain.subscription.states import (
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


def evolve_subscription(
    state: SubscriptionState,
    event: words.ContractEvent
    | money.InvoiceEvent
    | funds.SubscriptionFundsEvent
    | dispute.InvoiceDisputeEvent,
) -> SubscriptionState:
    if isinstance(event, words.ContractEvent):
        return _evolve_contract(state, event)
    return _evolve_money(state, event)


# The contract ------------------------------------------------------------------------------


def _evolve_contract(state: SubscriptionState, event: words.ContractEvent) -> SubscriptionState:
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


def _changed(running: Running, event: words.ContractEvent) -> Running:  # noqa: C901  one line an event
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


def _evolve_money(
    state: SubscriptionState,
    event: money.InvoiceEvent | funds.SubscriptionFundsEvent | dispute.InvoiceDisputeEvent,
) -> SubscriptionState:
    match event:
        case money.InvoicePaid():
            charge: Charge = charge_state.Charge(
                event.charge_id, event.currency, event.amount_minor
            )
            return _with(state, Invoice(event, charge))
        case money.CreditApplied() | money.CreditGranted() | money.InvoiceFailed():
            return state
        case funds.SubscriptionFundsAvailable():
            found = state.invoice_maturing(event.transaction_id)
            if found is None:
                return state
            return _with(state, replace(found, charge=found.charge.matured(event.transaction_id)))
        case _:
            return _with(state, _earned(state.invoices[event.invoice_id], event))


def _with(state: SubscriptionState, invoice: Invoice) -> SubscriptionState:
    return replace(state, invoices={**state.invoices, invoice.paid.invoice_id: invoice})


OfInvoice = (
    money.RevenueRecognised
    | money.InvoiceRefunded
    | money.InvoiceRefundSucceeded
    | money.InvoiceRefundFailed
    | funds.InvoiceSettled
    | funds.InvoiceConverted
    | funds.InvoiceRefundSettled
    | dispute.InvoiceDisputeEvent
)


def _earned(invoice: Invoice, event: OfInvoice) -> Invoice:
    match event:
        case money.RevenueRecognised():
            return _recognised(invoice, event.currency, event.through, event.amount_minor)
        case funds.InvoiceSettled():
            return _settled(invoice, event)
        case funds.InvoiceConverted():
            return _converted(invoice, event)
        case (
            money.InvoiceRefunded()
            | money.InvoiceRefundSucceeded()
            | money.InvoiceRefundFailed()
            | funds.InvoiceRefundSettled()
        ):
            return replace(invoice, charge=_refunded(invoice.charge, event))
        case _:
            return _disputed(invoice, event)


def _settled(invoice: Invoice, event: funds.InvoiceSettled) -> Invoice:
    name, currency, amount_minor = event.transaction_id, event.currency, event.amount_minor
    settlement = Settlement(name, currency, amount_minor, event.exchange_rate)
    maturing = Maturing(currency, amount_minor - event.fee_minor, event.available_on)
    charge = replace(invoice.charge, settlement=settlement).with_maturing(name, maturing)
    return replace(invoice, charge=charge)


def _refunded(
    charge: Charge,
    event: money.InvoiceRefunded
    | money.InvoiceRefundSucceeded
    | money.InvoiceRefundFailed
    | funds.InvoiceRefundSettled,
) -> Charge:
    if isinstance(event, money.InvoiceRefunded):
        return charge.with_refund(_made(event))
    found = charge.refunds[event.stripe_refund_id]
    match event:
        case money.InvoiceRefundSucceeded():
            return charge.with_refund(replace(found, stage="succeeded"))
        case money.InvoiceRefundFailed():
            share = replace(found.share, failed_at=event.failed_at)
            return charge.with_refund(replace(found, stage="failed", share=share))
        case funds.InvoiceRefundSettled():
            net_minor = -event.moved_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            settled = charge.with_refund(found.settled_by(event.transaction_id))
            return settled.with_maturing(event.transaction_id, maturing)
        case _:
            assert_never(event)


def _made(event: money.InvoiceRefunded) -> InvoiceRefund:
    share = Share(event.refunded_at, event.deferred_minor)
    asked_minor, amount_minor = event.asked_minor, event.amount_minor
    return charge_state.Refund(
        event.stripe_refund_id, asked_minor, amount_minor, share, stage="created"
    )


def _disputed(invoice: Invoice, event: dispute.InvoiceDisputeEvent) -> Invoice:
    charge = invoice.charge
    if isinstance(event, dispute.InvoiceDisputed):
        named = event.dispute_id, event.amount_minor, event.inquiry
        return replace(invoice, charge=charge.with_dispute(charge_state.Dispute(*named, None)))
    found = charge.disputes[event.dispute_id]
    match event:
        case dispute.InvoiceDisputeMoved():
            held_minor, moved = found.held_minor + event.held_minor, {event.transaction_id}
            found = replace(found, held_minor=held_minor, moved=found.moved | moved)
        case dispute.InvoiceDisputeSettled():
            found = found.settled_by(event.transaction_id)
            net_minor = -event.amount_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            charge = charge.with_maturing(event.transaction_id, maturing)
        case dispute.InvoiceDisputeClosed():
            found = replace(found, outcome=event.outcome)
            charge = _lost(invoice, found, event) if event.held_minor else charge
        case _:
            assert_never(event)
    return replace(invoice, charge=charge.with_dispute(found))


def _lost(invoice: Invoice, found: InvoiceDispute, event: dispute.InvoiceDisputeClosed) -> Charge:
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


def _converted(invoice: Invoice, event: funds.InvoiceConverted) -> Invoice:
    """What was revenue in one currency becomes revenue in the other."""
    through = event.earned_through
    if through is not None:
        invoice = _recognised(invoice, event.currency, through, -event.revenue_minor)
        settled = event.settlement_currency, through, event.settled_revenue_minor
        invoice = _recognised(invoice, *settled)
    return replace(invoice, converted=event)
