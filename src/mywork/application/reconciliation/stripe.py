"""Reconciling with Stripe: every balance transaction is posted exactly once, or is a break.

What Stripe has is read first, and what was just read is worked; only then is the ledger looked at.
So a transaction that the ledger lacks is missing, unless it waits in the inbox; and one that only
the ledger has is asked for by its id, before it is called missing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.tables import CursorsTable
from mywork.application.ports.views import StandingDifference, Views
from mywork.application.reconciliation.differences import ACTOR, Differences, Kept
from mywork.application.reconciliation.stripe_side import Listed, StripeSide
from mywork.domain.breaks.difference_messages import Source
from mywork.domain.errors import FileForAnotherAccount
from mywork.domain.identifiers import new_id
from mywork.domain.reconciliation import ComparedBalance, RecordRun, RunCompleted
from mywork.ledger.reconciliation.balances import balanced
from mywork.ledger.reconciliation.compare import Compared, Span, comparison
from mywork.ledger.reconciliation.differences import Difference, difference_of, of_balance
from mywork.ledger.reconciliation.sides import Pair, StatementSide

RECONCILED = "reconciled_on"  # the day of the last scheduled run


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was recorded, and its differences that are open breaks."""

    completed: RunCompleted
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Statement:
    """A file of Stripe's, as it was read; `digest` is its SHA-256.

    `left_out` are the categories that a file of its shape never tells.
    """

    digest: str
    lines: Sequence[StatementSide]
    span: Span
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Pairs that are not equal, by what they turned out to be."""

    differences: list[Difference]
    under_way: list[StatementSide]  # at Stripe, and not posted yet
    beyond: list[Pair]  # posted, and newer than what was read of Stripe


class StripeReconciliation:
    """`known` tells which transactions are an open break of another kind already."""

    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        stripe: StripeSide,
        *,
        differences: Differences,
        cursors: CursorsTable,
        clock: Clock,
        views: Views,
    ) -> None:
        self._store = store
        self._handler = handler
        self._stripe = stripe
        self._differences = differences
        self._cursors = cursors
        self._clock = clock
        self._views = views

    def run_daily(self) -> int:
        """This month and the one before, once a day; returns how many breaks are open of it."""
        today = self._clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self._cursors.read(RECONCILED) == today.date().isoformat():
            return 0
        run = self.with_stripe(first_of_last_month(today))
        move = self._cursors.move(RECONCILED, today.date().isoformat())
        self._handler.handle_many([], alongside=lambda cursor, _: move(cursor))
        return len(run.differences)

    def with_stripe(
        self, since: datetime, until: datetime | None = None, progress: Progress | None = None
    ) -> Run:
        """Compare what Stripe lists with what was posted; open, end and record what differs.

        Stripe's balance is compared where the run reaches until now. What the feed has lost goes
        to the inbox, so that the next run ends its break. Raises VendorUnavailable.
        """
        span = Span(since, until)
        self._stripe.catch_up()
        with comparison(self._store.url) as session:
            listed = self._stripe.listed(session.add, span, progress)
            compared = session.compare(span)
        pairs = self._sort(compared, listed.waiting, span)
        balances = [] if until is not None else self._balances(compared, pairs, listed, span=span)
        now = self._clock.now()
        found = pairs.differences + [
            of_balance(item, compared.position, now) for item in balances if item.unexplained_minor
        ]
        kept = self._differences.keep(
            found, "stripe", lambda known: _examined(known, span, balance=until is None)
        )
        self._stripe.recover(item.subject for item in found if item.kind == "missing_here")
        command = self._command("stripe", span, compared, kept=kept)
        command = replace(command, in_flight=len(pairs.under_way), balances=tuple(balances))
        return self._recorded(command, kept)

    def with_statement(self, statement: Statement) -> Run:
        """Compare a file of Stripe's with what was posted; raises FileForAnotherAccount."""
        span, waiting = statement.span, self._stripe.waiting()
        with comparison(self._store.url) as session:
            session.add(statement.lines)
            compared = session.compare(span)
        shared = compared.matched or any(
            pair.statement and pair.ledger for pair in compared.unequal
        )
        if not shared:
            raise FileForAnotherAccount(
                f"not one transaction of this file is ours, from {statement.lines[0].id} on; export"
                " it from the platform's own account"
            )
        named = [
            pair for pair in compared.unequal if pair.statement or not _left_out(pair, statement)
        ]
        pairs = self._sort(replace(compared, unequal=named), waiting, None)
        kept = self._differences.keep(
            pairs.differences, "stripe_csv", lambda known: _examined(known, span)
        )
        command = self._command("stripe_csv", span, compared, kept=kept)
        in_flight = len(pairs.under_way)
        return self._recorded(replace(command, file=statement.digest, in_flight=in_flight), kept)

    # What does not agree ------------------------------------------------------------------

    def _sort(self, compared: Compared, waiting: frozenset[str], span: Span | None) -> _Sorted:
        """Without a span there is only the file: Stripe is not asked for what it does not tell."""
        alone = [pair.transaction_id for pair in compared.unequal if not pair.ledger]
        expected = waiting | self._views.open_breaks_among(alone)
        found = _Sorted([], [], [])
        for pair in compared.unequal:
            if not pair.ledger and pair.transaction_id in expected:
                found.under_way.append(pair.statement[0])
                continue
            side = self._stripe.one(pair.transaction_id) if span and not pair.statement else None
            if side and span and side.at >= span.since and (not span.until or side.at < span.until):
                found.beyond.append(pair)
                continue
            difference = difference_of(replace(pair, statement=(side,)) if side else pair)
            if difference is not None:
                found.differences.append(difference)
        return found

    def _balances(
        self, compared: Compared, pairs: _Sorted, listed: Listed, *, span: Span
    ) -> list[ComparedBalance]:
        explained: Counter[str] = Counter()
        for side in [*pairs.under_way, *self._older(listed, pairs, span)]:
            explained[side.currency] += side.net_minor
        for pair in pairs.beyond:
            for line in pair.ledger:
                explained[line.currency] -= line.net_minor
        evidence = [item.evidence for item in pairs.differences]
        evidence += [
            known.evidence
            for known in self._differences.standing()
            if known.evidence.source == "stripe" and not _examined(known, span, balance=True)
        ]
        for shown in evidence:
            for currency in {side.currency for side in (shown.theirs, shown.ours) if side}:
                explained[currency] += shown.effect_minor(currency)
        return balanced(listed.balance, compared.balances, explained, listed.newer)

    def _older(self, listed: Listed, pairs: _Sorted, span: Span) -> list[StatementSide]:
        """What waits in the inbox from before the span."""
        seen = {side.id for side in [*pairs.under_way, *listed.newer]}
        found = [self._stripe.one(id_) for id_ in sorted(listed.waiting - seen)]
        return [side for side in found if side is not None and side.at < span.since]

    # The run ------------------------------------------------------------------------------

    def _command(self, source: Source, span: Span, compared: Compared, *, kept: Kept) -> RecordRun:
        return RecordRun(
            run_id=new_id(),
            source=source,
            file="",
            since=span.since,
            until=span.until,
            position=compared.position,
            matched=compared.matched,
            in_flight=0,
            differences=Counter(item.kind for item in kept.open),
            ended=kept.ended,
            balances=(),
            at=self._clock.now(),
        )

    def _recorded(self, command: RecordRun, kept: Kept) -> Run:
        outcome = self._handler.handle(envelope(command, actor=ACTOR))
        (completed,) = outcome.events
        return Run(completed, kept.open)


def first_of_last_month(now: datetime) -> datetime:
    """00:00 UTC: what happened since then is compared unless somebody says otherwise."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight.replace(day=1) - timedelta(days=1)).replace(day=1)


def _left_out(pair: Pair, statement: Statement) -> bool:
    return all(line.category in statement.left_out for line in pair.ledger)


def _examined(known: StandingDifference, span: Span, *, balance: bool = False) -> bool:
    """Whether a run over the span would have found this difference."""
    if known.kind == "balance_differs":
        return balance
    sides = (known.evidence.theirs, known.evidence.ours)
    return any(
        side is not None and side.at >= span.since and (not span.until or side.at < span.until)
        for side in sides
    )
