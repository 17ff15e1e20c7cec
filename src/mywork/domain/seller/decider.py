"""States of a seller, and which verb answers which command."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from mywork.domain.decider import Decider
from mywork.domain.errors import SellerNotFound, SellerNotOnboarded, TextInvalid
from mywork.domain.identifiers import SellerId, is_opaque
from mywork.domain.reasons import check_reason
from mywork.domain.seller.commands import (
    ChoosePayoutSchedule,
    JoinAsSeller,
    OpenAccount,
    PausePayouts,
    ReleasePayouts,
    UpdateOnboarding,
    VerifySeller,
)
from mywork.domain.seller.events import (
    EVENTS,
    AccountOpened,
    Level,
    OnboardingUpdated,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    Schedule,
    SellerEvent,
    SellerJoined,
    SellerVerified,
)
from mywork.domain.streams import seller_stream

# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """The user has not become a seller."""


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


# Verbs --------------------------------------------------------------------------------------


def join(command: JoinAsSeller, state: SellerState) -> Sequence[SellerEvent]:
    if isinstance(state, Joined):
        return ()
    if not is_opaque(command.seller_id):
        raise TextInvalid(f"{command.seller_id!r} is not a user id")
    country = command.country
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise TextInvalid(f"{country!r} is not a country; use two capital letters such as US")
    return (SellerJoined(command.seller_id, country),)


def _open_account(command: OpenAccount, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if seller.stripe_account_id == command.stripe_account_id:
        return ()
    if seller.stripe_account_id:
        raise SellerNotOnboarded(f"the seller's account is {seller.stripe_account_id} already")
    return (AccountOpened(command.seller_id, command.stripe_account_id),)


def _update_onboarding(command: UpdateOnboarding, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    updated = OnboardingUpdated(
        seller_id=command.seller_id,
        stripe_account_id=command.stripe_account_id,
        details_submitted=command.details_submitted,
        charges_enabled=command.charges_enabled,
        payouts_enabled=command.payouts_enabled,
        currently_due=command.currently_due,
        disabled_reason=command.disabled_reason,
    )
    return () if updated == seller.onboarding else (updated,)


def _verify(command: VerifySeller, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if command.level not in get_args(Level):
        raise TextInvalid(f"{command.level!r} is not a level; use {', '.join(get_args(Level))}")
    if seller.level == command.level:
        return ()
    return (SellerVerified(command.seller_id, command.level),)


def _choose_schedule(command: ChoosePayoutSchedule, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if command.schedule not in get_args(Schedule):
        choices = ", ".join(get_args(Schedule))
        raise TextInvalid(f"{command.schedule!r} is not a payout schedule; use one of {choices}")
    if seller.schedule == command.schedule:
        return ()
    return (PayoutScheduleChosen(command.seller_id, command.schedule),)


def _pause(command: PausePayouts, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    check_reason(command.reason)
    if seller.paused_because:
        return ()
    return (PayoutsPaused(command.seller_id, command.reason),)


def _release(command: ReleasePayouts, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    check_reason(command.reason)
    if not seller.paused_because:
        return ()
    return (PayoutsReleased(command.seller_id, command.reason),)


def joined(state: SellerState, seller_id: SellerId) -> Joined:
    """The seller, or SellerNotFound."""
    if isinstance(state, Joined):
        return state
    raise SellerNotFound(f"{seller_id} is not a seller; POST /api/user/become-seller first")


# The decider --------------------------------------------------------------------------------


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


SELLER: Decider[SellerEvent, SellerState] = Decider(
    initial=Absent(),
    decisions={
        JoinAsSeller: join,
        OpenAccount: _open_account,
        UpdateOnboarding: _update_onboarding,
        VerifySeller: _verify,
        ChoosePayoutSchedule: _choose_schedule,
        PausePayouts: _pause,
        ReleasePayouts: _release,
    },
    evolve=evolve_seller,
    stream=lambda command: seller_stream(command.seller_id),
    events=EVENTS,
)
