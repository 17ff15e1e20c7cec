"""Sellers: where their onboarding stands, and how far they are verified."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Document, Id, Moment
from mywork.documents.examples import SELLER_ID
from mywork.domain.seller.messages import Level, Schedule

SellerStatus = Annotated[
    Literal["onboarding", "active"],
    Meta(title="SellerStatus", description="`active` once Stripe pays out to the seller."),
]
SellerLevel = Annotated[
    Literal["basic", "verified", "premium"],
    Meta(title="SellerLevel", description="How far a seller is verified."),
]
PayoutSchedule = Annotated[
    Schedule,
    Meta(
        title="PayoutSchedule",
        description="Every Monday, on the first of the month, or only when asked; at 00:00 UTC.",
    ),
]
LEVELS: dict[SellerLevel, Level] = {"basic": "new", "verified": "verified", "premium": "trusted"}


class Onboarding(Document):
    """Where a seller stands with Stripe; the link is single-use, and null once nothing is due."""

    seller_id: Id
    status: SellerStatus
    payouts_enabled: bool
    currently_due: tuple[str, ...]
    onboarding_url: str | None
    expires_at: Moment | None
    payout_schedule: PayoutSchedule
    payouts_paused_because: str | None


ONBOARDING = Onboarding(
    seller_id=SELLER_ID,
    status="onboarding",
    payouts_enabled=False,
    currently_due=("external_account",),
    onboarding_url="https://connect.stripe.com/setup/e/acct_1/abc",
    expires_at=datetime(2026, 11, 10, 12, 5, tzinfo=UTC),
    payout_schedule="weekly",
    payouts_paused_because=None,
)


class VerifiedSeller(Document):
    """A seller whose level was set just now."""

    id: Id
    level: SellerLevel


VERIFIED_SELLER = VerifiedSeller(id=SELLER_ID, level="verified")


class SellerPayouts(Document):
    """Whether a seller is paid, as decided just now."""

    id: Id
    payouts: Annotated[
        Literal["active", "paused"],
        Meta(title="PayoutsState", description="`paused` pays nothing, whoever asks."),
    ]


SELLER_PAYOUTS = SellerPayouts(id=SELLER_ID, payouts="paused")


class ChosenSchedule(Document):
    """When a seller is paid from now on; null is on request."""

    payout_schedule: PayoutSchedule
    next_payout_at: Moment | None


CHOSEN_SCHEDULE = ChosenSchedule(
    payout_schedule="weekly",
    next_payout_at=datetime(2026, 11, 23, tzinfo=UTC),
)
