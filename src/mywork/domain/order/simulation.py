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
from mywork.domain.order import dispute_decisions, refund_decisions, refund_outcome_decisions
from mywork.domain.order.conversion import converted_payment
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    DisputeClosed,
    DisputeEvent,
    DisputeReinstated,
    DisputeWithdrawn,
    ReinstateDispute,
    WithdrawDispute,
)
from mywork.domain.order.evolve import OrderEvent, evolve_order
from mywork.domain.order.refund_messages import (
    ConcludeRefund,
    RefundCreated,
    RefundDeclined,
    RefundEvent,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
    RefuseRefund,
)
from mywork.domain.order.release_decisions import release, release_reserve
from mywork.domain.order.sale_decisions import paid_at
from mywork.domain.order.sale_messages import OrderPaid, OrderPlaced
from mywork.domain.order.settlement_messages import (
    FundsReleased,
    PaymentConverted,
    ReleaseFunds,
    ReleaseReserve,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.order.state import Absent, OrderState, Paid

Dated = tuple[OrderEvent, datetime]  # with the time at which it took effect
_RELEASING = (
    ReserveKept,
    FundsReleased,
    ReserveReleased,
)


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """`hold` None keeps each release where it was; else money is released when that is over."""

    fees: FeeChanges = field(default_factory=FeeChanges)
    hold: timedelta | None = None


def simulate(history: Iterable[Dated], terms: OtherTerms, *, until: datetime) -> list[Dated]:
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
            case OrderPaid(hold_until=hold_until):
                self.due["funds"] = hold_until
            case ReserveKept(until=until):
                self.due["reserve"] = until
            case DisputeClosed():
                if event.release_at is not None:
                    self.due["funds"] = event.release_at
                if event.reserve_release_at is not None:
                    self.due["reserve"] = event.reserve_release_at
            case _:
                pass


def _release_funds(state: Paid, at: datetime) -> Sequence[OrderEvent]:
    return release(ReleaseFunds(state.payment.order_id, at), state)


def _release_reserve(state: Paid, at: datetime) -> Sequence[OrderEvent]:
    return release_reserve(ReleaseReserve(state.payment.order_id, at), state)


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
        case OrderPlaced():
            return (_placed(event, terms),)
        case OrderPaid():
            return (_paid(event, state, terms),)
        case _ if not isinstance(state, Paid):
            return (event,)
        case PaymentConverted():
            return (_converted(event, state),)
        case ReserveKept():
            return ()  # decided with the release that it is a part of
        case FundsReleased():
            return _release_funds(state, at)
        case ReserveReleased():
            return _release_reserve(state, at)
        case _ if isinstance(event, RefundEvent):
            return (_refunded(event, state, at),)
        case _ if isinstance(event, DisputeEvent):
            return _disputed(event, state, at)
        case _:
            return (event,)


def _placed(event: OrderPlaced, terms: OtherTerms) -> OrderPlaced:
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


def _paid(event: OrderPaid, state: OrderState, terms: OtherTerms) -> OrderPaid:
    agreed: Any = getattr(state, "terms", event)  # an order is placed before it is paid
    hold_until = event.hold_until if terms.hold is None else paid_at(event) + terms.hold
    return replace(
        event,
        seller_share_minor=agreed.seller_share_minor,
        commission_minor=agreed.commission_minor,
        processing_fee_minor=agreed.processing_fee_minor,
        hold_until=hold_until,
    )


def _converted(event: PaymentConverted, state: Paid) -> PaymentConverted:
    """The balance transaction is the settlement's, which came just before."""
    settlement = state.charge.settlement
    return event if settlement is None else converted_payment(settlement, state)


def _refunded(event: RefundEvent, state: Paid, at: datetime) -> RefundEvent:
    known = state.charge.refunds.get(event.refund_id)
    match event:
        case RefundRequested():
            return refund_decisions.requested_refund(
                state,
                event.refund_id,
                event.asked_minor,
                asked_by=event.asked_by,
                reason=event.reason,
                platform_bears_fee=event.platform_bears_fee,
            )
        case _ if known is None:
            return event
        case RefundCreated():
            return replace(
                event,
                amount_minor=known.amount_minor,
                seller_minor=known.share.seller_minor,
                commission_minor=known.share.commission_minor,
                processing_minor=known.share.processing_minor,
                excess_minor=known.excess_minor,
            )
        case RefundDeclined():
            return refund_decisions.declined(state, known, event.reason)
        case RefundRefused():
            refuse = RefuseRefund(event.order_id, event.refund_id, event.reason, at)
            return _one(refund_outcome_decisions.refuse_refund(refuse, state), event)
        case RefundFailed():
            return _failed(event, state, at)
        case RefundSettled():
            booked = known.amount_minor if event.amount_minor > 0 else -known.amount_minor
            loss_minor = event.moved_minor - booked
            return replace(event, amount_minor=booked, exchange_loss_minor=loss_minor)
        case _:
            return event


def _failed(event: RefundFailed, state: Paid, at: datetime) -> RefundEvent:
    command = ConcludeRefund(
        order_id=event.order_id,
        stripe_refund_id=event.stripe_refund_id,
        outcome="canceled" if event.cancelled else "failed",
        failure_reason=event.failure_reason,
        at=at,
    )
    return _one(refund_outcome_decisions.conclude_refund(command, state), event)


def _one(events: Sequence[RefundEvent], otherwise: RefundEvent) -> RefundEvent:
    return events[0] if events else otherwise


def _disputed(event: DisputeEvent, state: Paid, at: datetime) -> Sequence[OrderEvent]:
    match event:
        case DisputeWithdrawn():
            withdraw = WithdrawDispute(
                order_id=event.order_id,
                dispute_id=event.dispute_id,
                transaction_id=event.transaction_id,
                currency=event.currency,
                amount_minor=event.amount_minor,
                fee_minor=event.fee_minor,
                at=at,
            )
            return dispute_decisions.withdraw_dispute(withdraw, state)
        case DisputeReinstated():
            reinstate = ReinstateDispute(
                order_id=event.order_id,
                dispute_id=event.dispute_id,
                transaction_id=event.transaction_id,
                currency=event.currency,
                amount_minor=event.amount_minor,
                fee_minor=event.fee_minor,
                at=at,
            )
            return dispute_decisions.reinstate_dispute(reinstate, state)
        case DisputeClosed():
            close = CloseDispute(event.order_id, event.dispute_id, event.outcome, at)
            return dispute_decisions.close_dispute(close, state)
        case _:
            return (event,)
