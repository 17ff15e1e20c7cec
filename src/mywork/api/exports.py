"""Exports by HTTP: finance asks for them, finance and auditors follow and fetch them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from mywork.api.answers import Limit, made, raw
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import documented
from mywork.api.idempotency import OnceOnly
from mywork.api.looking import Looking
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.ports.exports import ExportJob
from mywork.bootstrap.core import Core
from mywork.exports.manifest import Manifest
from mywork.exports.scope import scope_of
from mywork.projections.documents import moment

router = APIRouter(prefix="/finance/exports", tags=["finance"], route_class=StrictRoute)

BYTES = "application/octet-stream"
EXPORT = {
    "id": "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11",
    "format": "beancount",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    "status": "completed",
    "requested_by": "user_fin",
    "requested_at": "2026-12-01T09:00:00Z",
    "finished_at": "2026-12-01T09:00:04Z",
    "head": 4711,
    "reached": 4711,
    "rows": 18_220,
    "sha256": "5b2c4f1a8d0e6c3b7a9f2e1d4c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0e1d2c3b",
    "note": "the store did not answer; it will be tried again",
}
FILE = {
    "key": "books.beancount",
    "url": "/api/finance/exports/0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11/files/books.beancount",
    "sha256": "5b2c4f1a8d0e6c3b7a9f2e1d4c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0e1d2c3b",
}
STREAMED: dict[int | str, dict[str, Any]] = documented({}, 401, 403, 404, 409, 503)
STREAMED[200]["content"] = {BYTES: {"schema": {"type": "string"}, "example": "..."}}


class Wish(Strict):
    model_config = example_of(
        {"format": "beancount", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
    )

    format: Literal["beancount", "hledger", "csv", "parquet"]
    since: datetime | None = Field(default=None, alias="from")
    until: datetime | None = Field(default=None, alias="to")
    at: datetime | None = None


@router.post(
    "",
    status_code=201,
    summary="Ask for the books in a format of other programs",
    responses=documented(EXPORT, 401, 403, 409, 503, status=201),
)
def request_export(request: Request, body: Wish, user: Finance, once: OnceOnly) -> Response:
    """A range (`from`, `to`), or everything that had happened by a moment (`at`), or all. Parquet
    is the whole history. It is written by a worker; ask for it by its id."""
    core: Core = request.app.state.core
    head = core.store.head()
    scope = scope_of(body.format, head=head, since=body.since, until=body.until, at=body.at)

    def perform() -> Response:
        job = core.export_jobs.request(scope, by=user.user_id, request_id=once.request_id)
        return made(core, _job(job), job.head, status=201)

    return once.answer(perform)


@router.get(
    "",
    summary="Exports, newest first",
    responses=documented({"data": [EXPORT], "next_cursor": "41"}, 401, 403, 503),
)
def list_exports(
    request: Request,
    _: Auditing,
    limit: Limit = 20,
    cursor: Annotated[
        int | None, Query(ge=1, description="`next_cursor` of the page before.")
    ] = None,
) -> Response:
    """Whoever asked for them."""
    jobs = request.app.state.core.export_jobs.page(before=cursor, limit=limit + 1)
    following = str(jobs[limit - 1].number) if len(jobs) > limit else None
    data = [_job(job) for job in jobs[:limit]]
    return raw(orjson.dumps({"data": data, "next_cursor": following}))


@router.get(
    "/{export_id}",
    summary="How far an export is, and what it consists of",
    responses=documented(EXPORT | {"files": [FILE]}, 401, 403, 404, 503),
)
def get_export(request: Request, _: Auditing, export_id: str) -> Response:
    """`reached` of `head` events are written. Once it is completed `files` lists them, each with
    its checksum; `sha256` is that of the file `manifest.json`."""
    desk = request.app.state.core.export_jobs
    job = desk.find(export_id)
    files = _files(job, desk.contents(job))
    return raw(orjson.dumps(_job(job) | {"files": files}))


@router.get(
    "/{export_id}/files/{file:path}",
    summary="A file of an export",
    response_class=StreamingResponse,
    responses=STREAMED,
    dependencies=[Depends(Looking())],
)
def get_export_file(request: Request, _: Auditing, export_id: str, file: str) -> Response:
    """The bytes, as they were written."""
    chunks = request.app.state.core.export_jobs.file(export_id, file)
    name = file.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chunks, media_type=BYTES, headers=headers)


def _job(job: ExportJob) -> dict[str, Any]:
    begun = job.status == "waiting" and job.claims > 0
    return {
        "id": job.id,
        "format": job.format,
        "from": moment(job.since),
        "to": moment(job.until),
        "status": "running" if begun else "queued" if job.status == "waiting" else job.status,
        "requested_by": job.requested_by,
        "requested_at": moment(job.requested_at),
        "finished_at": moment(job.finished_at),
        "head": job.head,
        "reached": job.reached,
        "rows": job.rows,
        "sha256": job.sha256 or None,
        "note": job.note or None,
    }


def _files(job: ExportJob, found: Manifest | None) -> list[dict[str, str]]:
    if found is None:
        return []
    known = {"manifest.json": job.sha256} | found.files
    known |= {part.key: part.sha256 for part in found.parts}
    at = f"/api/finance/exports/{job.id}/files"
    return [{"key": key, "url": f"{at}/{key}", "sha256": digest} for key, digest in known.items()]
