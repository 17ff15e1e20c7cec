"""What the audit asks of the seals: nothing on a whole history, one finding for one wound."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from history import happen, store_of, tampering

from eventstore.store import EventStore
from mywork.adapters.folder import FolderObjects
from mywork.adapters.signing import FileSigner
from mywork.application.scheduled.sealing import Sealing
from mywork.ledger.findings import examine


class Sealed:
    def __init__(self, store: EventStore, folder: Path) -> None:
        self.store, self.objects = store, FolderObjects(folder / "objects")
        self.time = datetime.now(UTC)
        signer = FileSigner(folder / "audit.key")
        self.sealing = Sealing(store, signer, self.objects, now=lambda: self.time)

    def grow(self, events: int) -> None:
        happen(self.store.url, events)
        self.sealing.sign()
        self.sealing.publish()

    def wound(self, statement: str) -> None:
        with tampering(self.store.url) as connection:
            connection.execute(statement)

    def findings(self) -> dict[str, list[tuple[str, str]]]:
        reports = examine(self.store.url, self.sealing.checks())
        return {
            report.name: [(found.subject, found.detail) for found in report.findings]
            for report in reports
            if report.failed
        }


@pytest.fixture
def sealed(database_url: str, tmp_path: Path) -> Iterator[Sealed]:
    with store_of(database_url) as store:
        found = Sealed(store, tmp_path)
        for events in (3, 600, 97):
            found.grow(events)
        yield found


def test_a_whole_history_has_no_findings(sealed: Sealed) -> None:
    assert sealed.findings() == {}
    reports = examine(sealed.store.url, sealed.sealing.checks())
    assert all(report.passed for report in reports)
    assert [report.name for report in reports] == [
        "leaves", "tree", "signing_keys", "heads", "sealed_in_time", "published"
    ]  # fmt: skip


@pytest.mark.parametrize("position", [1, 256, 257, 599, 700])
@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE eventstore.events SET topic = 'other' WHERE notification_id = {}", "is not what"),
        ("UPDATE eventstore.events SET state = '\\xff' WHERE notification_id = {}", "unreadable"),
        ("UPDATE eventstore.events SET state = '{{}}' WHERE notification_id = {}", "is not what"),
        ("DELETE FROM eventstore.events WHERE notification_id = {}", "is not there"),
        (
            "INSERT INTO ledger.entries SELECT {}, now(), now(), '2026-11', 2",
            "or its entry is not",
        ),
    ],
    ids=["renamed", "unreadable", "emptied", "deleted", "booked later"],
)
def test_a_changed_event_is_the_one_finding(
    sealed: Sealed, position: int, statement: str, detail: str
) -> None:
    sealed.wound(statement.format(position))
    [(name, [(subject, found)])] = sealed.findings().items()
    assert (name, subject) == ("leaves", f"event {position}")
    assert detail in found


def test_several_changed_events_are_all_named(sealed: Sealed) -> None:
    sealed.wound(
        "UPDATE eventstore.events SET state = '\\xff' WHERE notification_id IN (7, 8, 300)"
    )
    sealed.wound("UPDATE eventstore.events SET topic = 'other' WHERE notification_id = 9")
    [(_, found)] = sealed.findings().items()
    assert [subject for subject, _ in found] == ["event 7", "event 8", "event 9", "event 300"]


def test_a_changed_leaf_hash_is_found_at_its_event(sealed: Sealed) -> None:
    sealed.wound("UPDATE ledger.tiles SET hashes = set_byte(hashes, 64, 1) WHERE first = 3")
    assert [subject for subject, _ in sealed.findings()["leaves"]] == ["event 6"]


def test_a_changed_hash_of_the_tree_is_found(sealed: Sealed) -> None:
    sealed.wound("UPDATE ledger.tiles SET hashes = set_byte(hashes, 0, 1) WHERE level = 1")
    [(name, found)] = sealed.findings().items()
    assert name == "tree"
    assert found[0][0] in {"hash 0 of level 1", "hash 1 of level 1"}


def test_a_missing_hash_of_the_tree_is_found(sealed: Sealed) -> None:
    sealed.wound("DELETE FROM ledger.tiles WHERE level = 1 AND first = 1")
    assert sealed.findings() == {"tree": [("level 1", "has 1 hashes above 700")]}


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("SET root = set_byte(root, 0, 1)", "its row is not what its note says"),
        ("SET signed_at = signed_at - interval '1 day'", "its row is not what its note says"),
        ("SET note = replace(note, '603', '604')", "signature"),
        ("SET size = 604", "its row is not what its note says"),
    ],
)
def test_a_changed_head_is_found(sealed: Sealed, statement: str, detail: str) -> None:
    sealed.wound(f"UPDATE ledger.heads {statement} WHERE size = 603")
    [(name, [(subject, found)])] = sealed.findings().items()
    assert name == "heads"
    assert subject in {"head 603", "head 604"}
    assert detail in found


def test_a_changed_key_is_found(sealed: Sealed) -> None:
    sealed.wound("UPDATE ledger.signing_keys SET note = replace(note, 'from 0', 'from 1')")
    assert list(sealed.findings()) == ["signing_keys"]
    sealed.wound("UPDATE ledger.signing_keys SET note = replace(note, 'from 1', 'from 0')")
    sealed.wound("UPDATE ledger.signing_keys SET from_size = 1")
    assert sealed.findings() == {"signing_keys": [("key 1", "its row is not what its note says")]}


def test_a_head_that_we_published_and_have_no_more_is_found(sealed: Sealed) -> None:
    """Somebody went back to an older backup, or cut history."""
    sealed.wound("DELETE FROM ledger.heads WHERE size = 700")
    [(name, [(subject, detail)])] = sealed.findings().items()
    assert (name, subject) == ("published", "heads/000000000700.note")
    assert "history was cut or replaced" in detail


def test_a_published_head_that_was_changed_or_removed_is_found(sealed: Sealed) -> None:
    folder = sealed.objects._folder / "heads"
    (folder / "000000000003.note").unlink()
    (folder / "000000000603.note").chmod(0o600)
    (folder / "000000000603.note").write_bytes(b"another")
    assert [subject for subject, _ in sealed.findings()["published"]] == [
        "heads/000000000003.note", "heads/000000000603.note"
    ]  # fmt: skip


def test_a_sealer_that_sleeps_for_a_day_is_found(sealed: Sealed) -> None:
    happen(sealed.store.url, 2)
    assert sealed.findings() == {}
    sealed.wound("UPDATE ledger.heads SET signed_at = signed_at - interval '25 hours'")
    assert sealed.findings()["sealed_in_time"] == [
        ("events 701 to 702", "are not signed for, and the last head is old")
    ]
