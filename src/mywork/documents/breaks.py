"""Breaks: what nobody has explained yet, with both sides of what differs."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import ORDER_ID
from mywork.domain.breaks import difference_messages as differences
from mywork.domain.breaks.explanation_messages import Kind

BreakStatus = Annotated[
    Literal["open", "resolved"],
    Meta(title="BreakStatus", description="A person resolves it, or it goes as it came."),
]
BreakKind = Annotated[
    Literal[Kind, differences.DifferenceKind],
    Meta(title="BreakKind", description="What is not understood, or what differs and how."),
]
ReconciliationSource = Annotated[
    differences.Source,
    Meta(title="ReconciliationSource", description="Who told the other side: Stripe, or a file."),
]


class BreakFigures(Document):
    """What one side says: `amount` is before the fee, signed as Stripe or the bank signs it."""

    currency: Currency
    amount: Amount
    amount_minor: int
    fee: Amount
    fee_minor: int
    at: Moment


BREAK_FIGURES = BreakFigures(
    currency="USD",
    **money("amount", 29_900, "USD"),
    **money("fee", 897, "USD"),
    at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
)


class BreakEvidence(Document):
    """What shows a difference. `references` are their ids, `positions` the events of these books.

    A side that knows nothing of it is null.
    """

    source: ReconciliationSource
    references: tuple[str, ...]
    positions: tuple[int, ...]
    theirs: BreakFigures | None
    ours: BreakFigures | None


BREAK_EVIDENCE = BreakEvidence(
    source="stripe",
    references=("txn_1abc", "ch_1abc"),
    positions=(4711,),
    theirs=BREAK_FIGURES,
    ours=replace(BREAK_FIGURES, **money("fee", 1_794, "USD")),
)


class Break(Document):
    """Money or a fact that our books could not explain, or what they and Stripe do not agree on.

    `amount` is signed, positive where money came in or theirs is more; it is null where no money
    is known. `concerns` is a stream of the history. `evidence` is that of a difference.
    """

    id: Id
    status: BreakStatus
    kind: BreakKind
    object_id: str
    amount: Amount | None
    amount_minor: int
    currency: Currency | None
    concerns: str | None
    detail: str
    account: str | None
    reason: str | None
    owner: Id | None
    opened_at: Moment
    resolved_at: Moment | None
    evidence: BreakEvidence | None


BREAK = Break(
    id="fee_differs-txn_1abc",
    status="open",
    kind="fee_differs",
    object_id="ch_1abc",
    **money("amount", 897, "USD"),
    currency="USD",
    concerns=f"order-{ORDER_ID}",
    detail="Stripe says that txn_1abc cost 8.97 USD, the books 17.94 USD",
    account=None,
    reason=None,
    owner="user_fin",
    opened_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    resolved_at=None,
    evidence=BREAK_EVIDENCE,
)


class BreakDecision(Document):
    """What became of a break that was explained, or opened again, just now."""

    id: Id
    status: BreakStatus


BREAK_DECISION = BreakDecision(id="ch_1abc", status="resolved")


class BreakAssignment(Document):
    """Who looks after a break from now on; null is everybody."""

    id: Id
    owner: Id | None


BREAK_ASSIGNMENT = BreakAssignment(id="ch_1abc", owner="user_fin")


def evidence_of(found: differences.Evidence) -> BreakEvidence:
    return BreakEvidence(
        source=found.source,
        references=found.references,
        positions=found.positions,
        theirs=_figures(found.theirs),
        ours=_figures(found.ours),
    )


def _figures(found: differences.Figures | None) -> BreakFigures | None:
    if found is None:
        return None
    return BreakFigures(
        currency=found.currency,
        **money("amount", found.amount_minor, found.currency),
        **money("fee", found.fee_minor, found.currency),
        at=moment(found.at),
    )
