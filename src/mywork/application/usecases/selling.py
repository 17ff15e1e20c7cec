"""Becoming a seller: a username, a Stripe Express account, an onboarding link."""

import re
from dataclasses import dataclass

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.payments import OnboardingLink, Payments
from mywork.application.ports.tables import PeopleTable, Person
from mywork.domain.errors import TextInvalid
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.reasons import check_reason
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.decisions import join, joined
from mywork.domain.seller.messages import (
    ChoosePayoutSchedule,
    JoinAsSeller,
    Level,
    OpenAccount,
    Schedule,
    VerifySeller,
)
from mywork.domain.seller.state import Absent, Joined
from mywork.domain.streams import seller_stream

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,30}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Where a seller stands with Stripe; `link` is None once nothing is left to do."""

    seller: Joined
    link: OnboardingLink | None
    position: int


class Selling:
    def __init__(
        self,
        handler: Handler,
        payments: Payments,
        people: PeopleTable,
        *,
        clock: Clock,
        app_url: str,
    ) -> None:
        self._handler = handler
        self._payments = payments
        self._people = people
        self._clock = clock
        self._app_url = app_url

    def join(self, user_id: UserId, username: str, email: str, *, country: str) -> Onboarding:
        """Make a user a seller; safe to repeat, also after a crash between any two steps."""
        if _USERNAME.fullmatch(username) is None:
            raise TextInvalid("a username has 3 to 32 small letters, digits and inner hyphens")
        seller_id = SellerId(user_id)
        joining = JoinAsSeller(seller_id, country, self._clock.now())
        join(joining, Absent())  # refuse bad input before anything is kept
        self._people.save(Person(user_id, username, email))
        self._handler.handle(envelope(joining, actor=user_id, command_id=f"join:{user_id}"))
        return self._onboarding(seller_id, self._open_account(seller_id, country, email))

    def _open_account(self, seller_id: SellerId, country: str, email: str) -> int:
        """Once: Stripe forgets after a day that it was asked, and would open another one."""
        state = self._handler.state(SELLER, seller_stream(seller_id))
        if joined(state, seller_id).stripe_account_id:
            return 0
        account_id = self._payments.create_account(
            seller_id, country, email, idempotency_key=seller_stream(seller_id)
        )
        opening = OpenAccount(seller_id, account_id, self._clock.now())
        sent = envelope(opening, actor=seller_id, command_id=f"open:{account_id}")
        return self._handler.handle(sent).position

    def choose_schedule(self, user_id: UserId, schedule: Schedule) -> int:
        """When the seller is paid without asking; returns the position."""
        command = ChoosePayoutSchedule(SellerId(user_id), schedule, self._clock.now())
        return self._handler.handle(envelope(command, actor=user_id)).position

    def onboarding(self, user_id: UserId) -> Onboarding:
        """The seller's state and, while something is due, a fresh single-use link."""
        return self._onboarding(SellerId(user_id), 0)

    def verify(self, seller_id: SellerId, level: Level, *, actor: UserId, reason: str) -> int:
        """Set a seller's verification level; returns the event's position, 0 if nothing changed."""
        check_reason(reason)
        command = VerifySeller(seller_id, level, self._clock.now())
        return self._handler.handle(envelope(command, actor=actor, reason=reason)).position

    def _onboarding(self, seller_id: SellerId, position: int) -> Onboarding:
        state = self._handler.state(SELLER, seller_stream(seller_id))
        present = joined(state, seller_id)
        link = None
        if not present.can_receive_payouts and present.stripe_account_id:
            link = self._payments.onboarding_link(
                present.stripe_account_id,
                return_url=f"{self._app_url}/seller/onboarding/done",
                refresh_url=f"{self._app_url}/seller/onboarding",
            )
        return Onboarding(present, link, position)
