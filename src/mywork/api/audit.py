"""The history for auditors: as it is stored, its signed heads, proofs, and who looked at whom."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.adapters.operations.access_log import Access
from mywork.api.access_log import Logged
from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.documents.access_log import AccessLog, AccessLogEntry
from mywork.documents.document import encode, moment
from mywork.documents.history import (
    ConsistencyProof,
    InclusionProof,
    Records,
    SignedHeads,
    SigningKeys,
    consistency_of,
    heads_of,
    inclusion_of,
    keys_of,
    records_of,
)
from mywork.domain.errors import EventNotFound
from mywork.ledger.proof import heads, proofs
from mywork.ledger.proof.records import find_records

router = APIRouter(prefix="/audit", tags=["audit"], route_class=StrictRoute)

After = Annotated[int, Query(ge=0, description="`next_after` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at the most.")]


@router.get(
    "/events",
    summary="The history, as it is stored",
    responses=documented(Records, 401, 403, 503),
    dependencies=[Depends(Logged("stream"))],
)
def get_events(
    request: Request,
    _: Auditing,
    after: After = 0,
    limit: Limit = 100,
    stream: Annotated[str, Query(max_length=300)] = "",
    type: Annotated[str, Query(max_length=100, examples=["order.paid.v1"])] = "",  # noqa: A002
) -> Response:
    """In the order of commitment. `state` is the stored text, byte for byte; `leaf` is the hash
    that the tree has of the event. With `type` a page may be short, even empty: it goes on behind
    `next_after` until that is null."""
    core: Core = request.app.state.core
    records, following = find_records(core.store, after, limit, stream=stream, name=type)
    return raw(encode(records_of(records, following)))


@router.get(
    "/streams/{stream}",
    summary="What happened to one thing",
    responses=documented(Records, 401, 403, 404, 503),
    dependencies=[Depends(Logged("stream"))],
)
def get_stream(
    request: Request, _: Auditing, stream: str, after: After = 0, limit: Limit = 100
) -> Response:
    """An order, a seller, a break: every event of its stream, from the first."""
    core: Core = request.app.state.core
    records, following = find_records(core.store, after, limit, stream=stream)
    if not records and after == 0:
        raise EventNotFound(f"nothing ever happened to {stream}")
    return raw(encode(records_of(records, following)))


@router.get(
    "/heads",
    summary="Signed heads",
    responses=documented(SignedHeads, 401, 403, 503),
)
def get_heads(request: Request, _: Auditing, after: After = 0, limit: Limit = 100) -> Response:
    """What we signed: so many events have this root. `note` is the signed text; the same lies
    where we cannot change it. Keep what you get here."""
    core: Core = request.app.state.core
    with core.store.connection() as connection:
        found = heads.read_heads(connection.cursor(), after=after, limit=limit + 1)
    following = found[limit - 1].size if len(found) > limit else None
    return raw(encode(heads_of(found[:limit], following)))


@router.get(
    "/keys",
    summary="The keys that signed",
    responses=documented(SigningKeys, 401, 403, 503),
)
def get_signing_keys(request: Request, _: Auditing) -> Response:
    """Public keys, the one in use last; each was announced by the one before it."""
    core: Core = request.app.state.core
    with core.store.connection() as connection:
        keys = heads.read_keys(connection.cursor())
    return raw(encode(keys_of(keys)))


@router.get(
    "/proof",
    summary="Prove that an event is in the history",
    responses=documented(InclusionProof, 401, 403, 404, 409, 503),
    dependencies=[Depends(Logged())],
)
def get_proof(
    request: Request,
    _: Auditing,
    position: Annotated[int, Query(ge=1)],
    size: Annotated[int | None, Query(ge=1, description="Of a head; else the latest.")] = None,
) -> Response:
    """RFC 9162, section 2.1.3: with these hashes the record's leaf, whose index is `position` - 1,
    leads to the root of the head."""
    core: Core = request.app.state.core
    return raw(encode(inclusion_of(proofs.inclusion(core.store, position, size))))


@router.get(
    "/consistency",
    summary="Prove that history only grew between two heads",
    responses=documented(ConsistencyProof, 401, 403, 409, 503),
)
def get_consistency(
    request: Request,
    _: Auditing,
    since: Annotated[int, Query(ge=1, alias="from", description="Size of the earlier head.")],
    to: Annotated[int | None, Query(ge=1, description="Of the later one; else the latest.")] = None,
) -> Response:
    """RFC 9162, section 2.1.4: the earlier history is the beginning of the later one."""
    core: Core = request.app.state.core
    return raw(encode(consistency_of(proofs.consistency(core.store, since, to))))


@router.get(
    "/looks",
    summary="Who looked at whose data",
    responses=documented(AccessLog, 401, 403, 503),
)
def get_access_log(
    request: Request,
    _: Auditing,
    before: Annotated[int | None, Query(ge=1, description="`next_before` of that page.")] = None,
    limit: Limit = 100,
    user: Annotated[str, Query(max_length=200, description="Who looked.")] = "",
    whom: Annotated[str, Query(max_length=300, description="At whose data.")] = "",
) -> Response:
    """The newest first. Everything that finance, auditors and admins were shown of somebody is
    here; `whom` is empty where it was many people's."""
    core: Core = request.app.state.core
    found = core.access_log.page(before=before, user=user, whom=whom, limit=limit + 1)
    following = found[limit - 1].id if len(found) > limit else None
    data = tuple(_entry(access) for access in found[:limit])
    return raw(encode(AccessLog(data=data, next_before=following)))


def _entry(access: Access) -> AccessLogEntry:
    return AccessLogEntry(
        id=access.id,
        user_id=access.user_id,
        roles=access.roles,
        asked=access.asked,
        whom=access.whom,
        request_id=access.request_id,
        looked_at=moment(access.looked_at),
    )
