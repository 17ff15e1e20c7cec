"""Exports by HTTP: finance asks for them, finance and auditors follow and fetch them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from msgspec.structs import asdict
from pydantic import Field

from mywork.api.access_log import Logged
from mywork.api.answers import Limit, listed, made, raw
from mywork.api.auth import Auditing, Finance
from mywork.api.documentation import documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.ports.exports import ExportJob
from mywork.bootstrap.core import Core
from mywork.documents.document import Page, encode, moment
from mywork.documents.exports import Export, ExportFile, ExportStatus, ExportWithFiles, Format
from mywork.exports.manifest import Manifest
from mywork.exports.scope import scope_of

router = APIRouter(prefix="/finance/exports", tags=["finance"], route_class=StrictRoute)

BYTES = "application/octet-stream"
STREAMED: dict[int | str, dict[str, Any]] = documented(Export, 401, 403, 404, 409, 503)
STREAMED[200]["content"] = {BYTES: {"schema": {"type": "string"}, "example": "..."}}


class Wish(Strict):
    model_config = example_of(
        {"format": "beancount", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
    )

    format: Format
    since: datetime | None = Field(default=None, alias="from")
    until: datetime | None = Field(default=None, alias="to")
    at: datetime | None = None


@router.post(
    "",
    status_code=201,
    summary="Ask for the books in a format of other programs",
    responses=documented(Export, 401, 403, 409, 503, status=201),
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
    responses=documented(Page[Export], 401, 403, 503),
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
    data = tuple(_job(job) for job in jobs[:limit])
    return listed(Page(data=data, next_cursor=following))


@router.get(
    "/{export_id}",
    summary="How far an export is, and what it consists of",
    responses=documented(ExportWithFiles, 401, 403, 404, 503),
)
def get_export(request: Request, _: Auditing, export_id: str) -> Response:
    """`reached` of `head` events are written. Once it is completed `files` lists them, each with
    its checksum; `sha256` is that of the file `manifest.json`."""
    jobs = request.app.state.core.export_jobs
    job = jobs.find(export_id)
    files = _files(job, jobs.contents(job))
    return raw(encode(ExportWithFiles(**asdict(_job(job)), files=files)))


@router.get(
    "/{export_id}/files/{file:path}",
    summary="A file of an export",
    response_class=StreamingResponse,
    responses=STREAMED,
    dependencies=[Depends(Logged())],
)
def get_export_file(request: Request, _: Auditing, export_id: str, file: str) -> Response:
    """The bytes, as they were written."""
    chunks = request.app.state.core.export_jobs.file(export_id, file)
    name = file.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chunks, media_type=BYTES, headers=headers)


def _job(job: ExportJob) -> Export:
    return Export(
        id=job.id,
        format=job.format,
        since=moment(job.since),
        until=moment(job.until),
        status=_status(job),
        requested_by=job.requested_by,
        requested_at=moment(job.requested_at),
        finished_at=moment(job.finished_at),
        head=job.head,
        reached=job.reached,
        rows=job.rows,
        sha256=job.sha256 or None,
        note=job.note or None,
    )


def _status(job: ExportJob) -> ExportStatus:
    if job.status != "waiting":
        return job.status
    return "running" if job.claims else "queued"


def _files(job: ExportJob, found: Manifest | None) -> tuple[ExportFile, ...]:
    if found is None:
        return ()
    known = {"manifest.json": job.sha256} | found.files
    known |= {part.key: part.sha256 for part in found.parts}
    at = f"/api/finance/exports/{job.id}/files"
    return tuple(
        ExportFile(key=key, url=f"{at}/{key}", sha256=digest)
        for key, digest in sorted(known.items())
    )
