"""Debts of sellers: what is owed since when, what was given up, what waits for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from eventstore.store import EventStore
from mywork.application.ports.views import Owing
from mywork.documents import debts
from mywork.documents.document import encode, moment, money
from mywork.domain import streams
from mywork.domain.debt import Debt, DebtEvent, WriteOffProposed, evolve_debt
from mywork.projections.projection import Projection

_OWING = """
SELECT seller_id, currency, parts_since, parts_minor, written_off_minor, proposed_minor,
       proposed_by, reason
  FROM read.debts WHERE owed_minor > 0 OR written_off_minor > 0
"""

_STREAMS = f"""
SELECT DISTINCT originator_id FROM eventstore.events
 WHERE originator_id >= '{streams.DEBTS}' AND starts_with(originator_id, '{streams.DEBTS}')
"""


@dataclass(frozen=True, slots=True)
class DebtRow:
    """`parts_since` and `parts_minor` are the parts of the debt side by side, the oldest first."""

    debt_id: str
    seller_id: str
    currency: str
    parts_since: Sequence[datetime]
    parts_minor: Sequence[int]
    owed_minor: int
    written_off_minor: int
    proposed_minor: int
    proposed_by: str
    reason: str
    changed_at: datetime


def keys(event: Any) -> Sequence[str]:
    return (_key(event),) if isinstance(event, DebtEvent) else ()


def _key(event: DebtEvent) -> str:
    return f"{event.seller_id}-{event.currency}"


def evolve(row: DebtRow | None, recorded: Recorded) -> DebtRow:
    event: DebtEvent = recorded.event
    known = row or DebtRow(
        _key(event), event.seller_id, event.currency, (), (), 0, 0, 0, "", "",
        recorded.metadata.effective_at,
    )  # fmt: skip
    parts = tuple(zip(known.parts_since, known.parts_minor, strict=True))
    state = evolve_debt(Debt(parts, known.written_off_minor, _proposal(known)), event)
    return replace(
        known,
        parts_since=[since for since, _ in state.parts],
        parts_minor=[amount_minor for _, amount_minor in state.parts],
        owed_minor=state.owed_minor,
        written_off_minor=state.written_off_minor,
        proposed_minor=state.proposal.amount_minor if state.proposal else 0,
        proposed_by=state.proposal.proposed_by if state.proposal else "",
        reason=state.proposal.reason if state.proposal else "",
        changed_at=recorded.metadata.effective_at,
    )


def _proposal(row: DebtRow) -> WriteOffProposed | None:
    if not row.proposed_minor:
        return None
    return WriteOffProposed(
        seller_id=row.seller_id,  # type: ignore[arg-type]
        currency=row.currency,
        amount_minor=row.proposed_minor,
        reason=row.reason,
        proposed_by=row.proposed_by,  # type: ignore[arg-type]
    )


def as_document(row: DebtRow) -> bytes:
    return encode(
        debts.Debt(
            id=row.debt_id,
            seller_id=row.seller_id,
            currency=row.currency,
            **money("owed", row.owed_minor, row.currency),
            **money("written_off", row.written_off_minor, row.currency),
            **money("proposed", row.proposed_minor, row.currency),
            proposed_by=row.proposed_by or None,
            reason=row.reason or None,
            changed_at=moment(row.changed_at),
        )
    )


DEBTS = Projection("debts", DebtRow, keys, evolve, as_document)


def owing(store: EventStore, at: datetime | None = None) -> list[Owing]:
    """What is owed, or was given up and not paid since; now, or what was at a moment."""
    if at is not None:
        return _owing_at(store, at)
    with store.connection() as connection:
        rows = connection.execute(_OWING).fetchall()
    return [
        Owing(seller, currency, list(zip(since, minor, strict=True)), *rest)
        for seller, currency, since, minor, *rest in rows
    ]


def _owing_at(store: EventStore, at: datetime) -> list[Owing]:
    """The same fold, over what had happened by then: debts are few, and have few events."""
    found: dict[str, DebtRow] = {}
    with store.connection() as connection:
        streams = [row[0] for row in connection.execute(_STREAMS)]
    for events in store.read(streams).values():
        # Each stream in the order in which it took effect, whenever that was booked.
        for recorded in sorted(events, key=lambda item: item.metadata.effective_at):
            if recorded.metadata.effective_at <= at:
                key = _key(recorded.event)
                found[key] = evolve(found.get(key), recorded)
    return [
        Owing(
            seller_id=row.seller_id,
            currency=row.currency,
            parts=list(zip(row.parts_since, row.parts_minor, strict=True)),
            written_off_minor=row.written_off_minor,
            proposed_minor=row.proposed_minor,
            proposed_by=row.proposed_by,
            reason=row.reason,
        )
        for row in found.values()
        if row.owed_minor or row.written_off_minor
    ]
