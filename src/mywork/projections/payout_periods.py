"""Since when the sales of a payout were released: since the payout before.

An event names neither; the stream of a seller and currency does. One query a page asks it about the
few payouts that are requested there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from eventstore import arrays
from eventstore.envelope import Recorded
from mywork.domain.identifiers import PayoutId
from mywork.domain.payout.cutoffs import cutoff_of
from mywork.domain.payout.transfer_messages import PayoutRequested

# What was called off or refused has paid nothing: the next payout has its sales. (OFFSET 0 has that
# looked up from one request to the next, and not in the whole stream.)
_BEFORE = """
SELECT asked.position, before.payout_id, before.trigger, before.effective_at
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS asked(position, stream, version)
 CROSS JOIN LATERAL (
    SELECT data ->> 'payout_id' AS payout_id, data ->> 'trigger' AS trigger, effective_at
      FROM eventstore.history AS earlier
     WHERE earlier.stream = asked.stream AND earlier.version < asked.version
       AND name = 'payout.requested.v1'
       AND NOT EXISTS (
           SELECT FROM eventstore.history AS ended
            WHERE ended.stream = asked.stream
              AND ended.version BETWEEN earlier.version AND asked.version
              AND ended.name IN ('payout.cancelled.v1', 'payout.refused.v1')
              AND ended.data ->> 'payout_id' = earlier.data ->> 'payout_id' OFFSET 0)
     ORDER BY version DESC LIMIT 1) AS before
"""


@dataclass(frozen=True, slots=True)
class PeriodBegun:
    """Made of the history and never stored: where the period of the payout before had ended."""

    payout_id: PayoutId
    period_start: datetime


def with_periods(cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> Sequence[Recorded]:
    """The page, where the period of each payout that is not a first one follows its request."""
    asked = [recorded for recorded in page if isinstance(recorded.event, PayoutRequested)]
    if not asked:
        return page
    cursor.execute(_BEFORE, _columns(asked), prepare=True)
    before = {position: request for position, *request in cursor.fetchall()}
    told: list[Recorded] = []
    for recorded in page:
        told.append(recorded)
        if recorded.position in before:
            told.append(replace(recorded, event=_begun(recorded.event, *before[recorded.position])))
    return told


def _columns(asked: Sequence[Recorded]) -> Sequence[str]:
    return (
        arrays.integers(recorded.position for recorded in asked),
        arrays.texts(recorded.stream for recorded in asked),
        arrays.integers(recorded.version for recorded in asked),
    )


def _begun(event: PayoutRequested, *before: Any) -> PeriodBegun:
    payout_id, trigger, at = before
    earlier = replace(event, payout_id=payout_id, trigger=trigger)
    return PeriodBegun(event.payout_id, cutoff_of(earlier, at))
