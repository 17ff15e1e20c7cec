"""What a seller may be asked, and what is asked about one."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.identifiers import SellerId
from mywork.domain.seller.events import Level, Schedule


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
