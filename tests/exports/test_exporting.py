"""Parts, the manifest, and what becomes of an export that was cut off anywhere."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from buckets import BUCKET, KEY, SECRET, s3_server
from marketplace import START, Marketplace

from mywork.adapters.folder import FolderObjects
from mywork.adapters.objects import S3Objects
from mywork.application.ports.objects import Objects, Retention, StoredObject
from mywork.documents.exports import Format
from mywork.domain.errors import ExportDiffers, ExportExists, ExportInvalid, TimeRangeInvalid
from mywork.domain.money import parse
from mywork.exports import manifest, plain_text, records, tables
from mywork.exports.exporting import export
from mywork.exports.local import export_to_path
from mywork.exports.manifest import Manifest
from mywork.exports.scope import FORMATS, Scope, scope_of
from mywork.ledger.trial_balance import trial_balance


class Killed(BaseException):
    """What ends a process without a word."""


@dataclass
class Mortal:
    """A folder whose writer is killed before, or right after, a certain write."""

    folder: FolderObjects
    writes: int
    after: bool = False
    seen: list[str] = field(default_factory=list)

    def _die(self, key: str, *, done: bool) -> None:
        if done == self.after and len(self.seen) == self.writes:
            raise Killed(key)

    def put(self, key: str, body: bytes, *, once: Retention | None = None) -> StoredObject:
        self.seen.append(key)
        self._die(key, done=False)
        stored = self.folder.put(key, body, once=once)
        self._die(key, done=True)
        return stored

    def put_file(self, key: str, path: Path, *, once: Retention | None = None) -> StoredObject:
        return self.put(key, path.read_bytes(), once=once)

    def get(self, key: str) -> bytes:
        return self.folder.get(key)

    def chunks(self, key: str) -> Iterator[bytes]:
        return self.folder.chunks(key)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        return self.folder.list(prefix)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder; the marketplace keeps its clock in the other."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_text, "ENTRIES_A_PART", 10)
    monkeypatch.setattr(tables, "ENTRIES_A_PART", 10)
    monkeypatch.setattr(records, "EVENTS_A_PART", 25)


def written(
    marketplace: Marketplace, objects: Objects, scope: Scope, *, resume: bool = False
) -> Manifest:
    reported: list[tuple[int, int]] = []
    found = export(
        marketplace.core.store,
        objects,
        scope,
        resume=resume,
        report=lambda done, total: reported.append((done, total)),
    )
    assert reported == sorted(reported)
    assert reported[-1] == (scope.head, scope.head)
    return found


def contents(objects: Objects) -> dict[str, bytes]:
    return {found.key: objects.get(found.key) for found in objects.list()}


def scope(marketplace: Marketplace, form: Format) -> Scope:
    return scope_of(form, head=marketplace.core.store.head())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("after", [False, True], ids=["before a write", "after it"])
def test_wherever_it_was_killed_it_ends_in_the_same_bytes(
    traded: Marketplace, tmp_path: Path, form: Format, after: bool
) -> None:
    wanted = FolderObjects(tmp_path / "wanted")
    asked = scope(traded, form)
    written(traded, wanted, asked)
    for writes in range(1, 9):
        folder = FolderObjects(tmp_path / str(writes))
        with pytest.raises(Killed):
            written(traded, Mortal(folder, writes, after), asked)
        assert not (found := manifest.load(folder)) or not found.complete
        traded.core.selling.join("user_new", "new", "new@example.com", country="US")  # type: ignore[arg-type]
        resumed = written(traded, folder, asked, resume=True)
        assert resumed.complete
        assert contents(folder) == contents(wanted)


def test_a_last_part_that_is_not_what_the_manifest_says_is_written_again(
    traded: Marketplace, tmp_path: Path
) -> None:
    folder = FolderObjects(tmp_path / "books")
    whole = written(traded, folder, scope(traded, "csv"))
    wanted = contents(folder)
    damaged = replace(whole, parts=whole.parts[:2], files={}, complete=False)
    for body in (b"half", None):
        manifest.save(folder, damaged)
        path = tmp_path / "books" / damaged.parts[-1].key
        path.unlink()
        if body is not None:
            path.write_bytes(body)
        written(traded, folder, scope(traded, "csv"), resume=True)
        assert contents(folder) == wanted


def test_a_place_that_is_taken_is_refused_and_left_as_it_is(
    traded: Marketplace, tmp_path: Path
) -> None:
    folder = FolderObjects(tmp_path)
    written(traded, folder, scope(traded, "csv"))
    before = contents(folder)
    with pytest.raises(ExportExists, match="resume it, or choose another place"):
        written(traded, folder, scope(traded, "csv"))
    with pytest.raises(ExportDiffers, match="what lies there is csv"):
        written(traded, folder, scope(traded, "hledger"), resume=True)
    assert contents(folder) == before
    written(traded, folder, scope(traded, "csv"), resume=True)  # whole: nothing is left to do
    assert contents(folder) == before
    folder.put("manifest.json", b"{}")
    with pytest.raises(ExportDiffers, match="not a manifest of ours"):
        written(traded, folder, scope(traded, "csv"), resume=True)


def test_an_export_is_of_a_range_or_of_a_moment() -> None:
    later = START + timedelta(days=1)
    assert scope_of("csv", head=1, at=START).bounds.until > START
    naive = scope_of("csv", head=1, since=START.replace(tzinfo=None), until=later)
    assert naive.since == START
    with pytest.raises(ExportInvalid, match="not for both"):
        scope_of("csv", head=1, at=START, since=START)
    with pytest.raises(ExportInvalid, match="no format of ours"):
        scope_of("xls", head=1)
    with pytest.raises(ExportInvalid, match="the whole history"):
        scope_of("parquet", head=1, at=START)
    with pytest.raises(TimeRangeInvalid, match="must end after it begins"):
        scope_of("csv", head=1, since=later, until=START)


def test_tables_say_what_the_books_say(traded: Marketplace, out: Path) -> None:
    path = out / "november.csv"
    store = traded.core.store
    output = export_to_path(
        store,
        scope(traded, "csv"),
        path,
        folder_of=FolderObjects,
        resume=False,
        report=lambda *_: None,
    )
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert len(output.manifest.parts) > 2
    assert len(rows) == output.manifest.rows
    sums: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["account"], row["currency"]
        sums[key] = sums.get(key, 0) + int(row["amount_minor"])
        assert parse(row["amount"], row["currency"]).amount_minor == int(row["amount_minor"])
    found = trial_balance(store)
    assert sums == {(row.account, row.currency): row.balance_minor for row in found.rows}
    accounts = list(csv.DictReader(io.StringIO((out / "november-accounts.csv").read_text())))
    assert {
        (row["account"], row["currency"]): int(row["closing_minor"]) for row in accounts
    } == sums
    assert sum(Decimal(row["closing"]) for row in accounts if row["currency"] == "KWD") == 0
    assert sorted(file.name for file in out.iterdir()) == [
        "november-accounts.csv",
        "november.csv",
    ]


def test_a_file_appears_only_whole_and_resumes(
    traded: Marketplace, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked = traded.core.store, scope(traded, "beancount")
    path = out / "books.beancount"

    def dying(folder: Path) -> Objects:
        return Mortal(FolderObjects(folder), 5)

    with pytest.raises(Killed):
        export_to_path(store, asked, path, folder_of=dying, resume=False, report=lambda *_: None)
    assert not path.exists()
    for resume in (True, False):
        export_to_path(
            store, asked, path, folder_of=FolderObjects, resume=resume, report=lambda *_: None
        )
        assert [file.name for file in out.iterdir()] == [path.name]
        if resume:
            wanted = path.read_bytes()
    assert path.read_bytes() == wanted
    with pytest.raises(ExportExists, match="this export needs a folder"):
        export_to_path(
            store,
            scope(traded, "parquet"),
            path,
            folder_of=FolderObjects,
            resume=False,
            report=lambda *_: None,
        )


def test_a_bucket_gets_what_a_folder_gets(traded: Marketplace, out: Path) -> None:
    folder = FolderObjects(out)
    written(traded, folder, scope(traded, "hledger"))
    with s3_server() as url:
        bucket = S3Objects(url, KEY, SECRET, bucket=BUCKET, prefix="finance/november")
        written(traded, bucket, scope(traded, "hledger"))
        assert contents(bucket) == contents(folder)
