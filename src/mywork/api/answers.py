"""Answers: prepared bytes, positions, entity tags, pages."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request, Response

from mywork.api.documentation import JSON
from mywork.api.errors import NotFresh
from mywork.bootstrap.core import Core
from mywork.documents.document import Document, Page, encode
from mywork.domain.errors import InvalidInput
from mywork.projections.reading import Positions


class PositionInvalid(InvalidInput):
    """`min_position` is not a whole number."""


Limit = Annotated[int, Query(ge=1, le=100, description="How many at the most.")]
Cursor = Annotated[str, Query(max_length=500, description="`next_cursor` of the page before.")]
_POSITION = re.compile(r"[0-9]{1,19}")


def raw(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, dict(headers or {}), JSON)


def made(core: Core, document: Document, position: int, *, status: int = 201) -> Response:
    """The answer to a command: what was made, and the position to read it at.

    A command that found its work done has no position of its own (0); the head is past it.
    """
    headers = {"X-Position": str(position or core.store.head())}
    return raw(encode(document), status=status, headers=headers)


def listed(page: Page[Any]) -> Response:
    return raw(encode(page))


def public(request: Request, body: bytes, *, seconds: int = 30) -> Response:
    """A public read: a CDN may keep it for a while and ask whether it has changed."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}, stale-while-revalidate={seconds * 4}",
    }
    known = request.headers.get("if-none-match", "")
    if known and {tag, "*"} & {part.strip().removeprefix("W/") for part in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return raw(body, headers=headers)


async def fresh(request: Request, projection: str) -> None:
    """Wait until a projection has reached `?min_position=`, two seconds at the most.

    Nearly every read has none: that costs one look at the query, and no dependency.
    """
    if not request.scope["query_string"]:
        return
    text = request.query_params.get("min_position")
    if text is None:
        return
    if _POSITION.fullmatch(text) is None:
        raise PositionInvalid("min_position is a whole number: an X-Position of ours")
    positions: Positions = request.app.state.positions
    if not await positions.wait_for(projection, int(text)):
        raise NotFresh(f"{projection} has not reached position {text} yet; try again")
