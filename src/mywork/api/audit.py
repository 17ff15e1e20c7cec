"""The history for auditors: as it is stored, its signed heads, proofs, and who looked at whom."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.adapters.operations.access_log import Access
from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.looking import Looking
from mywork.api.strict import StrictRoute
from mywork.bootstrap.core import Core
from mywork.domain.errors import EventNotFound
from mywork.ledger.proof import heads, proofs
from mywork.ledger.proof.heads import Head
from mywork.ledger.proof.records import find_records
from mywork.projections.documents import moment

router = APIRouter(prefix="/audit", tags=["audit"], route_class=StrictRoute)

After = Annotated[int, Query(ge=0, description="`next_after` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at the most.")]

_HASH = "be5e0e3bd2d9ed9c5b0cf4d93ea15ea2a4e1b41fc4ad0fe8e3e7d7cf3d8c9c11"
RECORD: dict[str, Any] = {
    "position": 42,
    "name": "order.paid.v1",
    "stream": "order-0199aa00-0000-7000-8000-000000000002",
    "version": 3,
    "recorded_at": "2026-11-10T12:01:02.000000Z",
    "effective_at": "2026-11-10T12:01:00.000000Z",
    "state": '{"data":{},"meta":{}}',
    "entry": {
        "effective_at": "2026-11-10T12:01:00.000000Z",
        "booked_at": "2026-11-10T12:01:02.000000Z",
        "period": "2026-11",
        "postings": [
            {
                "account": "stripe:uncleared",
                "currency": "USD",
                "amount_minor": 29900,
                "object_id": "ch_1abc",
            }
        ],
    },
    "leaf": _HASH,
}
HEAD = {
    "size": 1000,
    "root": _HASH,
    "signed_at": "2026-11-10T13:00:00Z",
    "key_number": 1,
    "note": "pay.example.com/history\n1000\n...",
}
KEY = {
    "number": 1,
    "verifier_key": "pay.example.com/history+c74f20a3+ARpc2Q...",
    "from_size": 0,
    "since": "2026-11-10T12:00:00Z",
    "note": "pay.example.com/history signing key\n1\n...",
}
LOOK = {
    "id": 7,
    "user_id": "user_auditor",
    "roles": "auditor",
    "asked": "GET /api/finance/sellers/user_ada/statement",
    "whom": "user_ada",
    "request_id": "0c7a50c3e1d24cf0a6c9f1d2",
    "looked_at": "2026-11-10T13:00:00Z",
}
PAGE = {"data": [RECORD], "next_after": 42}


@router.get(
    "/events",
    summary="The history, as it is stored",
    responses=documented(PAGE, 401, 403, 503),
    dependencies=[Depends(Looking("stream"))],
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
    return raw(orjson.dumps({"data": records, "next_after": following}))


@router.get(
    "/streams/{stream}",
    summary="What happened to one thing",
    responses=documented(PAGE, 401, 403, 404, 503),
    dependencies=[Depends(Looking("stream"))],
)
def get_stream(
    request: Request, _: Auditing, stream: str, after: After = 0, limit: Limit = 100
) -> Response:
    """An order, a seller, a break: every event of its stream, from the first."""
    core: Core = request.app.state.core
    records, following = find_records(core.store, after, limit, stream=stream)
    if not records and after == 0:
        raise EventNotFound(f"nothing ever happened to {stream}")
    return raw(orjson.dumps({"data": records, "next_after": following}))


@router.get(
    "/heads",
    summary="Signed heads",
    responses=documented({"data": [HEAD], "next_after": 1000}, 401, 403, 503),
)
def get_heads(request: Request, _: Auditing, after: After = 0, limit: Limit = 100) -> Response:
    """What we signed: so many events have this root. `note` is the signed text; the same lies
    where we cannot change it. Keep what you get here."""
    core: Core = request.app.state.core
    with core.store.connection() as connection:
        found = heads.read_heads(connection.cursor(), after=after, limit=limit + 1)
    following = found[limit - 1].size if len(found) > limit else None
    data = [_head(head) for head in found[:limit]]
    return raw(orjson.dumps({"data": data, "next_after": following}))


@router.get(
    "/keys",
    summary="The keys that signed",
    responses=documented({"data": [KEY]}, 401, 403, 503),
)
def get_signing_keys(request: Request, _: Auditing) -> Response:
    """Public keys, the one in use last; each was announced by the one before it."""
    core: Core = request.app.state.core
    with core.store.connection() as connection:
        keys = heads.read_keys(connection.cursor())
    data = [
        {
            "number": key.number,
            "verifier_key": key.verifier_key,
            "from_size": key.from_size,
            "since": moment(key.since),
            "note": key.note,
        }
        for key in keys
    ]
    return raw(orjson.dumps({"data": data}))


@router.get(
    "/proof",
    summary="Prove that an event is in the history",
    responses=documented(
        {"record": RECORD, "proof": [_HASH], "head": HEAD}, 401, 403, 404, 409, 503
    ),
    dependencies=[Depends(Looking())],
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
    found = proofs.inclusion(core.store, position, size)
    document = {
        "record": found.record,
        "proof": [item.hex() for item in found.hashes],
        "head": _head(found.head),
    }
    return raw(orjson.dumps(document))


@router.get(
    "/consistency",
    summary="Prove that history only grew between two heads",
    responses=documented({"from": HEAD, "to": HEAD, "proof": [_HASH]}, 401, 403, 409, 503),
)
def get_consistency(
    request: Request,
    _: Auditing,
    since: Annotated[int, Query(ge=1, alias="from", description="Size of the earlier head.")],
    to: Annotated[int | None, Query(ge=1, description="Of the later one; else the latest.")] = None,
) -> Response:
    """RFC 9162, section 2.1.4: the earlier history is the beginning of the later one."""
    core: Core = request.app.state.core
    found = proofs.consistency(core.store, since, to)
    document = {
        "from": _head(found.before),
        "to": _head(found.after),
        "proof": [item.hex() for item in found.hashes],
    }
    return raw(orjson.dumps(document))


@router.get(
    "/looks",
    summary="Who looked at whose data",
    responses=documented({"data": [LOOK], "next_before": 7}, 401, 403, 503),
)
def get_looks(
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
    data = [_look(look) for look in found[:limit]]
    return raw(orjson.dumps({"data": data, "next_before": following}))


def _head(head: Head) -> dict[str, Any]:
    return {
        "size": head.size,
        "root": head.root.hex(),
        "signed_at": moment(head.signed_at),
        "key_number": head.key_number,
        "note": head.note,
    }


def _look(look: Access) -> dict[str, Any]:
    return {
        "id": look.id,
        "user_id": look.user_id,
        "roles": look.roles,
        "asked": look.asked,
        "whom": look.whom,
        "request_id": look.request_id,
        "looked_at": moment(look.looked_at),
    }
