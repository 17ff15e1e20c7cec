"""How each event changes an order's state. Nothing is decided here."""

from dataclasses import replace

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import Maturing, RefundStage, Settlement
from mywork.domain.order import dispute, funds, refund, sale
from mywork.domain.order.dispute_evolving import disputed, taken
from mywork.domain.order.refunding import refund_of
from mywork.domain.order.shares import less, returned
from mywork.domain.order.states import (
    Absent,
    Charge,
    Division,
    Expired,
    Granted,
    OrderState,
    Paid,
    Payable,
    Purse,
    Refund,
)

OrderEvent = sale.SaleEvent | funds.FundsEvent | refund.RefundEvent | dispute.DisputeEvent


def evolve_order(state: OrderState, event: OrderEvent) -> OrderState:
    if isinstance(event, sale.OrderPlaced):
        return Payable(event)
    match state:
        case Paid():
            return _evolve_paid(state, event)
        case Payable():
            return _evolve_payable(state, event)
        case Absent() | Granted() | Expired():
            return state


def _evolve_payable(state: Payable, event: OrderEvent) -> OrderState:
    match event:
        case sale.OrderGranted():
            return Granted(state.terms)
        case sale.ReserveAgreed():
            return replace(state, reserve=event)
        case sale.PaymentInitiated():
            return replace(state, payment_intent_id=event.payment_intent_id)
        case sale.OrderPaid():
            return _paid(state, event)
        case sale.OrderExpired():
            return Expired(state.terms)
        case _:
            return state


def _paid(state: Payable, event: sale.OrderPaid) -> Paid:
    division = Division(
        event.currency,
        event.amount_minor,
        event.seller_share_minor,
        event.commission_minor,
        event.processing_fee_minor,
    )
    purse = Purse(pending_minor=event.seller_share_minor)
    charge: Charge = charge_state.Charge(event.charge_id, event.currency, event.amount_minor)
    return Paid(state.terms, event, division, purse, charge, reserve=state.reserve)


def _evolve_paid(state: Paid, event: OrderEvent) -> Paid:
    match event:
        case funds.PaymentSettled():
            return _settled(state, event)
        case funds.PaymentConverted():
            return _converted(state, event)
        case funds.FundsAvailable():
            return replace(state, charge=state.charge.matured(event.transaction_id))
        case funds.FundsReleased() | funds.ReserveKept() | funds.ReserveReleased():
            return _released(state, event)
        case sale.OrderDownloaded():
            return replace(state, downloaded=True)
        case dispute.FraudWarned():
            return replace(state, warnings=state.warnings | {event.warning_id})
        case (
            dispute.DisputeOpened()
            | dispute.DisputeWithdrawn()
            | dispute.DisputeReinstated()
            | dispute.DisputeClosed()
            | dispute.DisputeSettled()
        ):
            return disputed(state, event)
        case (
            refund.RefundRequested()
            | refund.RefundApproved()
            | refund.RefundDeclined()
            | refund.RefundRefused()
            | refund.RefundCreated()
            | refund.RefundSucceeded()
            | refund.RefundFailed()
            | refund.RefundSettled()
        ):
            return _refunded(state, event)
        case _:
            return state


# The sale -----------------------------------------------------------------------------------


def _settled(state: Paid, event: funds.PaymentSettled) -> Paid:
    name, currency, amount_minor = event.transaction_id, event.currency, event.amount_minor
    settlement = Settlement(name, currency, amount_minor, event.exchange_rate)
    maturing = Maturing(currency, amount_minor - event.fee_minor, event.available_on)
    charge = replace(state.charge, settlement=settlement).with_maturing(name, maturing)
    return replace(state, charge=charge)


def _released(
    state: Paid, event: funds.FundsReleased | funds.ReserveKept | funds.ReserveReleased
) -> Paid:
    purse, amount_minor = state.purse, event.amount_minor
    match event:
        case funds.ReserveKept():
            kept = replace(
                purse,
                pending_minor=purse.pending_minor - amount_minor,
                reserve_minor=purse.reserve_minor + amount_minor,
            )
            return replace(state, purse=kept, reserve_until=event.until)
        case funds.FundsReleased():
            left = purse.pending_minor - amount_minor
            available = purse.available_minor + amount_minor
            return replace(state, purse=Purse(left, purse.reserve_minor, available), released=True)
        case funds.ReserveReleased():
            reserve = purse.reserve_minor - amount_minor
            available = purse.available_minor + amount_minor
            return replace(state, purse=Purse(purse.pending_minor, reserve, available))


def _converted(state: Paid, event: funds.PaymentConverted) -> Paid:
    division = Division(
        event.settlement_currency,
        event.settled_minor,
        event.seller_share_minor,
        event.commission_minor,
        event.processing_fee_minor,
    )
    stands = {part.part: part.to_minor for part in event.parts}
    purse = Purse(*(stands.get(stage, 0) for stage in ("pending", "reserve", "available")))
    known = state.charge.refunds
    charge = replace(state.charge, refunds={})
    for anew in event.refunds:
        charge = charge.with_refund(_anew(known[anew.refund_id], anew))
    return replace(state, division=division, purse=purse, charge=charge)


def _anew(known: Refund, anew: funds.ConvertedRefund) -> Refund:
    share = replace(
        known.share,
        seller_minor=anew.seller_minor,
        commission_minor=anew.commission_minor,
        processing_minor=anew.processing_minor,
    )
    amount_minor, excess_minor = anew.amount_minor, anew.excess_minor
    return replace(known, amount_minor=amount_minor, share=share, excess_minor=excess_minor)


# Refunds ------------------------------------------------------------------------------------


def _refunded(state: Paid, event: refund.RefundEvent) -> Paid:
    match event:
        case refund.RefundRequested():
            purse = less(state.purse, taken(event))
            return replace(_with(state, refund_of(event)), purse=purse)
        case refund.RefundApproved():
            return _staged(state, event, "approved")
        case refund.RefundCreated():
            known = state.charge.refunds[event.refund_id]
            made = replace(known, stripe_refund_id=event.stripe_refund_id, stage="created")
            return _with(state, made)
        case refund.RefundSucceeded():
            return _staged(state, event, "succeeded")
        case refund.RefundDeclined():
            return _ended(state, event, "declined")
        case refund.RefundRefused():
            return _ended(state, event, "refused")
        case refund.RefundFailed():
            return _ended(state, event, "failed")
        case refund.RefundSettled():
            settled = state.charge.refunds[event.refund_id].settled_by(event.transaction_id)
            net_minor = -event.moved_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            charge = state.charge.with_maturing(event.transaction_id, maturing)
            return replace(state, charge=charge.with_refund(settled))


def _with(state: Paid, changed: Refund) -> Paid:
    return replace(state, charge=state.charge.with_refund(changed))


def _staged(
    state: Paid, event: refund.RefundApproved | refund.RefundSucceeded, stage: RefundStage
) -> Paid:
    return _with(state, replace(state.charge.refunds[event.refund_id], stage=stage))


def _ended(
    state: Paid,
    event: refund.RefundDeclined | refund.RefundRefused | refund.RefundFailed,
    stage: RefundStage,
) -> Paid:
    purse = returned(state.purse, event.to_pending_minor, event.to_available_minor)
    ended = replace(state.charge.refunds[event.refund_id], stage=stage)
    return replace(_with(state, ended), purse=purse)
