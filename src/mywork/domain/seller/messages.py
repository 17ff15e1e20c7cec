"""What a seller may be asked, and what has happened to one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.identifiers import SellerId

Level = Literal["new", "verified", "trusted"]
Schedule = Literal["weekly", "monthly", "on_request"]

# Commands -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JoinAsSeller:
    """`country` is ISO 3166 alpha-2."""

    seller_id: SellerId
    country: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenAccount:
    seller_id: SellerId
    stripe_account_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UpdateOnboarding:
    """The state of the Stripe account, fetched fresh: webhooks may be stale."""

    seller_id: SellerId
    stripe_account_id: str
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    currently_due: tuple[str, ...]
    disabled_reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VerifySeller:
    seller_id: SellerId
    level: Level
    at: datetime


@dataclass(frozen=True, slots=True)
class ChoosePayoutSchedule:
    seller_id: SellerId
    schedule: Schedule
    at: datetime


@dataclass(frozen=True, slots=True)
class PausePayouts:
    seller_id: SellerId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleasePayouts:
    seller_id: SellerId
    reason: str
    at: datetime


# Events ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SellerJoined:
    seller_id: SellerId
    country: str


@dataclass(frozen=True, slots=True)
class AccountOpened:
    seller_id: SellerId
    stripe_account_id: str


@dataclass(frozen=True, slots=True)
class OnboardingUpdated:
    seller_id: SellerId
    stripe_account_id: str
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    currently_due: tuple[str, ...]
    disabled_reason: str


@dataclass(frozen=True, slots=True)
class SellerVerified:
    seller_id: SellerId
    level: Level


@dataclass(frozen=True, slots=True)
class PayoutScheduleChosen:
    seller_id: SellerId
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class PayoutsPaused:
    seller_id: SellerId
    reason: str


@dataclass(frozen=True, slots=True)
class PayoutsReleased:
    seller_id: SellerId
    reason: str


SellerEvent = (
    SellerJoined
    | AccountOpened
    | OnboardingUpdated
    | SellerVerified
    | PayoutScheduleChosen
    | PayoutsPaused
    | PayoutsReleased
)
EVENTS = {
    "seller.joined.v1": SellerJoined,
    "seller.account_opened.v1": AccountOpened,
    "seller.onboarding_updated.v1": OnboardingUpdated,
    "seller.verified.v1": SellerVerified,
    "seller.payout_schedule_chosen.v1": PayoutScheduleChosen,
    "seller.payouts_paused.v1": PayoutsPaused,
    "seller.payouts_released.v1": PayoutsReleased,
}
