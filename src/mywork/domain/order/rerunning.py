"""An order's life once more, under other fees or another hold: what would have been decided.

What happened in the world stays as it was: prices, payments, refunds, disputes, what Stripe moved.
What we decided about it is decided again. Under the terms of then that gives the very events of
then, which is what a test holds it to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from mywork.domain.fee_changes import FeeChanges
from mywork.domain.fees import Quote
from mywork.domain.order import dispute, disputing, funds, refund, refund_facts, refunding, sale
from mywork.domain.order.converting import converted_payment
from mywork.domain.order.evolving import OrderEvent, evolve_order
from mywork.domain.order.releasing import release, release_reserve
from mywork.domain.order.selling import paid_at
from mywork.domain.order.states import Absent, OrderState, Paid

Dated = tuple[OrderEvent, datetime]  # with the time at which it took effect
_RELEASING = (funds.ReserveKept, funds.FundsReleased, funds.ReserveReleased)


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """`hold` None keeps each release where it was; else money is released when that is over."""

    fees: FeeChanges = field(default_factory=FeeChanges)
    hold: timedelta | None = None


def rerun(history: Iterable[Dated], terms: OtherTerms, *, until: datetime) -> list[Dated]:
    """The events of one order as they would have been; releases that are due by `until`, too.

    Raises FeeScheduleInvalid where the fees exceed a price.
    """
    life = _Life(terms)
    for event, at in history:
        life.go_on_to(at)
        if terms.hold is None or not isinstance(event, _RELEASING):
            life.happen(_again(event, at, (life.state, terms)), at)
    life.go_on_to(until)
    return life.events


@dataclass(slots=True)
class _Life:
    """`due` are the releases that the clock will bring, by verb."""

    terms: OtherTerms
    state: OrderState = field(default_factory=Absent)
    events: list[Dated] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)

    def happen(self, events: Sequence[OrderEvent], at: datetime) -> None:
        for event in events:
            self.state = evolve_order(self.state, event)
            self.events.append((event, at))
            if self.terms.hold is not None:
                self._schedule(event)

    def go_on_to(self, moment: datetime) -> None:
        """Release what is due by then, unless a dispute stops it: its end says when anew."""
        for verb, at in sorted(self.due.items(), key=lambda item: item[1]):
            if at > moment:
                continue
            del self.due[verb]
            if isinstance(self.state, Paid) and self.state.charge.open_dispute is None:
                self.happen(_RELEASES[verb](self.state, at), at)

    def _schedule(self, event: OrderEvent) -> None:
        match event:
            case sale.OrderPaid(hold_until=hold_until):
                self.due["funds"] = hold_until
            case funds.ReserveKept(until=until):
                self.due["reserve"] = until
            case dispute.DisputeClosed():
                if event.release_at is not None:
                    self.due["funds"] = event.release_at
                if event.reserve_release_at is not None:
                    self.due["reserve"] = event.reserve_release_at
            case _:
                pass


def _release_funds(state: Paid, at: datetime) -> Sequence[OrderEvent]:
    return release(funds.ReleaseFunds(state.payment.order_id, at), state)


def _release_reserve(state: Paid, at: datetime) -> Sequence[OrderEvent]:
    return release_reserve(funds.ReleaseReserve(state.payment.order_id, at), state)


_RELEASES: dict[str, Callable[[Paid, datetime], Sequence[OrderEvent]]] = {
    "funds": _release_funds,
    "reserve": _release_reserve,
}


# Events, decided again ----------------------------------------------------------------------


def _again(
    event: OrderEvent, at: datetime, where: tuple[OrderState, OtherTerms]
) -> Sequence[OrderEvent]:
    """What is decided about the same fact now; facts that decide nothing stay as they are."""
    state, terms = where
    match event:
        case sale.OrderPlaced():
            return (_placed(event, terms),)
        case sale.OrderPaid():
            return (_paid(event, state, terms),)
        case _ if not isinstance(state, Paid):
            return (event,)
        case funds.PaymentConverted():
            return (_converted(event, state),)
        case funds.ReserveKept():
            return ()  # decided with the release that it is a part of
        case funds.FundsReleased():
            return _release_funds(state, at)
        case funds.ReserveReleased():
            return _release_reserve(state, at)
        case _ if isinstance(event, refund.RefundEvent):
            return (_refunded(event, state, at),)
        case _ if isinstance(event, dispute.DisputeEvent):
            return _disputed(event, state, at)
        case _:
            return (event,)


def _placed(event: sale.OrderPlaced, terms: OtherTerms) -> sale.OrderPlaced:
    if not event.price_minor:
        return event
    quoted = Quote(event.seller_share_minor, event.commission_minor, event.processing_fee_minor)
    anew = terms.fees.of(event.currency).requoted(quoted, event.currency)
    return replace(
        event,
        seller_share_minor=anew.seller_share_minor,
        commission_minor=anew.commission_minor,
        processing_fee_minor=anew.processing_fee_minor,
    )


def _paid(event: sale.OrderPaid, state: OrderState, terms: OtherTerms) -> sale.OrderPaid:
    agreed: Any = getattr(state, "terms", event)  # an order is placed before it is paid
    hold_until = event.hold_until if terms.hold is None else paid_at(event) + terms.hold
    return replace(
        event,
        seller_share_minor=agreed.seller_share_minor,
        commission_minor=agreed.commission_minor,
        processing_fee_minor=agreed.processing_fee_minor,
        hold_until=hold_until,
    )


def _converted(event: funds.PaymentConverted, state: Paid) -> funds.PaymentConverted:
    """The balance transaction is the settlement's, which came just before."""
    settlement = state.charge.settlement
    return event if settlement is None else converted_payment(settlement, state)


def _refunded(event: refund.RefundEvent, state: Paid, at: datetime) -> refund.RefundEvent:
    known = state.charge.refunds.get(event.refund_id)
    match event:
        case refund.RefundRequested():
            return refunding.requested_refund(
                state,
                event.refund_id,
                event.asked_minor,
                asked_by=event.asked_by,
                reason=event.reason,
                platform_bears_fee=event.platform_bears_fee,
            )
        case _ if known is None:
            return event
        case refund.RefundCreated():
            return replace(
                event,
                amount_minor=known.amount_minor,
                seller_minor=known.share.seller_minor,
                commission_minor=known.share.commission_minor,
                processing_minor=known.share.processing_minor,
                excess_minor=known.excess_minor,
            )
        case refund.RefundDeclined():
            return refunding.declined(state, known, event.reason)
        case refund.RefundRefused():
            refuse = refund.RefuseRefund(event.order_id, event.refund_id, event.reason, at)
            return _one(refund_facts.refuse_refund(refuse, state), event)
        case refund.RefundFailed():
            return _failed(event, state, at)
        case refund.RefundSettled():
            booked = known.amount_minor if event.amount_minor > 0 else -known.amount_minor
            loss_minor = event.moved_minor - booked
            return replace(event, amount_minor=booked, exchange_loss_minor=loss_minor)
        case _:
            return event


def _failed(event: refund.RefundFailed, state: Paid, at: datetime) -> refund.RefundEvent:
    command = refund.ConcludeRefund(
        order_id=event.order_id,
        stripe_refund_id=event.stripe_refund_id,
        outcome="canceled" if event.cancelled else "failed",
        failure_reason=event.failure_reason,
        at=at,
    )
    return _one(refund_facts.conclude_refund(command, state), event)


def _one(events: Sequence[refund.RefundEvent], otherwise: refund.RefundEvent) -> refund.RefundEvent:
    return events[0] if events else otherwise


def _disputed(event: dispute.DisputeEvent, state: Paid, at: datetime) -> Sequence[OrderEvent]:
    match event:
        case dispute.DisputeWithdrawn():
            withdraw = dispute.WithdrawDispute(
                order_id=event.order_id,
                dispute_id=event.dispute_id,
                transaction_id=event.transaction_id,
                currency=event.currency,
                amount_minor=event.amount_minor,
                fee_minor=event.fee_minor,
                at=at,
            )
            return disputing.withdraw_dispute(withdraw, state)
        case dispute.DisputeReinstated():
            reinstate = dispute.ReinstateDispute(
                order_id=event.order_id,
                dispute_id=event.dispute_id,
                transaction_id=event.transaction_id,
                currency=event.currency,
                amount_minor=event.amount_minor,
                fee_minor=event.fee_minor,
                at=at,
            )
            return disputing.reinstate_dispute(reinstate, state)
        case dispute.DisputeClosed():
            close = dispute.CloseDispute(event.order_id, event.dispute_id, event.outcome, at)
            return disputing.close_dispute(close, state)
        case _:
            return (event,)
