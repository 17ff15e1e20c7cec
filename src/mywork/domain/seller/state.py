"""What is known of a seller."""

from dataclasses import dataclass

from mywork.domain.identifiers import SellerId
from mywork.domain.seller.messages import Level, OnboardingUpdated, Schedule


@dataclass(frozen=True, slots=True)
class Absent:
    """The user has not become a seller, so nothing is paused."""

    paused_because: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """`paused_because` is empty while payouts are not paused."""

    seller_id: SellerId
    country: str
    stripe_account_id: str = ""
    onboarding: OnboardingUpdated | None = None
    level: Level = "new"
    schedule: Schedule = "weekly"
    paused_because: str = ""

    @property
    def can_receive_payouts(self) -> bool:
        return self.onboarding is not None and self.onboarding.payouts_enabled


SellerState = Absent | Joined
