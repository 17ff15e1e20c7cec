"""Sales: orders as their sellers see them, with where the money of each is, and why not yet."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.disputes import ORDER_DISPUTE, OrderDispute
from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import ORDER_ID
from mywork.documents.orders import ORDERED_PRODUCT, LicenseType, OrderedProduct, OrderStatus
from mywork.documents.refunds import REFUND, Refund

NotYetStage = Annotated[
    Literal["pending", "reserve", "refunding", "disputed"],
    Meta(title="NotYetStage", description="Where money stands that is not available yet."),
]


class FraudWarning(Document):
    """An issuer reported fraud before any dispute; `actionable` while a refund would help."""

    id: Id
    fraud_type: str
    actionable: bool
    warned_at: Moment


FRAUD_WARNING = FraudWarning(
    id="issfr_1abc",
    fraud_type="unauthorized_use_of_card",
    actionable=True,
    warned_at=datetime(2026, 11, 11, 8, tzinfo=UTC),
)


class NotYet(Document):
    """Some of a sale's money, and why it is not available yet.

    `until` is null where a person, Stripe or a bank must act first.
    """

    stage: NotYetStage
    amount: Amount
    amount_minor: int
    currency: Currency
    until: Moment | None
    reason: str


NOT_YET = NotYet(
    stage="pending",
    **money("amount", 17_103, "USD"),
    currency="USD",
    until=datetime(2026, 11, 17, 12, 1, tzinfo=UTC),
    reason="on hold until 17 November 2026",
)


class Sale(Document):
    """A sale. `amount` is in `currency`, what the buyer paid; shares are in `owed_currency`.

    `net_earnings` are what is pending, in reserve and available; what is available may have been
    paid out since. `why_not_yet` accounts for all that waits for something.
    """

    id: Id
    order_number: str
    status: OrderStatus
    product: OrderedProduct
    license_type: LicenseType
    amount: Amount
    amount_minor: int
    refunded: Amount
    refunded_minor: int
    currency: Currency
    owed_currency: Currency
    seller_share: Amount
    seller_share_minor: int
    commission: Amount
    commission_minor: int
    processing_fee: Amount
    processing_fee_minor: int
    net_earnings: Amount
    net_earnings_minor: int
    pending: Amount
    pending_minor: int
    reserve: Amount
    reserve_minor: int
    available: Amount
    available_minor: int
    refunding: Amount
    refunding_minor: int
    disputed: Amount
    disputed_minor: int
    created_at: Moment
    paid_at: Moment | None
    release_at: Moment | None
    released_at: Moment | None
    reserve_until: Moment | None
    refunds: tuple[Refund, ...]
    disputes: tuple[OrderDispute, ...]
    fraud_warnings: tuple[FraudWarning, ...]
    why_not_yet: tuple[NotYet, ...]


SALE = Sale(
    id=ORDER_ID,
    order_number="MW-2026-00001",
    status="partially_refunded",
    product=ORDERED_PRODUCT,
    license_type="standard",
    **money("amount", 29_900, "USD"),
    **money("refunded", 9_900, "USD"),
    currency="USD",
    owed_currency="USD",
    **money("seller_share", 26_013, "USD"),
    **money("commission", 2_990, "USD"),
    **money("processing_fee", 897, "USD"),
    **money("net_earnings", 17_103, "USD"),
    **money("pending", 17_103, "USD"),
    **money("reserve", 0, "USD"),
    **money("available", 0, "USD"),
    **money("refunding", 0, "USD"),
    **money("disputed", 0, "USD"),
    created_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
    paid_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    release_at=datetime(2026, 11, 17, 12, 1, tzinfo=UTC),
    released_at=None,
    reserve_until=None,
    refunds=(REFUND,),
    disputes=(ORDER_DISPUTE,),
    fraud_warnings=(FRAUD_WARNING,),
    why_not_yet=(NOT_YET,),
)
