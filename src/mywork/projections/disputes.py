"""Disputes as their sellers and finance see them: until when to answer, and what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from eventstore.envelope import Recorded
from mywork.documents.disputes import Dispute, DisputeStatus
from mywork.documents.document import encode, money
from mywork.domain.order.dispute_messages import DisputeOpened
from mywork.projections.claims import disputes
from mywork.projections.claims.disputes import DisputeLine
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class DisputeRow:
    dispute_id: str
    order_id: str
    charge_id: str
    buyer_id: str
    seller_id: str
    status: DisputeStatus
    dispute: DisputeLine
    opened_at: datetime  # first: as an inquiry, if it was one


def keys(event: Any) -> Sequence[str]:
    return (event.dispute_id,) if isinstance(event, disputes.Event) else ()


def evolve(row: DisputeRow | None, recorded: Recorded) -> DisputeRow | None:
    event, at = recorded.event, recorded.metadata.effective_at
    line = disputes.evolve(row.dispute if row else None, event, at)
    if line is None:
        return None
    if row is not None:
        return replace(row, dispute=line, status=line.status)
    return _opened(event, line)


def _opened(event: DisputeOpened, line: DisputeLine) -> DisputeRow:
    return DisputeRow(
        dispute_id=event.dispute_id,
        order_id=event.order_id,
        charge_id=event.charge_id,
        buyer_id=event.buyer_id,
        seller_id=event.seller_id,
        status=line.status,
        dispute=line,
        opened_at=line.opened_at,
    )


def as_document(row: DisputeRow) -> bytes:
    line = row.dispute
    owed = line.owed_currency
    return encode(
        Dispute(
            **asdict(line.document()),
            order_id=row.order_id,
            charge_id=row.charge_id,
            seller_id=row.seller_id,
            owed_currency=owed,
            **money("set_aside", line.seller_minor, owed),
            **money("fee", line.fee_minor, owed),
            **money("cost", line.fee_minor + line.lost_minor, owed),
        )
    )


DISPUTES = Projection("disputes", DisputeRow, keys, evolve, as_document)
