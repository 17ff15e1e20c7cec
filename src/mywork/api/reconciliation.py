"""Reconciliation for finance and auditors: the last runs, what is uncleared, what is open."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import anyio.to_thread
from fastapi import APIRouter, Request, Response

from mywork.api.answers import fresh, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.documents.document import encode, moment, money
from mywork.documents.reconciliation import (
    Age,
    BreaksByAge,
    Reconciliation,
    Uncleared,
    UnclearedByAge,
    run_of,
    uncleared_of,
)
from mywork.domain.breaks.difference_messages import Source
from mywork.domain.reconciliation import RECONCILIATION, RunCompleted, Runs
from mywork.domain.streams import reconciliation_stream
from mywork.ledger.reports import uncleared
from mywork.projections import queries

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

SOURCES: tuple[Source, ...] = ("stripe", "stripe_csv", "bank")
SHOWN = 200  # objects of `stripe:uncleared`, the oldest first
# Up to so many days; the rest is over_30.
AGES: tuple[tuple[int, Age], ...] = ((3, "0_3"), (7, "4_7"), (30, "8_30"))


@router.get(
    "/reconciliation",
    summary="How far the books are reconciled",
    responses=documented(Reconciliation, 401, 403),
    openapi_extra=WAITS,
)
async def get_reconciliation(request: Request, _: Auditing) -> Response:
    """The last run of each source, with Stripe's balance beside the ledger's at one position; what
    lies in `stripe:uncleared`, by object and age; open breaks by kind and age."""
    await fresh(request, "breaks")
    core: Core = request.app.state.core
    return raw(encode(await anyio.to_thread.run_sync(_document, core)))


def _document(core: Core) -> Reconciliation:
    now = core.outside.clock.now()
    runs = [_last(core, source) for source in SOURCES]
    waiting = uncleared.everything(core.store)
    return Reconciliation(
        as_of=moment(now),
        runs=tuple(run_of(run) for run in runs if run is not None),
        uncleared=Uncleared(
            objects=uncleared_of(waiting[:SHOWN], now),
            by_age=_by_age(waiting, now),
        ),
        breaks=_breaks(core, now),
    )


def _last(core: Core, source: Source) -> RunCompleted | None:
    state: Runs = core.handler.state(RECONCILIATION, reconciliation_stream(source))
    return state.last


def _by_age(waiting: Sequence[uncleared.Uncleared], now: datetime) -> tuple[UnclearedByAge, ...]:
    grouped: dict[tuple[Age, str], list[int]] = defaultdict(list)
    for item in waiting:
        grouped[_age(item.since, now), item.currency].append(item.amount_minor)
    return tuple(
        UnclearedByAge(
            age_days=age,
            currency=currency,
            objects=len(amounts),
            **money("amount", sum(amounts), currency),
        )
        for (age, currency), amounts in sorted(grouped.items())
    )


def _breaks(core: Core, now: datetime) -> tuple[BreaksByAge, ...]:
    found = queries.open_since(core.store)
    counts = Counter((kind, _age(opened_at, now)) for kind, opened_at in found)
    return tuple(
        BreaksByAge(kind=kind, age_days=age, count=count)
        for (kind, age), count in sorted(counts.items())
    )


def _age(since: datetime, now: datetime) -> Age:
    days = (now - since).days
    return next((name for limit, name in AGES if days <= limit), "over_30")
