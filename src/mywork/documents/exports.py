"""The books for other programs: exports that were asked for, and what each consists of."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from mywork.documents.document import Document, Id, Moment
from mywork.documents.history import Digest

Format = Literal["beancount", "hledger", "csv", "parquet"]
ExportFormat = Annotated[
    Format, Meta(title="ExportFormat", description="`parquet` is the whole history.")
]
ExportStatus = Annotated[
    Literal["queued", "running", "completed", "failed"],
    Meta(title="ExportStatus", description="`queued` until a worker takes it."),
]
_ID = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"
_DIGEST = "5b2c4f1a8d0e6c3b7a9f2e1d4c5b6a7f8e9d0c1b2a3f4e5d6c7b8a9f0e1d2c3b"


class Export(Document, rename={"since": "from", "until": "to"}):
    """An export. `reached` of `head` events are written; `sha256` is that of `manifest.json`.

    `note` says why it is late, or has failed.
    """

    id: Id
    format: ExportFormat
    since: Moment | None
    until: Moment | None
    status: ExportStatus
    requested_by: Id
    requested_at: Moment
    finished_at: Moment | None
    head: int
    reached: int
    rows: int
    sha256: Digest | None
    note: str | None


EXPORT = Export(
    id=_ID,
    format="beancount",
    since=datetime(2026, 11, 1, tzinfo=UTC),
    until=datetime(2026, 12, 1, tzinfo=UTC),
    status="completed",
    requested_by="user_fin",
    requested_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    finished_at=datetime(2026, 12, 1, 9, 0, 4, tzinfo=UTC),
    head=4711,
    reached=4711,
    rows=18_220,
    sha256=_DIGEST,
    note=None,
)


class ExportFile(Document):
    """A file of an export, with its checksum."""

    key: str
    url: str
    sha256: Digest


EXPORT_FILE = ExportFile(
    key="books.beancount",
    url=f"/api/finance/exports/{_ID}/files/books.beancount",
    sha256=_DIGEST,
)


class ExportWithFiles(Export, rename={"since": "from", "until": "to"}):
    """An export and what it consists of; `files` is empty until it is completed."""

    files: tuple[ExportFile, ...]


EXPORT_WITH_FILES = ExportWithFiles(**asdict(EXPORT), files=(EXPORT_FILE,))


class WrittenPart(Document):
    """A finished piece of an export: what it holds of history, positions included."""

    key: str
    first: int
    last: int
    rows: int
    size_bytes: int
    sha256: Digest


class WrittenFile(Document):
    """What ties the parts together."""

    key: str
    sha256: Digest


class WrittenExport(Document, rename={"since": "from", "until": "to"}):
    """The manifest of an export that was written to a place of one's own."""

    output: str
    format: ExportFormat
    since: Moment | None
    until: Moment | None
    head: int
    rows: int
    complete: bool
    parts: tuple[WrittenPart, ...]
    files: tuple[WrittenFile, ...]
