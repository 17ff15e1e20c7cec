"""Replay drills by HTTP: is everything what the history says? For auditors, finance and admins."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import Limit, made, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.application.scheduled.replay_verification import ReplayVerification
from mywork.bootstrap.core import Core

router = APIRouter(prefix="/audit/drills", tags=["audit"], route_class=StrictRoute)

DRILL = {
    "id": "0199aa00-0000-7000-8000-00000000000d",
    "status": "differs",
    "asked_by": "user_auditor",
    "asked_at": "2026-11-22T03:00:00Z",
    "started_at": "2026-11-22T03:00:01Z",
    "finished_at": "2026-11-22T03:01:02Z",
    "note": "",
    "position": 1_200_000,
    "events": 1_200_000,
    "rows": 4_600_000,
    "differing": 1,
    "seconds": 60.5,
    "events_per_second": 19_834,
    "head": {"size": 1_199_872, "root": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15"},
    "tables": [
        {
            "table": "ledger.accounts",
            "position": 1_200_000,
            "rows": 4_300,
            "differing": 1,
            "differences": [
                {
                    "key": "revenue:commission USD",
                    "live": {},
                    "replayed": {},
                    "detail": "balance_minor is -2989, replayed -2990",
                }
            ],
        }
    ],
}


@router.post(
    "",
    status_code=202,
    summary="Ask for a replay drill",
    responses=documented(DRILL, 401, 403, 409, 503, status=202),
)
def ask_for_drill(request: Request, user: Auditing) -> Response:
    """Ledger and read tables are rebuilt from the events beside the live ones and compared.

    A worker begins within a minute; nobody has to stop meanwhile. There is one at a time."""
    core: Core = request.app.state.core
    return made(core, core.replay_verification.ask(user.user_id).document(), 0, status=202)


@router.get(
    "",
    summary="Replay drills, newest first",
    responses=documented({"data": [DRILL], "next_before": DRILL["id"]}, 401, 403, 503),
)
def list_drills(
    request: Request,
    _: Auditing,
    limit: Limit = 20,
    before: Annotated[str, Query(max_length=100, description="`next_before` of a page.")] = "",
) -> Response:
    """Those of every week, and those that somebody asked for."""
    found = _drilling(request).latest(limit + 1, before=before)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    data = [drill.document() for drill in shown]
    return raw(orjson.dumps({"data": data, "next_before": following}))


@router.get(
    "/{drill_id}",
    summary="A replay drill",
    responses=documented(DRILL, 401, 403, 404, 503),
)
def get_drill(request: Request, _: Auditing, drill_id: str) -> Response:
    """What was compared, up to which position, and every table's first differences."""
    return raw(orjson.dumps(_drilling(request).find(drill_id).document()))


def _drilling(request: Request) -> ReplayVerification:
    core: Core = request.app.state.core
    return core.replay_verification
