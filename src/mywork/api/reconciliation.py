"""Reconciliation for finance and auditors: the last runs, what is uncleared, what is open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, Request, Response

from mywork.api.answers import fresh, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.domain.reconciliation import RECONCILIATION, RunCompleted, Runs, Source
from mywork.domain.streams import reconciliation_stream
from mywork.ledger.reports import uncleared
from mywork.ledger.reports.uncleared import Uncleared
from mywork.projections import queries
from mywork.projections.documents import moment, money

router = APIRouter(prefix="/finance", tags=["finance"], route_class=StrictRoute)

SOURCES: tuple[Source, ...] = ("stripe", "stripe_csv", "bank")
SHOWN = 200  # objects of `stripe:uncleared`, the oldest first
AGES = ((3, "0_3"), (7, "4_7"), (30, "8_30"))  # up to so many days; the rest is over_30
AMOUNTS = {"amount": 299.00, "amount_minor": 29900}
EXAMPLE = {
    "as_of": "2026-11-30T09:00:00Z",
    "runs": [
        {
            "source": "stripe",
            "file": "",
            "since": "2026-10-01T00:00:00Z",
            "until": "2026-11-30T00:00:00Z",
            "position": 4711,
            "matched": [{"category": "charge", "count": 250}],
            "in_flight": 1,
            "differences": [{"kind": "fee_differs", "count": 1}],
            "ended": 0,
            "balances": [
                {
                    "currency": "USD",
                    "stripe": 72507.50,
                    "stripe_minor": 7250750,
                    "ledger": 72498.53,
                    "ledger_minor": 7249853,
                    "explained": 8.97,
                    "explained_minor": 897,
                    "unexplained": 0.00,
                    "unexplained_minor": 0,
                }
            ],
        }
    ],
    "uncleared": {
        "objects": [
            {
                "object_id": "ch_1abc",
                "currency": "USD",
                **AMOUNTS,
                "since": "2026-11-29T12:00:00Z",
                "age_days": 0,
                "concerns": "order-0199aa00-0000-7000-8000-000000000002",
            }
        ],
        "by_age": [{"age_days": "0_3", "currency": "USD", "objects": 1, **AMOUNTS}],
    },
    "breaks": [{"kind": "fee_differs", "age_days": "0_3", "count": 1}],
}


@router.get(
    "/reconciliation",
    summary="How far the books are reconciled",
    responses=documented(EXAMPLE, 400, 401, 403, 503),
    openapi_extra=WAITS,
)
async def get_reconciliation(request: Request, _: Auditing) -> Response:
    """The last run of each source, with Stripe's balance beside the ledger's at one position; what
    lies in `stripe:uncleared`, by object and age; open breaks by kind and age."""
    await fresh(request, "breaks")
    core: Core = request.app.state.core
    return raw(orjson.dumps(await anyio.to_thread.run_sync(_document, core)))


def _document(core: Core) -> dict[str, Any]:
    now = core.outside.clock.now()
    runs = [_last(core, source) for source in SOURCES]
    waiting = uncleared.everything(core.store)
    return {
        "as_of": moment(now),
        "runs": [_run(run) for run in runs if run is not None],
        "uncleared": {
            "objects": [_object(item, now) for item in waiting[:SHOWN]],
            "by_age": _by_age(waiting, now),
        },
        "breaks": [
            {"kind": kind, "age_days": age, "count": count}
            for (kind, age), count in sorted(_ages_of_breaks(core, now).items())
        ],
    }


def _last(core: Core, source: Source) -> RunCompleted | None:
    state: Runs = core.handler.state(RECONCILIATION, reconciliation_stream(source))
    return state.last


def _run(run: RunCompleted) -> dict[str, Any]:
    return {
        "source": run.source,
        "file": run.file,
        "since": moment(run.since),
        "until": moment(run.until),
        "position": run.position,
        "matched": _counted("category", run.matched),
        "in_flight": run.in_flight,
        "differences": _counted("kind", run.differences),
        "ended": run.ended,
        "balances": [
            {
                "currency": item.currency,
                **money("stripe", item.theirs_minor, item.currency),
                **money("ledger", item.ours_minor, item.currency),
                **money("explained", item.explained_minor, item.currency),
                **money("unexplained", item.unexplained_minor, item.currency),
            }
            for item in run.balances
        ],
    }


def _counted(name: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{name: key, "count": count} for key, count in sorted(counts.items())]


def _object(item: Uncleared, now: datetime) -> dict[str, Any]:
    return {
        "object_id": item.object_id,
        "currency": item.currency,
        **money("amount", item.amount_minor, item.currency),
        "since": moment(item.since),
        "age_days": (now - item.since).days,
        "concerns": item.stream,
    }


def _by_age(waiting: Sequence[Uncleared], now: datetime) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str], list[int]] = defaultdict(list)
    for item in waiting:
        grouped[_age(item.since, now), item.currency].append(item.amount_minor)
    return [
        {
            "age_days": age,
            "currency": currency,
            "objects": len(amounts),
            **money("amount", sum(amounts), currency),
        }
        for (age, currency), amounts in sorted(grouped.items())
    ]


def _ages_of_breaks(core: Core, now: datetime) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for kind, opened_at in queries.open_since(core.store):
        counts[kind, _age(opened_at, now)] += 1
    return counts


def _age(since: datetime, now: datetime) -> str:
    days = (now - since).days
    return next((name for limit, name in AGES if days <= limit), "over_30")
