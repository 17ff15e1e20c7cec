"""Orders as their buyers see them, and the answer to whoever buys."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.disputes import ORDER_DISPUTE, OrderDispute
from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import ORDER_ID, PRODUCT_ID, SELLER_ID
from mywork.documents.refunds import REFUND, Refund
from mywork.domain.order.sale_messages import Licence

LicenseType = Annotated[
    Licence, Meta(title="LicenseType", description="What the goods may be used for.")
]
OrderStatus = Annotated[
    Literal[
        "pending", "processing", "completed", "partially_refunded", "refunded", "disputed",
        "failed", "expired",
    ],
    Meta(title="OrderStatus", description="`processing` is to come: a payment under way."),
]  # fmt: skip
PaymentStatus = Annotated[
    Literal[
        "pending", "processing", "completed", "refunded", "failed", "cancelled", "not_required"
    ],
    Meta(
        title="PaymentStatus",
        description="`failed` is an attempt: while its order is pending, it can be paid still.",
    ),
]
Access = Annotated[
    Literal["active", "revoked"],
    Meta(title="Access", description="Whether the buyer may use the goods now."),
]


class OrderedProduct(Document):
    """The product of an order, as it was called then."""

    id: Id
    title: str


ORDERED_PRODUCT = OrderedProduct(id=PRODUCT_ID, title="SaaS starter")


class Order(Document):
    """An order as its buyer sees it. `access` is null until it is paid."""

    id: Id
    order_number: str
    status: OrderStatus
    payment_status: PaymentStatus
    failure_code: str | None
    access: Access | None
    product: OrderedProduct
    seller_id: Id
    license_type: LicenseType
    amount: Amount
    amount_minor: int
    refunded: Amount
    refunded_minor: int
    currency: Currency
    refunds: tuple[Refund, ...]
    disputed: bool
    disputes: tuple[OrderDispute, ...]
    created_at: Moment
    paid_at: Moment | None


ORDER = Order(
    id=ORDER_ID,
    order_number="MW-2026-00001",
    status="partially_refunded",
    payment_status="completed",
    failure_code=None,
    access="active",
    product=ORDERED_PRODUCT,
    seller_id=SELLER_ID,
    license_type="standard",
    **money("amount", 29_900, "USD"),
    **money("refunded", 9_900, "USD"),
    currency="USD",
    refunds=(REFUND,),
    disputed=False,
    disputes=(ORDER_DISPUTE,),
    created_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
    paid_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
)


class PlacedOrder(Document):
    """An order that was placed just now: pay it with the secret; a free one is completed."""

    order_id: Id
    order_number: str
    amount: Amount
    amount_minor: int
    currency: Currency
    stripe_client_secret: str | None
    status: OrderStatus


PLACED_ORDER = PlacedOrder(
    order_id=ORDER_ID,
    order_number="MW-2026-00001",
    **money("amount", 29_900, "USD"),
    currency="USD",
    stripe_client_secret="pi_1abc_secret_xyz",  # noqa: S106
    status="pending",
)
