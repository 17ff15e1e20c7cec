"""Payouts take turns: what Stripe's available balance covers is sent, the oldest first.

Nobody overtakes, or a large payout could wait for ever behind small ones. A payout of a seller who
is paused, or about whose money something is not explained, steps aside until that is over, and has
its old place again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.payments import Payments
from mywork.application.ports.views import Views
from mywork.domain.decider import Command
from mywork.domain.identifiers import SellerId
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.state import UNSENT, Payout
from mywork.domain.payout.transfer_decisions import looking_into
from mywork.domain.payout.transfer_messages import (
    DispatchPayout,
    HoldPayout,
    PayoutQueued,
    QueuePayout,
)
from mywork.domain.seller.decider import SELLER
from mywork.domain.streams import payouts_stream, seller_stream
from mywork.ledger.book import Book

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """`position` is the request's in the history: its age. `queued_at` is when it last queued."""

    position: int
    seller_id: SellerId
    currency: str
    payout: Payout
    queued_at: datetime | None

    @property
    def amount_minor(self) -> int:
        return self.payout.requested.amount_minor

    def rests_at(self, now: datetime) -> bool:
        """Whether Stripe refused it a moment ago, whatever its balance says: longer each time."""
        dispatches = self.payout.dispatches
        if self.payout.stage != "queued" or not dispatches or self.queued_at is None:
            return False
        pause: timedelta = min(SHORTEST_PAUSE * 2 ** min(dispatches - 1, 10), LONGEST_PAUSE)
        return now < self.queued_at + pause


class PayoutQueue:
    def __init__(
        self,
        handler: Handler,
        book: Book,
        payments: Payments,
        *,
        clock: Clock,
        views: Views,
    ) -> None:
        self._handler = handler
        self._book = book
        self._payments = payments
        self._clock = clock
        self._views = views

    def run(self) -> int:
        """Let each waiting payout go, wait or step aside; returns how many changed.

        Safe to run in any number of processes: each decision is the payout's own stream's, and
        what two of them send at once is bounded by Stripe, which refuses what is not covered.
        """
        waiting = self._waiting()
        paused = self._paused({found.seller_id for found in waiting}) if waiting else {}
        if not any(_undecided(found, paused) for found in waiting):
            return 0
        # Read after the list: a transfer made in between is then counted twice, never not at all.
        balance = self._payments.balance()
        commands: list[Command] = []
        for currency in sorted({found.currency for found in waiting}):
            available = balance[currency].available_minor if currency in balance else 0
            turns = [found for found in waiting if found.currency == currency]
            commands += self._turns(turns, available, paused)
        outcomes = self._handler.handle_many(
            [envelope(command, actor="schedule") for command in commands]
        )
        return sum(bool(outcome.events) for outcome in outcomes)

    def _waiting(self) -> list[_Waiting]:
        """Every payout that no transfer is known of, the oldest first, from the books."""
        owners = {
            payouts_stream(seller_id, currency): (seller_id, currency)
            for seller_id, currency in self._book.owners_with_balance("in_payout")
        }
        found: list[_Waiting] = []
        for stream, history in self._handler.histories(list(owners)).items():
            state = PAYOUT.fold(recorded.event for recorded in history)
            unsent = [p for p in state.by_id.values() if p.stage in UNSENT | {"dispatched"}]
            for waiting in unsent:
                own = [r for r in history if r.event.payout_id == waiting.requested.payout_id]
                queued = [r for r in own if isinstance(r.event, PayoutQueued)]
                since = queued[-1].metadata.effective_at if queued else None
                found.append(_Waiting(own[0].position, *owners[stream], waiting, since))
        return sorted(found, key=lambda one: one.position)

    def _paused(self, sellers: set[SellerId]) -> Mapping[SellerId, str]:
        """Why each of some sellers who must not be paid now must not."""
        streams = {seller_stream(seller_id): seller_id for seller_id in sellers}
        reasons = {
            seller_id: looking_into(found)
            for seller_id, found in self._views.open_breaks_by_seller().items()
            if seller_id in sellers
        }
        for stream, history in self._handler.histories(list(streams)).items():
            state = SELLER.fold(recorded.event for recorded in history)
            if state.paused_because:
                reasons[streams[stream]] = state.paused_because
        return reasons

    def _turns(
        self, waiting: Sequence[_Waiting], available_minor: int, paused: Mapping[SellerId, str]
    ) -> list[Command]:
        """One currency's turns: from the first that is not covered on, all wait."""
        now, commands, covered = self._clock.now(), list[Command](), True
        under_way = [found for found in waiting if found.payout.stage == "dispatched"]
        room_minor = available_minor - sum(found.amount_minor for found in under_way)
        for found in waiting:
            key = found.seller_id, found.currency, found.payout.requested.payout_id
            if found.payout.stage == "dispatched":
                continue
            if reason := paused.get(found.seller_id):
                commands.append(HoldPayout(*key, reason, now))
                continue
            covered = covered and found.amount_minor <= room_minor and not found.rests_at(now)
            if covered:
                room_minor -= found.amount_minor
                commands.append(DispatchPayout(*key, now))
            else:
                commands.append(QueuePayout(*key, now))
        return commands


def _undecided(found: _Waiting, paused: Mapping[SellerId, str]) -> bool:
    stage = found.payout.stage
    return stage != "dispatched" and not (stage == "held" and found.seller_id in paused)
