"""What becomes of each command; facts that are known already are nothing new."""

from collections.abc import Sequence
from typing import get_args

from mywork.domain.errors import SellerNotFound, SellerNotOnboarded, TextInvalid
from mywork.domain.identifiers import SellerId, is_opaque
from mywork.domain.reasons import check_reason
from mywork.domain.seller.messages import (
    AccountOpened,
    ChoosePayoutSchedule,
    JoinAsSeller,
    Level,
    OnboardingUpdated,
    OpenAccount,
    PausePayouts,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    ReleasePayouts,
    Schedule,
    SellerEvent,
    SellerJoined,
    SellerVerified,
    UpdateOnboarding,
    VerifySeller,
)
from mywork.domain.seller.state import Joined, SellerState


def join(command: JoinAsSeller, state: SellerState) -> Sequence[SellerEvent]:
    if isinstance(state, Joined):
        return ()
    if not is_opaque(command.seller_id):
        raise TextInvalid(f"{command.seller_id!r} is not a user id")
    country = command.country
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise TextInvalid(f"{country!r} is not a country; use two capital letters such as US")
    return (SellerJoined(command.seller_id, country),)


def open_account(command: OpenAccount, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if seller.stripe_account_id == command.stripe_account_id:
        return ()
    if seller.stripe_account_id:
        raise SellerNotOnboarded(f"the seller's account is {seller.stripe_account_id} already")
    return (AccountOpened(command.seller_id, command.stripe_account_id),)


def update_onboarding(command: UpdateOnboarding, state: SellerState) -> Sequence[SellerEvent]:
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


def verify(command: VerifySeller, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if command.level not in get_args(Level):
        raise TextInvalid(f"{command.level!r} is not a level; use {', '.join(get_args(Level))}")
    if seller.level == command.level:
        return ()
    return (SellerVerified(command.seller_id, command.level),)


def choose_schedule(command: ChoosePayoutSchedule, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    if command.schedule not in get_args(Schedule):
        choices = ", ".join(get_args(Schedule))
        raise TextInvalid(f"{command.schedule!r} is not a payout schedule; use one of {choices}")
    if seller.schedule == command.schedule:
        return ()
    return (PayoutScheduleChosen(command.seller_id, command.schedule),)


def pause(command: PausePayouts, state: SellerState) -> Sequence[SellerEvent]:
    seller = joined(state, command.seller_id)
    check_reason(command.reason)
    if seller.paused_because:
        return ()
    return (PayoutsPaused(command.seller_id, command.reason),)


def release(command: ReleasePayouts, state: SellerState) -> Sequence[SellerEvent]:
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
