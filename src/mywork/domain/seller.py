"""A seller: a user who joined, has a Stripe account, and is onboarded when Stripe says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never, get_args

from mywork.domain.decider import Decider
from mywork.domain.errors import SellerNotFound, SellerNotOnboarded, TextInvalid
from mywork.domain.identifiers import SellerId, is_opaque

Level = Literal["new", "verified", "trusted"]


# Commands -----------------------------------------------------------------------------------


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


Command = JoinAsSeller | OpenAccount | UpdateOnboarding | VerifySeller


# Events -------------------------------------------------------------------------------------


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


Event = SellerJoined | AccountOpened | OnboardingUpdated | SellerVerified


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """The user has not become a seller."""


@dataclass(frozen=True, slots=True)
class Joined:
    seller_id: SellerId
    country: str
    stripe_account_id: str = ""
    onboarding: OnboardingUpdated | None = None
    level: Level = "new"

    @property
    def can_receive_payouts(self) -> bool:
        return self.onboarding is not None and self.onboarding.payouts_enabled


State = Absent | Joined


# Verbs --------------------------------------------------------------------------------------


def _join(command: JoinAsSeller, state: State) -> Sequence[Event]:
    if isinstance(state, Joined):
        return ()
    if not is_opaque(command.seller_id):
        raise TextInvalid(f"{command.seller_id!r} is not a user id")
    country = command.country
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise TextInvalid(f"{country!r} is not a country; use two capital letters such as US")
    return (SellerJoined(command.seller_id, country),)


def _open_account(command: OpenAccount, state: State) -> Sequence[Event]:
    seller = joined(state, command.seller_id)
    if seller.stripe_account_id == command.stripe_account_id:
        return ()
    if seller.stripe_account_id:
        raise SellerNotOnboarded(f"the seller's account is {seller.stripe_account_id} already")
    return (AccountOpened(command.seller_id, command.stripe_account_id),)


def _update_onboarding(command: UpdateOnboarding, state: State) -> Sequence[Event]:
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


def _verify(command: VerifySeller, state: State) -> Sequence[Event]:
    seller = joined(state, command.seller_id)
    if command.level not in get_args(Level):
        raise TextInvalid(f"{command.level!r} is not a level; use {', '.join(get_args(Level))}")
    if seller.level == command.level:
        return ()
    return (SellerVerified(command.seller_id, command.level),)


def joined(state: State, seller_id: SellerId) -> Joined:
    """The seller, or SellerNotFound."""
    if isinstance(state, Joined):
        return state
    raise SellerNotFound(f"{seller_id} is not a seller; POST /api/user/become-seller first")


# The decider --------------------------------------------------------------------------------


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case JoinAsSeller():
            return _join(command, state)
        case OpenAccount():
            return _open_account(command, state)
        case UpdateOnboarding():
            return _update_onboarding(command, state)
        case VerifySeller():
            return _verify(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match state, event:
        case _, SellerJoined():
            return Joined(event.seller_id, event.country)
        case Joined(), AccountOpened():
            return replace(state, stripe_account_id=event.stripe_account_id)
        case Joined(), OnboardingUpdated():
            return replace(state, onboarding=event)
        case Joined(), SellerVerified():
            return replace(state, level=event.level)
        case _:
            return state


def stream(command: Command) -> str:
    return stream_of(command.seller_id)


def stream_of(seller_id: SellerId) -> str:
    return f"seller-{seller_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
