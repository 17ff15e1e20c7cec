"""The money's words: settled, converted, available, released, kept as a reserve.

Amounts stand in the currency that the seller is owed: the order's own, until its payment is
settled in another (`PaymentConverted`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.identifiers import OrderId, RefundId, SellerId

# Commands --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettleOrder:
    """What the payment, a refund or a dispute did to Stripe's balance."""

    order_id: OrderId
    transaction: BalanceTransaction

    @property
    def at(self) -> datetime:
        return self.transaction.created


@dataclass(frozen=True, slots=True)
class MakeFundsAvailable:
    """Stripe's `available_on` has passed: no webhook says so, the clock does."""

    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseFunds:
    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseReserve:
    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class MakeTransactionAvailable:
    """`available_on` of a refund's or dispute's balance transaction has passed."""

    order_id: OrderId
    transaction_id: str
    at: datetime


# Events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """What the charge did to Stripe's balance: `amount_minor` less the actual fee."""

    order_id: OrderId
    transaction_id: str
    charge_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime
    exchange_rate: str


@dataclass(frozen=True, slots=True)
class FundsAvailable:
    order_id: OrderId
    transaction_id: str
    currency: str
    net_minor: int


@dataclass(frozen=True, slots=True)
class FundsReleased:
    order_id: OrderId
    seller_id: SellerId
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReserveKept:
    order_id: OrderId
    seller_id: SellerId
    currency: str
    amount_minor: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ReserveReleased:
    order_id: OrderId
    seller_id: SellerId
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ConvertedPart:
    """A part of the order's money before and after conversion; positive where it is owed."""

    part: Literal[
        "pending",
        "reserve",
        "available",
        "refunding",
        "commission",
        "processing",
        "uncleared",
        "suspense",
    ]
    object_id: str
    from_minor: int
    to_minor: int


@dataclass(frozen=True, slots=True)
class ConvertedRefund:
    """A refund's amounts after conversion."""

    refund_id: RefundId
    amount_minor: int
    seller_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int


@dataclass(frozen=True, slots=True)
class PaymentConverted:
    """Stripe settled in another currency, so that is what everybody is owed from now on.

    `amount_minor` of `currency` became `settled_minor` of `settlement_currency`; `parts` sum to
    both. The rate is Stripe's, as decimal text.
    """

    order_id: OrderId
    seller_id: SellerId
    charge_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    settlement_currency: str
    settled_minor: int
    seller_share_minor: int
    commission_minor: int
    processing_fee_minor: int
    exchange_rate: str
    parts: tuple[ConvertedPart, ...]
    refunds: tuple[ConvertedRefund, ...]


FundsEvent = (
    PaymentSettled
    | FundsAvailable
    | FundsReleased
    | ReserveKept
    | ReserveReleased
    | PaymentConverted
)
EVENTS = {
    "order.payment_settled.v1": PaymentSettled,
    "order.funds_available.v1": FundsAvailable,
    "order.funds_released.v1": FundsReleased,
    "order.payment_converted.v1": PaymentConverted,
    "order.reserve_kept.v1": ReserveKept,
    "order.reserve_released.v1": ReserveReleased,
}
