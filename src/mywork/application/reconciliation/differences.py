"""What becomes of differences: each is one open break, which ends when it has gone.

Finding the same again opens nothing, so a run may be repeated, and two may overlap.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mywork.application.commands import Envelope, envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.views import StandingDifference, Views
from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.difference_messages import EndDifference, FindDifference, Source
from mywork.domain.breaks.state import Known
from mywork.domain.identifiers import BreakId
from mywork.domain.streams import break_stream
from mywork.ledger.book import Book
from mywork.ledger.reconciliation.differences import Difference

BATCH = 200
ACTOR = "reconciliation"


Examined = Callable[[StandingDifference], bool]  # whether a run would have found it again


@dataclass(frozen=True, slots=True)
class Kept:
    """Which of a run's differences are open breaks now, and how many of earlier runs ended."""

    open: Sequence[Difference]
    ended: int


class Differences:
    def __init__(self, handler: Handler, book: Book, clock: Clock, views: Views) -> None:
        self._handler = handler
        self._book = book
        self._clock = clock
        self._views = views

    def standing(self) -> Sequence[StandingDifference]:
        return self._views.standing_differences()

    def keep(self, found: Sequence[Difference], source: Source, examined: Examined) -> Kept:
        """Open a break for each, and end those of this source that a run did not find again."""
        owners = self._book.streams_of([item.object_id for item in found if not item.stream])
        self._send([self._finding(item, source, owners) for item in found])
        again = {item.break_id for item in found}
        gone = [
            known
            for known in self._views.standing_differences()
            if known.break_id not in again and known.evidence.source == source and examined(known)
        ]
        ended = self._send([self._ending(known) for known in gone])
        return Kept(self._still_open(found), ended)

    def _still_open(self, found: Sequence[Difference]) -> Sequence[Difference]:
        """Without those that a person has explained, and that are as they were then."""
        streams = {break_stream(BreakId(item.break_id)): item for item in found}
        histories = self._handler.histories(list(streams))
        states = {
            name: BREAK.fold(recorded.event for recorded in history)
            for name, history in histories.items()
        }
        return [
            item
            for name, item in streams.items()
            if isinstance(state := states[name], Known) and not state.resolved
        ]

    def _finding(self, item: Difference, source: Source, owners: Mapping[str, str]) -> Envelope:
        command = FindDifference(
            break_id=BreakId(item.break_id),
            kind=item.kind,
            object_id=item.object_id,
            transaction_id=item.transaction_id,
            currency=item.currency,
            amount_minor=item.amount_minor,
            concerns=item.stream or owners.get(item.object_id, ""),
            detail=item.detail,
            evidence=replace(item.evidence, source=source),
            at=self._clock.now(),
        )
        return envelope(command, actor=ACTOR)

    def _ending(self, known: StandingDifference) -> Envelope:
        reason = "both sides say the same now"
        command = EndDifference(known.break_id, reason, self._clock.now())
        return envelope(command, actor=ACTOR, reason=reason)

    def _send(self, envelopes: Sequence[Envelope]) -> int:
        """Returns how many had something new to say."""
        news = 0
        for start in range(0, len(envelopes), BATCH):
            for outcome in self._handler.handle_many(envelopes[start : start + BATCH]):
                if outcome.error is not None:
                    raise outcome.error
                news += bool(outcome.events)
        return news
