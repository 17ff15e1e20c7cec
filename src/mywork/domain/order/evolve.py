"""How each event changes an order's state. Nothing is decided here."""

from dataclasses import replace

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.state import Maturing, RefundStage, Settlement
from mywork.domain.order.dispute_evolve import disputed, taken
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeEvent,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
    FraudWarned,
)
from mywork.domain.order.refund_decisions import refund_of
from mywork.domain.order.refund_messages import (
    RefundApproved,
    RefundCreated,
    RefundDeclined,
    RefundEvent,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
    RefundSucceeded,
)
from mywork.domain.order.sale_messages import (
    OrderDownloaded,
    OrderExpired,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PaymentInitiated,
    ReserveAgreed,
    SaleEvent,
)
from mywork.domain.order.settlement_messages import (
    ConvertedRefund,
    FundsAvailable,
    FundsEvent,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.order.shares import less, returned
from mywork.domain.order.state import (
    Absent,
    Buckets,
    Charge,
    Division,
    Expired,
    Granted,
    OrderState,
    Paid,
    Payable,
    Refund,
)

OrderEvent = SaleEvent | FundsEvent | RefundEvent | DisputeEvent


def evolve_order(state: OrderState, event: OrderEvent) -> OrderState:
    if isinstance(event, OrderPlaced):
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
        case OrderGranted():
            return Granted(state.terms)
        case ReserveAgreed():
            return replace(state, reserve=event)
        case PaymentInitiated():
            return replace(state, payment_intent_id=event.payment_intent_id)
        case OrderPaid():
            return _paid(state, event)
        case OrderExpired():
            return Expired(state.terms)
        case _:
            return state


def _paid(state: Payable, event: OrderPaid) -> Paid:
    division = Division(
        event.currency,
        event.amount_minor,
        event.seller_share_minor,
        event.commission_minor,
        event.processing_fee_minor,
    )
    buckets = Buckets(pending_minor=event.seller_share_minor)
    charge: Charge = charge_state.Charge(event.charge_id, event.currency, event.amount_minor)
    return Paid(state.terms, event, division, buckets, charge, reserve=state.reserve)


def _evolve_paid(state: Paid, event: OrderEvent) -> Paid:
    match event:
        case PaymentSettled():
            return _settled(state, event)
        case PaymentConverted():
            return _converted(state, event)
        case FundsAvailable():
            return replace(state, charge=state.charge.matured(event.transaction_id))
        case FundsReleased() | ReserveKept() | ReserveReleased():
            return _released(state, event)
        case OrderDownloaded():
            return replace(state, downloaded=True)
        case FraudWarned():
            return replace(state, warnings=state.warnings | {event.warning_id})
        case (
            DisputeOpened()
            | DisputeWithdrawn()
            | DisputeReinstated()
            | DisputeClosed()
            | DisputeSettled()
        ):
            return disputed(state, event)
        case (
            RefundRequested()
            | RefundApproved()
            | RefundDeclined()
            | RefundRefused()
            | RefundCreated()
            | RefundSucceeded()
            | RefundFailed()
            | RefundSettled()
        ):
            return _refunded(state, event)
        case _:
            return state


# The sale -----------------------------------------------------------------------------------


def _settled(state: Paid, event: PaymentSettled) -> Paid:
    name, currency, amount_minor = event.transaction_id, event.currency, event.amount_minor
    settlement = Settlement(name, currency, amount_minor, event.exchange_rate)
    maturing = Maturing(currency, amount_minor - event.fee_minor, event.available_on)
    charge = replace(state.charge, settlement=settlement).with_maturing(name, maturing)
    return replace(state, charge=charge)


def _released(
    state: Paid,
    event: FundsReleased | ReserveKept | ReserveReleased,
) -> Paid:
    buckets, amount_minor = state.buckets, event.amount_minor
    match event:
        case ReserveKept():
            kept = replace(
                buckets,
                pending_minor=buckets.pending_minor - amount_minor,
                reserve_minor=buckets.reserve_minor + amount_minor,
            )
            return replace(state, buckets=kept, reserve_until=event.until)
        case FundsReleased():
            left = buckets.pending_minor - amount_minor
            available = buckets.available_minor + amount_minor
            return replace(
                state, buckets=Buckets(left, buckets.reserve_minor, available), released=True
            )
        case ReserveReleased():
            reserve = buckets.reserve_minor - amount_minor
            available = buckets.available_minor + amount_minor
            return replace(state, buckets=Buckets(buckets.pending_minor, reserve, available))


def _converted(state: Paid, event: PaymentConverted) -> Paid:
    division = Division(
        event.settlement_currency,
        event.settled_minor,
        event.seller_share_minor,
        event.commission_minor,
        event.processing_fee_minor,
    )
    stands = {part.part: part.to_minor for part in event.parts}
    buckets = Buckets(*(stands.get(stage, 0) for stage in ("pending", "reserve", "available")))
    known = state.charge.refunds
    charge = replace(state.charge, refunds={})
    for anew in event.refunds:
        charge = charge.with_refund(_anew(known[anew.refund_id], anew))
    return replace(state, division=division, buckets=buckets, charge=charge)


def _anew(known: Refund, anew: ConvertedRefund) -> Refund:
    share = replace(
        known.share,
        seller_minor=anew.seller_minor,
        commission_minor=anew.commission_minor,
        processing_minor=anew.processing_minor,
    )
    amount_minor, excess_minor = anew.amount_minor, anew.excess_minor
    return replace(known, amount_minor=amount_minor, share=share, excess_minor=excess_minor)


# Refunds ------------------------------------------------------------------------------------


def _refunded(state: Paid, event: RefundEvent) -> Paid:
    match event:
        case RefundRequested():
            buckets = less(state.buckets, taken(event))
            return replace(_with(state, refund_of(event)), buckets=buckets)
        case RefundApproved():
            return _staged(state, event, "approved")
        case RefundCreated():
            known = state.charge.refunds[event.refund_id]
            made = replace(known, stripe_refund_id=event.stripe_refund_id, stage="created")
            return _with(state, made)
        case RefundSucceeded():
            return _staged(state, event, "succeeded")
        case RefundDeclined():
            return _ended(state, event, "declined")
        case RefundRefused():
            return _ended(state, event, "refused")
        case RefundFailed():
            return _ended(state, event, "failed")
        case RefundSettled():
            settled = state.charge.refunds[event.refund_id].settled_by(event.transaction_id)
            net_minor = -event.moved_minor - event.fee_minor
            maturing = Maturing(event.currency, net_minor, event.available_on)
            charge = state.charge.with_maturing(event.transaction_id, maturing)
            return replace(state, charge=charge.with_refund(settled))


def _with(state: Paid, changed: Refund) -> Paid:
    return replace(state, charge=state.charge.with_refund(changed))


def _staged(
    state: Paid,
    event: RefundApproved | RefundSucceeded,
    stage: RefundStage,
) -> Paid:
    return _with(state, replace(state.charge.refunds[event.refund_id], stage=stage))


def _ended(
    state: Paid,
    event: RefundDeclined | RefundRefused | RefundFailed,
    stage: RefundStage,
) -> Paid:
    buckets = returned(state.buckets, event.to_pending_minor, event.to_available_minor)
    ended = replace(state.charge.refunds[event.refund_id], stage=stage)
    return replace(_with(state, ended), buckets=buckets)
