"""The life stages of an order, each with what can be known in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mywork.domain.identifiers import DisputeId, RefundId
from mywork.domain.order.dispute import DisputeOpened, DisputeOutcome
from mywork.domain.order.funds import PaymentSettled
from mywork.domain.order.refund import RefundRequested
from mywork.domain.order.sale import OrderPaid, OrderPlaced, ReserveAgreed

RefundStage = Literal[
    "requested", "approved", "created", "succeeded", "failed", "declined", "refused"
]
ENDED: frozenset[RefundStage] = frozenset({"failed", "declined", "refused"})
AT_STRIPE: frozenset[RefundStage] = frozenset({"created", "succeeded"})


@dataclass(frozen=True, slots=True)
class Absent:
    """No such order yet."""


@dataclass(frozen=True, slots=True)
class Payable:
    terms: OrderPlaced
    payment_intent_id: str = ""
    reserve: ReserveAgreed | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    terms: OrderPlaced


@dataclass(frozen=True, slots=True)
class Expired:
    terms: OrderPlaced


@dataclass(frozen=True, slots=True)
class Division:
    """How the payment is divided, in the currency that the seller is owed; the parts sum up."""

    currency: str
    amount_minor: int
    seller_minor: int
    commission_minor: int
    processing_minor: int


@dataclass(frozen=True, slots=True)
class Purse:
    """Where the seller's money of this order stands; `available_minor` may be negative."""

    pending_minor: int = 0
    reserve_minor: int = 0
    available_minor: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund, with the shares that it claims as they are owed now."""

    requested: RefundRequested
    stage: RefundStage
    amount_minor: int
    seller_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int
    stripe_refund_id: str = ""
    settled: frozenset[str] = frozenset()

    @property
    def claims(self) -> bool:
        """Whether it counts against the payment."""
        return self.stage not in ENDED


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute, with what Stripe holds of it now and who would bear that."""

    opened: DisputeOpened
    disputed_minor: int = 0  # in the order's currency, while it counts against the payment
    held_minor: int = 0
    seller_minor: int = 0
    commission_minor: int = 0
    moved: frozenset[str] = frozenset()  # transactions that withdrew or reinstated
    settled: frozenset[str] = frozenset()
    outcome: DisputeOutcome | None = None

    @property
    def open(self) -> bool:
        return self.outcome is None

    @property
    def exposed_minor(self) -> int:
        """What it may cost or has cost, in the order's currency; inquiries cost nothing."""
        if self.open and not self.opened.inquiry:
            return max(self.disputed_minor, self.opened.amount_minor)
        return self.disputed_minor


@dataclass(frozen=True, slots=True)
class Paid:
    terms: OrderPlaced
    payment: OrderPaid
    division: Division
    purse: Purse
    settlement: PaymentSettled | None = None
    reserve: ReserveAgreed | None = None
    reserve_until: datetime | None = None
    available: bool = False
    released: bool = False
    downloaded: bool = False
    refunds: Mapping[RefundId, Refund] = field(default_factory=dict)
    disputes: Mapping[DisputeId, Dispute] = field(default_factory=dict)
    maturing: Mapping[str, int] = field(default_factory=dict)  # transaction -> net, not yet due
    warnings: frozenset[str] = frozenset()

    @property
    def open_dispute(self) -> Dispute | None:
        """A dispute or inquiry without an outcome: nothing is released meanwhile."""
        return next((found for found in self.disputes.values() if found.open), None)


State = Absent | Payable | Granted | Expired | Paid
