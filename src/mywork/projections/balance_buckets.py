"""The seller's money of one sale: where it stands, in the currency it is owed in, and when it
is due.

The amounts are those that the ledger has posted to the seller's accounts because of this order;
what is available may have been paid out since.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mywork.domain.order.dispute_messages import DisputeClosed, DisputeReinstated, DisputeWithdrawn
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
)
from mywork.domain.order.sale_messages import OrderPaid, ReserveAgreed
from mywork.domain.order.settlement_messages import (
    FundsReleased,
    PaymentConverted,
    ReserveKept,
    ReserveReleased,
)


@dataclass(frozen=True, slots=True)
class Buckets:
    """`available_minor` may be negative: refunds and disputes may take more than was left."""

    currency: str
    pending_minor: int = 0
    reserve_minor: int = 0
    available_minor: int = 0
    refunding_minor: int = 0
    disputed_minor: int = 0
    release_at: datetime | None = None
    released_at: datetime | None = None
    reserve_basis_points: int = 0  # as agreed when the order was placed
    reserve_days: int = 0
    reserve_until: datetime | None = None

    @property
    def net_minor(self) -> int:
        """What is left to the seller, without what refunds and disputes have set aside."""
        return self.pending_minor + self.reserve_minor + self.available_minor

    @property
    def not_yet(self) -> bool:
        """Whether some of it waits for something."""
        waiting = self.pending_minor, self.reserve_minor, self.refunding_minor, self.disputed_minor
        return any(waiting)


def evolve(buckets: Buckets, event: Any, at: datetime) -> Buckets:
    """The buckets after an event; the same object where it is of no interest."""
    match event:
        case ReserveAgreed():
            return replace(
                buckets, reserve_basis_points=event.basis_points, reserve_days=event.days
            )
        case OrderPaid():
            paid = _moved(buckets, pending=event.seller_share_minor)
            return replace(paid, release_at=event.hold_until)
        case PaymentConverted():
            return _converted(buckets, event)
        case FundsReleased() | ReserveKept() | ReserveReleased():
            return _released(buckets, event, at)
        case RefundRequested() | DisputeWithdrawn() | DisputeClosed():
            return _taken(buckets, event)
        case RefundCreated():
            return _moved(buckets, refunding=-event.seller_minor)
        case RefundDeclined() | RefundRefused() | RefundFailed():
            return _given_back(buckets, event)
        case DisputeReinstated():
            back = event.seller_minor + event.fee_minor
            return _moved(buckets, available=back, disputed=-event.seller_minor)
        case _:
            return buckets


def _moved(buckets: Buckets, **minor: int) -> Buckets:
    """`pending=-5` takes five from what is pending."""
    stages = {f"{stage}_minor": amount for stage, amount in minor.items()}
    changes: Any = {name: getattr(buckets, name) + amount for name, amount in stages.items()}
    return replace(buckets, **changes)


def _released(
    buckets: Buckets,
    event: FundsReleased | ReserveKept | ReserveReleased,
    at: datetime,
) -> Buckets:
    amount = event.amount_minor
    match event:
        case FundsReleased():
            return replace(_moved(buckets, pending=-amount, available=amount), released_at=at)
        case ReserveKept():
            kept = _moved(buckets, pending=-amount, reserve=amount)
            return replace(kept, reserve_until=event.until)
        case ReserveReleased():
            return _moved(buckets, reserve=-amount, available=amount)


def _taken(buckets: Buckets, event: RefundRequested | DisputeWithdrawn | DisputeClosed) -> Buckets:
    less = _moved(
        buckets,
        pending=-event.from_pending_minor,
        reserve=-event.from_reserve_minor,
        available=-event.from_available_minor,
    )
    match event:
        case RefundRequested():
            return _moved(less, refunding=event.seller_minor)
        case DisputeWithdrawn():
            return _moved(less, disputed=event.seller_minor)
        case DisputeClosed():
            return _due_again(_moved(less, disputed=-event.set_aside_minor), event)


def _due_again(buckets: Buckets, event: DisputeClosed) -> Buckets:
    """What the dispute kept from release; whichever was closed last says when."""
    return replace(
        buckets,
        release_at=_later(buckets.release_at, event.release_at),
        reserve_until=_later(buckets.reserve_until, event.reserve_release_at),
    )


def _given_back(buckets: Buckets, event: RefundDeclined | RefundRefused | RefundFailed) -> Buckets:
    """The share of a refund that failed had been gone since the refund was made."""
    back = _moved(buckets, pending=event.to_pending_minor, available=event.to_available_minor)
    if isinstance(event, RefundFailed):
        return back
    return _moved(back, refunding=-event.seller_minor)


def _converted(buckets: Buckets, event: PaymentConverted) -> Buckets:
    """As the event says; no dispute can have taken anything before."""
    stands = {part.part: part.to_minor for part in event.parts}
    return replace(
        buckets,
        currency=event.settlement_currency,
        pending_minor=stands.get("pending", 0),
        reserve_minor=stands.get("reserve", 0),
        available_minor=stands.get("available", 0),
        refunding_minor=stands.get("refunding", 0),
    )


def _later(known: datetime | None, told: datetime | None) -> datetime | None:
    return max((at for at in (known, told) if at is not None), default=None)
