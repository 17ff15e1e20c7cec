"""A seller: a user who joined, has a Stripe account, and is onboarded when Stripe says so.

The seller chooses when to be paid; a person of ours may pause payouts, with a reason, and only a
person releases them again.
"""

from mywork.domain.seller.commands import (
    ChoosePayoutSchedule,
    Command,
    JoinAsSeller,
    OpenAccount,
    PausePayouts,
    ReleasePayouts,
    UpdateOnboarding,
    VerifySeller,
)
from mywork.domain.seller.decider import (
    Absent,
    Joined,
    State,
    decide,
    decider,
    joined,
    stream_of,
)
from mywork.domain.seller.events import (
    AccountOpened,
    Event,
    Level,
    OnboardingUpdated,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    Schedule,
    SellerJoined,
    SellerVerified,
)

__all__ = [
    "Absent",
    "AccountOpened",
    "ChoosePayoutSchedule",
    "Command",
    "Event",
    "JoinAsSeller",
    "Joined",
    "Level",
    "OnboardingUpdated",
    "OpenAccount",
    "PausePayouts",
    "PayoutScheduleChosen",
    "PayoutsPaused",
    "PayoutsReleased",
    "ReleasePayouts",
    "Schedule",
    "SellerJoined",
    "SellerVerified",
    "State",
    "UpdateOnboarding",
    "VerifySeller",
    "decide",
    "decider",
    "joined",
    "stream_of",
]
