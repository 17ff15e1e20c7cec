"""Whoever is shown people's data is written down before anything is shown.

An endpoint for finance and auditors that shows what belongs to somebody has, in its decorator,
`dependencies=[Depends(Logged("seller_id"))]`.
"""

from fastapi import Request

from mywork.api.auth import Auditing, Roles
from mywork.bootstrap.core import Core

LONGEST = 2000  # characters of a request that are kept


class Logged:
    """Records who asks, for what, and about whom; what cannot be recorded is not shown.

    `whom` names the path or query parameter that says whose data it is; without one it is many
    people's. With `only`, values that begin otherwise are nobody's.
    """

    def __init__(self, whom: str = "", *, only: tuple[str, ...] = ()) -> None:
        self._whom, self._only = whom, only

    def __call__(self, request: Request, user: Auditing, roles: Roles) -> None:
        given = request.path_params.get(self._whom) or request.query_params.get(self._whom, "")
        whom = str(given)
        if self._only and not whom.startswith(self._only):
            return
        core: Core = request.app.state.core
        query = f"?{request.url.query}" if request.url.query else ""
        asked = f"{request.method} {request.url.path}{query}"
        core.access_log.record(
            user.user_id,
            roles,
            asked=asked[:LONGEST],
            whom=whom,
            request_id=request.scope["request_id"],
        )
