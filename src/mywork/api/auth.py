"""Who is asking, and what they may do.

A token is verified once and remembered until it expires; roles come from our own history, never
from the token.
"""

import time
from collections import OrderedDict
from typing import Annotated, Any

import anyio.to_thread
import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from mywork.api.errors import Unauthorised
from mywork.application.ports.identity import Identity, Session, TokenInvalid
from mywork.domain.errors import NotAllowed
from mywork.projections.queries import roles_of

REMEMBERED_TOKENS = 10_000


class Sessions:
    """Verified sessions by token, the least recently used forgotten first."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._known: OrderedDict[str, tuple[float, Session]] = OrderedDict()

    async def verify(self, token: str) -> Session:
        expires, session = self._known.get(token, (0.0, None))
        if session is not None and expires > time.time():
            self._known.move_to_end(token)
            return session
        # The first token of a key asks for the JWKS, which must not block the others.
        session = await anyio.to_thread.run_sync(self._identity.verify, token)
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        self._known[token] = float(claims["exp"]), session
        if len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)
        return session


class SessionBearer(HTTPBearer):
    """Verifies the bearer token and hands the endpoint its session, as one dependency."""

    async def __call__(self, request: Request) -> Session:  # type: ignore[override]
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorised("send a session token: Authorization: Bearer ...")
        sessions: Sessions = request.app.state.sessions
        try:
            return await sessions.verify(token)
        except TokenInvalid as error:
            raise Unauthorised(str(error)) from error


current_user = SessionBearer(description="A session token of the identity provider.")
# For an endpoint that asks by itself, which saves a dependency on the hottest path.
SECURED: dict[str, Any] = {"security": [{"SessionBearer": []}]}
User = Annotated[Session, Depends(current_user)]


async def held_roles(request: Request, user: User) -> frozenset[str]:
    return await roles_of(request.app.state.reader, user.user_id)


Roles = Annotated[frozenset[str], Depends(held_roles)]


class Needs:
    """A dependency that asks for one of some roles."""

    def __init__(self, *roles: str) -> None:
        self._roles = frozenset(roles)

    async def __call__(self, user: User, held: Roles) -> Session:
        if not held & self._roles:
            wanted = ", ".join(sorted(self._roles))
            raise NotAllowed(f"this needs one of the roles {wanted}")
        return user


Auditing = Annotated[Session, Depends(Needs("finance", "auditor", "admin"))]
Finance = Annotated[Session, Depends(Needs("finance", "admin"))]
Admin = Annotated[Session, Depends(Needs("admin"))]
