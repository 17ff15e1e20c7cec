"""Paying sellers: weekly or on request, one payout in flight for each seller and currency.

The balance is read first and required again by PostgreSQL when the payout is committed, so two
requests, a cron run and a retry can never spend the same money.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports import Clock, CursorsTable
from mywork.domain import payout, seller
from mywork.domain.errors import MyWorkError, NothingToPayOut, Refusal
from mywork.domain.fees import schedule_for
from mywork.domain.identifiers import PayoutId, SellerId, derived_id
from mywork.domain.money import Money
from mywork.ledger.accounts import seller_available
from mywork.ledger.book import Book

logger = logging.getLogger(__name__)

WEEKLY = "weekly_payouts"


@dataclass(frozen=True, slots=True)
class PayoutDecision:
    """What a run decided for one balance: the payout it asked for, or why not."""

    seller_id: SellerId
    balance: Money
    requested: payout.PayoutRequested | None
    refusal: MyWorkError | None
    position: int = 0


_Decide = Callable[[payout.RequestPayout], PayoutDecision]


class PayingOut:
    def __init__(self, handler: Handler, book: Book, cursors: CursorsTable, clock: Clock) -> None:
        self._handler = handler
        self._book = book
        self._cursors = cursors
        self._clock = clock

    def request(self, seller_id: SellerId, currency: str, *, request_id: str) -> PayoutDecision:
        """Ask for everything that is released; raises the refusal that explains why not."""
        now = self._clock.now()
        command = self._command(seller_id, currency, request_id, trigger="request", cutoff=now)
        decision = self._submit(command, actor=seller_id)
        if decision.refusal is not None:
            raise decision.refusal
        return decision

    def run(self, cutoff: datetime, *, dry_run: bool = False) -> list[PayoutDecision]:
        """Request a payout for every seller's balance, as released by the cutoff.

        Safe to run twice: the payout's id is made of seller, currency and cutoff. Whatever keeps
        one seller from being paid stands in that decision and stops no other.
        """
        decide = self._preview if dry_run else self._submit
        return [
            self._weekly(decide, seller_id, currency, cutoff)
            for seller_id, currency in self._book.owners_with_balance("available")
        ]

    def _weekly(
        self, decide: _Decide, seller_id: SellerId, currency: str, cutoff: datetime
    ) -> PayoutDecision:
        schedule_id = f"weekly:{cutoff.isoformat()}"
        try:
            return decide(
                self._command(seller_id, currency, schedule_id, trigger="weekly", cutoff=cutoff)
            )
        except MyWorkError as error:
            logger.warning("%s is not paid in %s: %s", seller_id, currency, error)
            key = (seller_available(seller_id), currency)
            balance = Money(self._book.balances([key])[key], currency)
            return PayoutDecision(seller_id, balance, None, error)

    def run_weekly(self) -> int:
        """The run of the last Monday 00:00 UTC of business time, if it has not been yet.

        Asked often and run once: a worker that slept through Monday catches up.
        """
        cutoff = last_monday(self._clock.now())
        if self._cursors.read(WEEKLY) == cutoff.isoformat():
            return 0
        decisions = self.run(cutoff)
        move = self._cursors.move(WEEKLY, cutoff.isoformat())
        self._handler.handle_many([], alongside=lambda cursor, _: move(cursor))
        requested = sum(decision.requested is not None for decision in decisions)
        logger.info("weekly payouts: %s requested of %s balances", requested, len(decisions))
        return requested

    def _command(
        self,
        seller_id: SellerId,
        currency: str,
        request_id: str,
        *,
        trigger: payout.Trigger,
        cutoff: datetime,
    ) -> payout.RequestPayout:
        schedule = schedule_for(currency)
        state = self._handler.state(seller.decider, seller.stream_of(seller_id))
        present = seller.joined(state, seller_id)
        key = (seller_available(seller_id), currency)
        return payout.RequestPayout(
            seller_id=seller_id,
            currency=currency,
            payout_id=PayoutId(derived_id("payout", seller_id, currency, request_id)),
            stripe_account_id=present.stripe_account_id,
            payouts_enabled=present.can_receive_payouts,
            available_minor=self._book.balances([key])[key],
            released_minor=self._book.balance_at(key, cutoff),
            minimum_minor=schedule.payout_minimum_minor,
            trigger=trigger,
            at=self._clock.now(),
        )

    def _submit(self, command: payout.RequestPayout, actor: str = "schedule") -> PayoutDecision:
        sent = envelope(command, actor=actor, command_id=f"request:{command.payout_id}")
        (outcome,) = self._handler.handle_many([sent])
        if outcome.error is not None and not isinstance(outcome.error, Refusal):
            raise outcome.error
        requested = outcome.events or self._already_requested(command)
        return _decision(command, requested, outcome.error, outcome.position)

    def _already_requested(self, command: payout.RequestPayout) -> Sequence[payout.Event]:
        state: payout.Payouts = self._handler.state(payout.decider, payout.stream(command))
        known = state.by_id.get(command.payout_id)
        return (known.requested,) if known is not None and known.open else ()

    def _preview(self, command: payout.RequestPayout) -> PayoutDecision:
        state = self._handler.state(payout.decider, payout.stream(command))
        try:
            events = payout.decide(command, state)
            done = None if events else NothingToPayOut("the payout of this cutoff was made already")
            return _decision(command, events, done)
        except Refusal as refusal:
            return _decision(command, (), refusal)


def _decision(
    command: payout.RequestPayout,
    events: Sequence[payout.Event],
    refusal: MyWorkError | None,
    position: int = 0,
) -> PayoutDecision:
    requested = next((event for event in events if isinstance(event, payout.PayoutRequested)), None)
    balance = Money(command.available_minor, command.currency)
    return PayoutDecision(command.seller_id, balance, requested, refusal, position)


def last_monday(now: datetime) -> datetime:
    """Monday 00:00 UTC of the week that `now` lies in: the weekly cutoff."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=midnight.weekday())
