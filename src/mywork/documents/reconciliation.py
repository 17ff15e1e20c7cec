"""How far the books are reconciled: runs, what is uncleared, what is open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, cast

from msgspec import Meta
from msgspec.structs import asdict

from mywork.documents.breaks import BreakEvidence, BreakKind, ReconciliationSource, evidence_of
from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import ORDER_ID
from mywork.domain.reconciliation import RunCompleted
from mywork.ledger.reconciliation.differences import Difference
from mywork.ledger.reports import uncleared

Age = Annotated[
    Literal["0_3", "4_7", "8_30", "over_30"],
    Meta(title="Age", description="From so many to so many whole days."),
]


class MatchedCategory(Document):
    """How many transactions of a category of Stripe's, or lines of the bank's, agree."""

    category: str
    count: int


MATCHED_CATEGORY = MatchedCategory(category="charge", count=250)


class DifferencesOfKind(Document):
    """How many breaks of a kind a run found."""

    kind: BreakKind
    count: int


DIFFERENCES_OF_KIND = DifferencesOfKind(kind="fee_differs", count=1)


class ReconciledBalance(Document):
    """Stripe's balance beside the ledger's; `explained` is by how much Stripe's is above ours for
    reasons that are known."""

    currency: Currency
    stripe: Amount
    stripe_minor: int
    ledger: Amount
    ledger_minor: int
    explained: Amount
    explained_minor: int
    unexplained: Amount
    unexplained_minor: int


RECONCILED_BALANCE = ReconciledBalance(
    currency="USD",
    **money("stripe", 7_250_750, "USD"),
    **money("ledger", 7_249_853, "USD"),
    **money("explained", 897, "USD"),
    **money("unexplained", 0, "USD"),
)


class ReconciliationRun(Document):
    """A run, at a position of the history. `file` is the SHA-256 of what was imported; `in_flight`
    was told and not posted yet; `ended` breaks of earlier runs had gone."""

    source: ReconciliationSource
    file: str | None
    since: Moment
    until: Moment | None
    position: int
    matched: tuple[MatchedCategory, ...]
    in_flight: int
    differences: tuple[DifferencesOfKind, ...]
    ended: int
    balances: tuple[ReconciledBalance, ...]


RECONCILIATION_RUN = ReconciliationRun(
    source="stripe",
    file=None,
    since=datetime(2026, 10, 1, tzinfo=UTC),
    until=datetime(2026, 11, 30, tzinfo=UTC),
    position=4711,
    matched=(MATCHED_CATEGORY,),
    in_flight=1,
    differences=(DIFFERENCES_OF_KIND,),
    ended=0,
    balances=(RECONCILED_BALANCE,),
)


class UnclearedObject(Document):
    """An object of Stripe's that has not netted to zero: what should still come in, or go out
    where `amount` is negative. `since` is when its first fact was booked, whose stream it
    `concerns`."""

    object_id: str
    currency: Currency
    amount: Amount
    amount_minor: int
    since: Moment
    age_days: int
    concerns: str


UNCLEARED_OBJECT = UnclearedObject(
    object_id="ch_1abc",
    currency="USD",
    **money("amount", 29_900, "USD"),
    since=datetime(2026, 11, 29, 12, tzinfo=UTC),
    age_days=0,
    concerns=f"order-{ORDER_ID}",
)


class UnclearedByAge(Document):
    """What is uncleared of an age and a currency."""

    age_days: Age
    currency: Currency
    objects: int
    amount: Amount
    amount_minor: int


UNCLEARED_BY_AGE = UnclearedByAge(
    age_days="0_3", currency="USD", objects=1, **money("amount", 29_900, "USD")
)


class Uncleared(Document):
    """What lies in `stripe:uncleared`: `objects` are the oldest ones, `by_age` has them all."""

    objects: tuple[UnclearedObject, ...]
    by_age: tuple[UnclearedByAge, ...]


UNCLEARED = Uncleared(objects=(UNCLEARED_OBJECT,), by_age=(UNCLEARED_BY_AGE,))


class BreaksByAge(Document):
    """How many breaks of a kind are open for so long."""

    kind: BreakKind
    age_days: Age
    count: int


BREAKS_BY_AGE = BreaksByAge(kind="fee_differs", age_days="0_3", count=1)


class Reconciliation(Document):
    """The last run of each source, what is uncleared, and what is open."""

    as_of: Moment
    runs: tuple[ReconciliationRun, ...]
    uncleared: Uncleared
    breaks: tuple[BreaksByAge, ...]


RECONCILIATION = Reconciliation(
    as_of=datetime(2026, 11, 30, 9, tzinfo=UTC),
    runs=(RECONCILIATION_RUN,),
    uncleared=UNCLEARED,
    breaks=(BREAKS_BY_AGE,),
)


class FoundDifference(Document):
    """A difference of a run that is an open break now; `id` is the break's."""

    id: Id
    kind: BreakKind
    object_id: str
    amount: Amount
    amount_minor: int
    currency: Currency
    concerns: str | None
    detail: str
    evidence: BreakEvidence


class CompletedRun(ReconciliationRun):
    """A run that has just ended, with what it found."""

    found: tuple[FoundDifference, ...]


def run_of(run: RunCompleted) -> ReconciliationRun:
    return ReconciliationRun(
        source=run.source,
        file=run.file or None,
        since=moment(run.since),
        until=moment(run.until),
        position=run.position,
        matched=tuple(
            MatchedCategory(category=category, count=count)
            for category, count in sorted(run.matched.items())
        ),
        in_flight=run.in_flight,
        differences=tuple(
            DifferencesOfKind(kind=cast("BreakKind", kind), count=count)
            for kind, count in sorted(run.differences.items())
        ),
        ended=run.ended,
        balances=tuple(
            ReconciledBalance(
                currency=item.currency,
                **money("stripe", item.theirs_minor, item.currency),
                **money("ledger", item.ours_minor, item.currency),
                **money("explained", item.explained_minor, item.currency),
                **money("unexplained", item.unexplained_minor, item.currency),
            )
            for item in run.balances
        ),
    )


def uncleared_of(
    found: Sequence[uncleared.Uncleared], now: datetime
) -> tuple[UnclearedObject, ...]:
    return tuple(
        UnclearedObject(
            object_id=item.object_id,
            currency=item.currency,
            **money("amount", item.amount_minor, item.currency),
            since=moment(item.since),
            age_days=(now - item.since).days,
            concerns=item.stream,
        )
        for item in found
    )


def completed(run: RunCompleted, open_: Sequence[Difference]) -> CompletedRun:
    """A run, and those of its differences that are open breaks."""
    return CompletedRun(**asdict(run_of(run)), found=tuple(_found(item) for item in open_))


def _found(item: Difference) -> FoundDifference:
    return FoundDifference(
        id=item.break_id,
        kind=item.kind,
        object_id=item.object_id,
        **money("amount", item.amount_minor, item.currency),
        currency=item.currency,
        concerns=item.stream or None,
        detail=item.detail,
        evidence=evidence_of(item.evidence),
    )
