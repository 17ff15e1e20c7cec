"""Paying sellers: weekly, monthly or on request, one payout in flight for each seller and currency.

The balance is read first and required again by PostgreSQL when the payout is committed, so two
requests, a cron run and a retry can never spend the same money. Debts are paid first.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.payouts.debts import Collecting
from mywork.application.payouts.decision import PayoutDecision
from mywork.application.payouts.forecast import PayoutForecast
from mywork.application.ports.clock import Clock
from mywork.application.ports.tables import CursorsTable
from mywork.application.ports.views import Views
from mywork.domain.accounts import seller_available
from mywork.domain.debt import DEBT, Debt
from mywork.domain.errors import MyWorkError, NothingToPayOut, PaidOnRequest, Refusal
from mywork.domain.fees import schedule_for
from mywork.domain.identifiers import SellerId
from mywork.domain.money import Money
from mywork.domain.payout.cutoffs import first_of_month, last_monday, payout_named, run_name
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.state import Payout, Payouts
from mywork.domain.payout.transfer_messages import PayoutRequested, RequestPayout, Trigger
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.decisions import joined
from mywork.domain.seller.messages import Schedule
from mywork.domain.seller.state import Joined, SellerState
from mywork.domain.streams import debt_stream, seller_stream
from mywork.ledger.book import Book

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One payout to decide about. `request_id` names it: the same twice is the same payout."""

    seller_id: SellerId
    currency: str
    request_id: str
    trigger: Trigger
    cutoff: datetime
    breaks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """A run over all sellers; without a cutoff each has the last one of their own schedule."""

    cutoff: datetime | None
    breaks: Mapping[SellerId, Sequence[str]]
    decide: Callable[[_Asked], PayoutDecision]


class PayingOut:
    def __init__(
        self,
        handler: Handler,
        book: Book,
        cursors: CursorsTable,
        *,
        clock: Clock,
        debts: Collecting,
        views: Views,
        forecast: PayoutForecast,
    ) -> None:
        self._handler = handler
        self._book = book
        self._cursors = cursors
        self._clock = clock
        self._debts = debts
        self._views = views
        self._forecast = forecast

    # One seller ---------------------------------------------------------------------------

    def request(self, seller_id: SellerId, currency: str, *, request_id: str) -> PayoutDecision:
        """Ask for everything that is released; raises the refusal that explains why not."""
        breaks = self._views.open_breaks_by_seller().get(seller_id, ())
        asked = _Asked(seller_id, currency, request_id, "request", self._clock.now(), breaks)
        decision = self._submit(asked)
        if decision.refusal is not None:
            raise decision.refusal
        return decision

    # Everybody ----------------------------------------------------------------------------

    def run(self, cutoff: datetime | None = None, *, dry_run: bool = False) -> list[PayoutDecision]:
        """Request a payout for every balance, as released by the cutoff.

        Without one, by each seller's own last one: Monday 00:00 UTC, or the first of the month.
        Safe to run twice: the payout's id is made of seller, currency and cutoff. Whatever keeps
        one seller from being paid stands in that decision and stops no other. A dry run decides
        the same, changes nothing, and says for all that a seller is owed what it waits for.
        """
        if dry_run:
            run = _Run(cutoff, self._views.open_breaks_by_seller(), self._preview)
            return [self._explained(self._scheduled(run, *one)) for one in self._forecast.owners()]
        run = _Run(cutoff, self._views.open_breaks_by_seller(), self._submit)
        return [self._scheduled(run, *one) for one in self._book.owners_with_balance("available")]

    def run_scheduled(self) -> int:
        """The weekly and monthly runs that business time asks for, if they have not been yet.

        Asked often and run once: a worker that slept through Monday catches up.
        """
        now = self._clock.now()
        return self._run_once("weekly", last_monday(now)) + self._run_once(
            "monthly", first_of_month(now)
        )

    def _run_once(self, schedule: Schedule, cutoff: datetime) -> int:
        cursor = f"{schedule}_payouts"
        if self._cursors.read(cursor) == cutoff.isoformat():
            return 0
        run = _Run(cutoff, self._views.open_breaks_by_seller(), self._submit)
        decisions = [
            self._scheduled(run, found, currency)
            for found, currency in self._book.owners_with_balance("available")
            if self._schedule(found) == schedule
        ]
        requested = sum(decision.requested is not None for decision in decisions)
        logger.info("%s payouts: %s of %s requested", schedule, requested, len(decisions))
        if all(isinstance(found.refusal, Refusal | None) for found in decisions):
            move = self._cursors.move(cursor, cutoff.isoformat())
            self._handler.handle_many([], alongside=lambda cursor, _: move(cursor))
        return requested

    def _scheduled(self, run: _Run, seller_id: SellerId, currency: str) -> PayoutDecision:
        try:
            trigger, last_cutoff = self._turn(seller_id)
            cutoff, breaks = run.cutoff or last_cutoff, run.breaks.get(seller_id, ())
            name = run_name(trigger, cutoff)
            return run.decide(_Asked(seller_id, currency, name, trigger, cutoff, breaks))
        except MyWorkError as error:
            logger.warning("%s is not paid in %s: %s", seller_id, currency, error)
            return PayoutDecision(seller_id, self._available(seller_id, currency), None, error)

    def _turn(self, seller_id: SellerId) -> tuple[Trigger, datetime]:
        """Which run pays a seller, and the cutoff of its last turn."""
        now = self._clock.now()
        match self._schedule(seller_id):
            case "weekly":
                return "weekly", last_monday(now)
            case "monthly":
                return "monthly", first_of_month(now)
            case "on_request":
                raise PaidOnRequest("this seller is paid on request: POST /api/seller/payout")

    # Deciding -----------------------------------------------------------------------------

    def _submit(self, asked: _Asked) -> PayoutDecision:
        debts = self._debts.recoup(asked.seller_id, asked.currency)
        command = self._command(asked, debts)
        actor = asked.seller_id if asked.trigger == "request" else "schedule"
        sent = envelope(command, actor=actor, command_id=f"request:{command.payout_id}")
        (outcome,) = self._handler.handle_many([sent])
        if outcome.error is not None and not isinstance(outcome.error, Refusal):
            raise outcome.error
        known = None if outcome.events else self._known(command)
        events = (known.requested,) if known is not None and known.open else outcome.events
        decision = _decision(command, events, outcome.error, outcome.position)
        return replace(decision, known=known)

    def _preview(self, asked: _Asked) -> PayoutDecision:
        debts: Debt = self._handler.state(DEBT, debt_stream(asked.seller_id, asked.currency))
        command = self._command(asked, debts)
        state = self._handler.state(PAYOUT, PAYOUT.stream(command))
        try:
            events = PAYOUT.decide(command, state)
            done = None if events else NothingToPayOut("the payout of this cutoff was made already")
            return _decision(command, events, done)
        except Refusal as refusal:
            return _decision(command, (), refusal)

    def _command(self, asked: _Asked, debts: Debt) -> RequestPayout:
        seller_id, currency = asked.seller_id, asked.currency
        minimum_minor = schedule_for(currency).payout_minimum_minor
        present = joined(self._seller(seller_id), seller_id)
        key = (seller_available(seller_id), currency)
        return RequestPayout(
            seller_id=seller_id,
            currency=currency,
            payout_id=payout_named(seller_id, currency, asked.request_id),
            stripe_account_id=present.stripe_account_id,
            payouts_enabled=present.can_receive_payouts,
            available_minor=self._book.balances([key])[key],
            released_minor=self._book.balance_at(key, asked.cutoff),
            minimum_minor=minimum_minor,
            trigger=asked.trigger,
            at=self._clock.now(),
            claimed_minor=debts.claimed_minor,
            paused_because=present.paused_because,
            open_breaks=tuple(asked.breaks),
        )

    def _known(self, command: RequestPayout) -> Payout | None:
        state: Payouts = self._handler.state(PAYOUT, PAYOUT.stream(command))
        return state.by_id.get(command.payout_id)

    def _explained(self, decision: PayoutDecision) -> PayoutDecision:
        waiting = self._forecast.waiting(
            decision.seller_id,
            decision.balance.currency,
            paid_minor=decision.requested.amount_minor if decision.requested else 0,
            refusal=decision.refusal,
            next_run=next_run(self._schedule(decision.seller_id), self._clock.now()),
        )
        return replace(decision, waiting=waiting)

    def _seller(self, seller_id: SellerId) -> SellerState:
        state: SellerState = self._handler.state(SELLER, seller_stream(seller_id))
        return state

    def _schedule(self, seller_id: SellerId) -> Schedule:
        state = self._seller(seller_id)
        return state.schedule if isinstance(state, Joined) else "weekly"

    def _available(self, seller_id: SellerId, currency: str) -> Money:
        key = (seller_available(seller_id), currency)
        return Money(self._book.balances([key])[key], currency)


def _decision(
    command: RequestPayout,
    events: Sequence[PayoutEvent],
    refusal: MyWorkError | None,
    position: int = 0,
) -> PayoutDecision:
    requested = next((event for event in events if isinstance(event, PayoutRequested)), None)
    balance = Money(command.available_minor, command.currency)
    return PayoutDecision(command.seller_id, balance, requested, refusal, position)


def next_run(schedule: Schedule, now: datetime) -> datetime | None:
    """When a schedule's next run is due; None for a seller who is paid on request."""
    match schedule:
        case "weekly":
            return last_monday(now) + timedelta(weeks=1)
        case "monthly":
            return first_of_month(first_of_month(now) + timedelta(days=31))
        case "on_request":
            return None
