"""Replay drills by HTTP: is everything what the history says? For auditors, finance and admins."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from mywork.api.answers import Limit, made, raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.application.scheduled.replay_verification import ReplayVerification
from mywork.bootstrap.core import Core
from mywork.documents.document import encode
from mywork.documents.drills import Drill, Drills

router = APIRouter(prefix="/audit/drills", tags=["audit"], route_class=StrictRoute)


@router.post(
    "",
    status_code=202,
    summary="Ask for a replay drill",
    responses=documented(Drill, 401, 403, 409, 503, status=202),
)
def ask_for_drill(request: Request, user: Auditing) -> Response:
    """Ledger and read tables are rebuilt from the events beside the live ones and compared.

    A worker begins within a minute; nobody has to stop meanwhile. There is one at a time."""
    core: Core = request.app.state.core
    return made(core, core.replay_verification.ask(user.user_id).document(), 0, status=202)


@router.get(
    "",
    summary="Replay drills, newest first",
    responses=documented(Drills, 401, 403, 503),
)
def list_drills(
    request: Request,
    _: Auditing,
    limit: Limit = 20,
    before: Annotated[str, Query(max_length=100, description="`next_before` of a page.")] = "",
) -> Response:
    """Those of every week, and those that somebody asked for."""
    found = _verification(request).latest(limit + 1, before=before)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    data = tuple(drill.document() for drill in shown)
    return raw(encode(Drills(data=data, next_before=following)))


@router.get(
    "/{drill_id}",
    summary="A replay drill",
    responses=documented(Drill, 401, 403, 404, 503),
)
def get_drill(request: Request, _: Auditing, drill_id: str) -> Response:
    """What was compared, up to which position, and every table's first differences."""
    return raw(encode(_verification(request).find(drill_id).document()))


def _verification(request: Request) -> ReplayVerification:
    core: Core = request.app.state.core
    return core.replay_verification
