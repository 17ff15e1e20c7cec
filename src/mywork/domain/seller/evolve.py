"""How each event changes what is known of a seller."""

from dataclasses import replace

from mywork.domain.seller.messages import (
    AccountOpened,
    OnboardingUpdated,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    SellerEvent,
    SellerJoined,
    SellerVerified,
)
from mywork.domain.seller.state import Joined, SellerState


def evolve_seller(state: SellerState, event: SellerEvent) -> SellerState:
    match state, event:
        case _, SellerJoined():
            return Joined(event.seller_id, event.country)
        case Joined(), AccountOpened():
            return replace(state, stripe_account_id=event.stripe_account_id)
        case Joined(), OnboardingUpdated():
            return replace(state, onboarding=event)
        case Joined(), SellerVerified():
            return replace(state, level=event.level)
        case Joined(), PayoutScheduleChosen():
            return replace(state, schedule=event.schedule)
        case Joined(), PayoutsPaused():
            return replace(state, paused_because=event.reason)
        case Joined(), PayoutsReleased():
            return replace(state, paused_because="")
        case _:
            return state
