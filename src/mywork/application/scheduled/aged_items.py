"""Facts whose balance transaction does not come: after a bounded wait each is an open break.

Stripe writes the transaction within minutes as a rule, and repeats what it tells us for three
days; banks and readers rest at weekends. So three working days: late enough that hardly any break
is a false alarm, early enough that a month is never closed on it. Nothing waits for the break: an
order whose payment never settles is released and paid out like any other. When the transaction
comes after all, the break resolves itself.
"""

from collections.abc import Sequence
from datetime import UTC

from eventstore.store import EventStore
from mywork.application.commands import Envelope, envelope
from mywork.application.handle import Handler
from mywork.application.inbox.feed import Feed
from mywork.application.ports.clock import Clock
from mywork.application.ports.tables import CursorsTable, InboxTable
from mywork.application.ports.views import Unsettled, Views
from mywork.application.scheduled.working_days import WORKING_DAYS, working_days_before
from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.explanation_messages import OpenBreak, ResolveBreak, WriteOffFact
from mywork.domain.breaks.state import Absent
from mywork.domain.decider import Command
from mywork.domain.errors import BreakNotOpen
from mywork.domain.identifiers import BreakId
from mywork.domain.money import Money
from mywork.domain.streams import break_stream
from mywork.ledger.reports import uncleared
from mywork.ledger.reports.uncleared import Uncleared

WATCHED = "uncleared_watched_until"  # the position up to which every fact was looked at
BATCH = 200


class AgedUnclearedItems:
    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        feed: Feed,
        *,
        inbox: InboxTable,
        cursors: CursorsTable,
        clock: Clock,
        views: Views,
    ) -> None:
        self._store = store
        self._handler = handler
        self._feed = feed
        self._inbox = inbox
        self._cursors = cursors
        self._clock = clock
        self._views = views

    def run(self) -> int:
        """Open a break for each fact that has waited too long, resolve those that have ended.

        Returns how many of both. Whether something is missing can only be said after looking, so
        Stripe's list is read first; raises VendorUnavailable when that cannot be done.
        """
        self._feed.read_transactions()
        return self._resolve() + self._open()

    def explanation(self, break_id: BreakId, account: str, reason: str) -> Command:
        """What a person's explanation of a break means, of this kind or any other.

        A fact that Stripe will never settle is written off to an account, with what waits of it
        now; without an account it is only explained, and waits on.
        """
        now, stream = self._clock.now(), break_stream(break_id)
        state = self._handler.state(BREAK, stream)
        if not account or isinstance(state, Absent):
            return ResolveBreak(break_id, account, reason, now)
        opened = state.opened
        if opened.kind != "unsettled_fact":
            return ResolveBreak(break_id, account, reason, now)
        left = uncleared.of_objects(self._store, [(opened.object_id, opened.currency)])
        amount_minor = sum(item.amount_minor for item in left)
        return WriteOffFact(break_id, amount_minor, account, reason, now)

    def _open(self) -> int:
        cutoff = working_days_before(self._clock.now(), WORKING_DAYS)
        position, opened = int(self._cursors.read(WATCHED) or 0), 0
        while True:
            found, until = uncleared.aged(self._store, after=position, cutoff=cutoff)
            if until == position or self._inbox.waiting_for([item.object_id for item in found]):
                return opened  # what waits in the inbox may be what is missing: look again later
            opened += self._send([self._opening(item) for item in found])
            self._inbox.store([], also=self._cursors.move(WATCHED, str(until)))
            position = until

    def _resolve(self) -> int:
        candidates = self._views.unsettled_facts()
        waiting = uncleared.of_objects(
            self._store, [(item.object_id, item.currency) for item in candidates]
        )
        left = {(item.object_id, item.currency) for item in waiting}
        ended = [item for item in candidates if (item.object_id, item.currency) not in left]
        return self._send([self._resolution(item) for item in ended])

    def _opening(self, item: Uncleared) -> Envelope:
        amount = Money(item.amount_minor, item.currency)
        command = OpenBreak(
            break_id=BreakId(f"uncleared-{item.object_id}-{item.currency}"),
            kind="unsettled_fact",
            object_id=item.object_id,
            currency=item.currency,
            amount_minor=item.amount_minor,
            fee_minor=0,
            available_on=None,
            concerns=item.stream,
            detail=f"{amount} of {item.object_id} wait for a balance transaction of Stripe's "
            f"since {item.since.astimezone(UTC).date()}",
            at=self._clock.now(),
        )
        return envelope(command, actor="schedule")

    def _resolution(self, item: Unsettled) -> Envelope:
        reason = "its balance transaction came after all"
        command = ResolveBreak(item.break_id, "", reason, self._clock.now())
        return envelope(command, actor="schedule", reason=reason)

    def _send(self, envelopes: Sequence[Envelope]) -> int:
        done = 0
        for start in range(0, len(envelopes), BATCH):
            for outcome in self._handler.handle_many(envelopes[start : start + BATCH]):
                if outcome.error is not None and not isinstance(outcome.error, BreakNotOpen):
                    raise outcome.error
                done += bool(outcome.events)
        return done
