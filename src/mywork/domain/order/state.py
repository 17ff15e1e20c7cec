"""The life stages of an order, each with what can be known in it."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.charge import state as charge_state
from mywork.domain.order.sale_messages import OrderPaid, OrderPlaced, ReserveAgreed


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
class Buckets:
    """Where the seller's money of this order stands; `available_minor` may be negative."""

    pending_minor: int = 0
    reserve_minor: int = 0
    available_minor: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Who bears a claim, as booked; `platform_bears_fee` says why we bear `processing_minor`."""

    seller_minor: int = 0
    commission_minor: int = 0
    processing_minor: int = 0
    platform_bears_fee: bool = False

    @property
    def borne_minor(self) -> int:
        return self.seller_minor + self.commission_minor + self.processing_minor


# To be named in types; values are made by the classes themselves.
Charge = charge_state.Charge[Share, Share]
Refund = charge_state.Refund[Share]
Dispute = charge_state.Dispute[Share]


@dataclass(frozen=True, slots=True)
class Paid:
    terms: OrderPlaced
    payment: OrderPaid
    division: Division
    buckets: Buckets
    charge: Charge
    reserve: ReserveAgreed | None = None
    reserve_until: datetime | None = None
    released: bool = False
    downloaded: bool = False
    warnings: frozenset[str] = frozenset()


OrderState = Absent | Payable | Granted | Expired | Paid
