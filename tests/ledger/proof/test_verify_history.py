"""The offline verifier: it says yes to a real export, and names what is wrong with any other."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from history import tampering
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lives import Lives
from marketplace import Marketplace

from mywork.adapters.signing import NoteSigner, new_secret
from mywork.application.scheduled.sealing import Sealing
from mywork.domain.errors import ExportDiffers, HistoryNotSealed
from mywork.ledger.proof import export, heads, verify_history
from mywork.ledger.proof.export import export_history
from mywork.ledger.proof.verify_history import leaf_hash, verify

Change = Callable[[list[bytes]], None]


class Month:
    """A marketplace whose history is sealed bit by bit, by two keys."""

    def __init__(self, marketplace: Marketplace, folder: Path) -> None:
        self.marketplace, self.folder = marketplace, folder
        self.store = marketplace.core.store
        self.sealing = marketplace.core.sealing

    def play(self, successors_secret: str) -> None:
        self.marketplace.onboarded_seller()
        self.sell()
        self.sealing.sign()
        self.sell()
        self.sealing.rotate(NoteSigner(successors_secret))
        self.sign_with(successors_secret)
        self.sell()
        self.sealing.sign()

    def sign_with(self, secret: str) -> None:
        objects = self.marketplace.core.outside.objects
        self.sealing = Sealing(self.store, NoteSigner(secret), objects)

    def sell(self) -> None:
        self.marketplace.pay(self.marketplace.placed_order(self.marketplace.published_product()))
        self.marketplace.settle()

    def export(self, name: str = "export", **options: Any) -> Path:
        export_history(self.store, self.folder / name, **options)
        return self.folder / name


def life(marketplace: Marketplace) -> str:
    secret = new_secret("localhost/mywork")
    Month(marketplace, marketplace.folder).play(secret)
    return secret


@pytest.fixture
def month(
    marketplace: Marketplace, lives: Lives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Month:
    monkeypatch.setattr(export, "FILE_EVENTS", 16)
    secret = lives.live(marketplace, life)
    month = Month(marketplace, tmp_path)
    month.sign_with(secret)
    return month


def new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def lines_of(folder: Path) -> list[bytes]:
    files = sorted(folder.glob("events/*.jsonl"))
    return [line for file in files for line in file.read_bytes().splitlines(keepends=True)]


def changed(folder: Path, change: Change) -> list[tuple[str, str]]:
    """What the verifier finds in a copy of an export whose lines were changed."""
    copy = folder.with_name("changed")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    lines = lines_of(copy)
    change(lines)
    shutil.rmtree(copy / "events")
    (copy / "events").mkdir()
    (copy / "events" / "000000000001.jsonl").write_bytes(b"".join(lines))
    return list(verify([copy]))


def rewritten(line: bytes, **fields: Any) -> bytes:
    """A record with other fields, whose leaf hash was computed anew to hide that."""
    record = json.loads(line) | fields
    record["leaf"] = leaf_hash(record).hex()
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def names(where: str, position: int) -> bool:
    """Whether a finding names the event, alone or with the one beside it."""
    found = re.fullmatch(r"event (\d+)|events (\d+) to (\d+)", where)
    if found is None:
        return False
    first, last = int(found[1] or found[2]), int(found[1] or found[3])
    return first <= position <= last and last - first <= 1


# A whole export ---------------------------------------------------------------------------


def test_an_export_is_verified_by_one_file_that_needs_nothing(month: Month) -> None:
    folder = month.export()
    verifier = month.folder / "verifier.py"
    shutil.copy(str(verify_history.__file__), verifier)
    done = subprocess.run(
        [sys.executable, "-I", "-S", verifier, folder], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "history is whole, if its first key is who you think\n"
    assert done.returncode == 0
    (folder / "events" / "000000000001.jsonl").unlink()
    done = subprocess.run(
        [sys.executable, "-I", "-S", verifier, folder], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[0] == "events 1 to 16: it is missing"
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", [[], ["--help"], ["no/such/folder"]])
def test_wrong_usage_is_answered_with_how_to_use_it(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(verify_history.__file__), *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "verify_history.py FOLDER..." in done.stdout
    assert done.returncode == 2


def test_the_verifier_fits_on_a_few_pages() -> None:
    assert len(Path(str(verify_history.__file__)).read_text().splitlines()) < 250


def test_an_export_holds_every_event_head_and_key(month: Month) -> None:
    folder = month.export()
    assert [json.loads(line)["position"] for line in lines_of(folder)] == list(
        range(1, month.store.head() + 1)
    )
    assert len(list(folder.glob("heads/*.note"))) == 3
    assert [path.name for path in sorted(folder.glob("keys/*"))] == ["0001.note", "0002.note"]
    assert f"Events 1 to {month.store.head()}" in (folder / "README.md").read_text()
    assert list(verify([folder])) == []


# One flipped bit --------------------------------------------------------------------------


@given(data=st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def flip_bits(folder: Path, data: st.DataObject) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    file = data.draw(st.sampled_from(files))
    content = file.read_bytes()
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    file.write_bytes(flipped)
    try:
        found = list(verify([folder]))
    finally:
        file.write_bytes(content)
    assert found, f"bit {bit} of {file.name}"
    if file.parent.name == "events":
        position = int(file.stem) + content[: bit // 8].count(b"\n")
        assert names(found[0][0], position), (found, position)
    else:
        assert found[0][0] == str(file), found


def test_one_flipped_bit_anywhere_is_found_and_its_event_or_file_named(month: Month) -> None:
    folder = month.export()
    flip_bits(folder)
    assert list(verify([folder])) == []


def test_every_bit_of_one_record_and_of_one_head_counts(month: Month) -> None:
    """Also those of escapes, hexadecimal letters, spaces of base64, and line feeds."""
    folder = month.export()
    line = next(number for number, line in enumerate(lines_of(folder)) if b'"postings"' in line)
    lines = lines_of(folder)[line : line + 1]
    for bit in range(len(lines[0]) * 8):
        flipped = bytearray(lines[0])
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
            verify_history.read_record(bytes(flipped))
    head = sorted(folder.glob("heads/*"))[0]
    key = verify_history.open_key((folder / "keys" / "0001.note").read_bytes(), [])
    note = head.read_bytes()
    verify_history.open_head(note, [key])
    for bit in range(0, len(note) * 8, 3):
        flipped = bytearray(note)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises((ValueError, LookupError)):
            verify_history.open_head(bytes(flipped), [key])


# Events deleted, inserted, moved, changed ---------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 20, -2, -1])
def test_a_deleted_event_is_named(month: Month, index: int) -> None:
    folder = month.export()
    position = json.loads(lines_of(folder)[index])["position"]
    found = changed(folder, lambda lines: lines.pop(index) and None)
    assert found[0] == (f"event {position}", "it is missing")


@pytest.mark.parametrize("index", [0, 20, -1])
def test_an_event_inserted_again_is_named(month: Month, index: int) -> None:
    folder = month.export()
    line = lines_of(folder)[index]
    found = changed(folder, lambda lines: lines.insert(lines.index(line), line))
    assert [where for where, _ in found] == [f"event {json.loads(line)['position']}"]


def test_an_invented_event_is_named(month: Month) -> None:
    """It has a place of its own and a leaf hash that fits it; the events behind it moved on."""

    def invent(lines: list[bytes]) -> None:
        behind = [rewritten(line, position=json.loads(line)["position"] + 1) for line in lines[20:]]
        lines[20:] = [rewritten(lines[20], stream="invented", version=1), *behind]

    folder = month.export()
    found = changed(folder, invent)
    sizes = [int(path.stem) for path in sorted(folder.glob("heads/*"))]
    before = max((size for size in sizes if size <= 20), default=0)
    after = min(size for size in sizes if size > 20)
    assert found[0] == (f"events {before + 1} to {after}", "they are not what was signed")


def test_events_that_changed_places_are_named(month: Month) -> None:
    def swap(lines: list[bytes]) -> None:
        lines[10], lines[15] = lines[15], lines[10]

    found = [where for where, _ in changed(month.export(), swap)]
    assert found == ["events 11 to 15", *(f"event {n}" for n in (12, 13, 14, 15, 11))]


def test_a_cut_at_the_end_is_found(month: Month) -> None:
    folder = month.export()
    head = month.store.head()

    def cut(lines: list[bytes]) -> None:
        del lines[-3:]

    assert changed(folder, cut) == [(f"events {head - 2} to {head}", "it is missing")]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "UPDATE eventstore.events SET topic = 'order.free.v1' WHERE notification_id = 9",
            "changed",
        ),
        ("DELETE FROM eventstore.events WHERE notification_id = 9", "missing"),
        ("UPDATE ledger.entries SET period = '2026-12' WHERE position = 9", "changed"),
        (
            "UPDATE ledger.postings SET object_id = 'ch_x' WHERE position = 9 AND line = 1",
            "changed",
        ),
    ],
    ids=["renamed", "deleted", "another month", "another object"],
)
def test_an_event_that_was_changed_in_the_database_is_named_by_its_export(
    month: Month, statement: str, what: str
) -> None:
    """Since an export has the leaf hashes that were sealed."""
    with tampering(month.store.url) as connection:
        assert connection.execute(statement.encode()).rowcount == 1
    found = list(verify([month.export()]))
    assert found[0][0] == "event 9"
    assert what in found[0][1]


def test_what_no_head_covers_is_not_taken_for_proved(month: Month) -> None:
    folder = month.export()
    last = sorted(folder.glob("heads/*"))[-1]
    last.unlink()
    assert list(verify([folder])) == [
        (f"event {month.store.head()}", "no signed head covers it, the last one")
    ]


def posted(lines: list[bytes]) -> int:
    return next(number for number, line in enumerate(lines) if b'"order.paid.v1"' in line)


def unbalance(record: dict[str, Any]) -> None:
    record["entry"]["postings"][0]["amount_minor"] += 1


def recount(record: dict[str, Any]) -> None:
    record["version"] += 1


def add_field(record: dict[str, Any]) -> None:
    record["entry"]["note"] = "not sealed"


def hasten(record: dict[str, Any]) -> None:
    record["recorded_at"] = "2020" + record["recorded_at"][4:]


@pytest.mark.parametrize("change", [unbalance, recount, add_field, hasten])
def test_a_record_that_no_store_of_ours_could_hold_is_named(
    month: Month, change: Callable[[dict[str, Any]], None]
) -> None:
    """Though its leaf hash was computed anew."""

    def rewrite(lines: list[bytes]) -> None:
        record = json.loads(lines[posted(lines)])
        change(record)
        lines[posted(lines)] = rewritten(json.dumps(record).encode())

    folder = month.export()
    position = json.loads(lines_of(folder)[posted(lines_of(folder))])["position"]
    found = changed(folder, rewrite)
    assert found[0][0] == f"event {position}"


def test_a_number_written_as_text_is_named(month: Month) -> None:
    """A lenient reader would take it for the same record."""

    def quote(lines: list[bytes]) -> None:
        lines[10] = lines[10].replace(b'{"position":11,', b'{"position":"11",')

    assert changed(month.export(), quote)[0][0] == "event 11"


def test_a_change_that_fits_in_everything_but_the_head_is_narrowed_down_by_heads(
    month: Month,
) -> None:
    def rewrite(lines: list[bytes]) -> None:
        number = posted(lines)
        state = json.loads(lines[number])["state"].replace("2026", "2025")
        lines[number] = rewritten(lines[number], state=state)

    folder = month.export()
    first_head = sorted(folder.glob("heads/*"))[0]
    assert changed(folder, rewrite)[0] == (
        f"events 1 to {int(first_head.stem)}", "they are not what was signed"
    )  # fmt: skip


# Keys, and what was kept --------------------------------------------------------------------


@pytest.fixture
def kept(month: Month) -> Path:
    """The heads and keys as they were published."""
    month.sealing.publish()
    return month.marketplace.core.outside.objects._folder  # type: ignore[attr-defined, no-any-return]


def test_what_was_kept_agrees_with_a_later_export(month: Month, kept: Path) -> None:
    month.sell()
    month.sealing.sign()
    assert list(verify([kept, month.export()])) == []


def test_a_history_signed_by_somebody_else_is_found(
    month: Month, kept: Path, fresh_databases: Callable[[], AbstractContextManager[str]]
) -> None:
    with fresh_databases() as url:
        other = Marketplace(url, new_folder(month.folder / "other"))
        elsewhere = Month(other, month.folder / "elsewhere")
        elsewhere.play(new_secret("localhost/mywork"))
        folder = elsewhere.export()
        other.close()
    assert list(verify([folder])) == []
    found = list(verify([kept, folder]))
    assert found[0][0] == str(folder / "keys" / "0001.note")
    assert found[0][1] == "it differs from the one of this name in an older folder"


def test_a_history_replaced_by_who_has_the_key_is_found_by_what_was_kept(
    month: Month, kept: Path
) -> None:
    """Somebody with the server and the key changes an event and seals everything anew."""
    with tampering(month.store.url) as connection:
        for table in ("heads", "signing_keys", "tiles"):
            connection.execute(f"DELETE FROM ledger.{table}")
        connection.execute(
            "UPDATE eventstore.events SET state = replace(convert_from(state, 'UTF8'), 'card',"
            " 'cash')::bytea, originator_id = originator_id || '-x' WHERE notification_id = 5"
        )
    month.sealing = Sealing(
        month.store, month.marketplace.core.outside.signer, month.marketplace.core.outside.objects
    )
    month.sealing.sign()
    folder = month.export()
    keys = heads.key_object(1)
    (folder / keys).write_bytes((kept / keys).read_bytes())  # it even has the first key's old note
    shutil.copytree(kept / "keys", folder / "keys", dirs_exist_ok=True)
    found = list(verify([kept, folder]))
    assert any(what == "they are not what was signed" or "differs" in what for _, what in found)


def test_a_history_that_was_cut_is_found_by_what_was_kept(month: Month) -> None:
    early = month.export("early")
    month.sell()
    month.sealing.sign()
    late = month.export("late")
    assert next(verify([late, early]))[1] == "it is missing"
    assert list(verify([early, late])) == []


def test_a_head_of_a_key_that_was_retired_is_refused(month: Month) -> None:
    """The old key was stolen: what it signs after it handed over counts for nothing."""
    folder = month.export()
    last = sorted(folder.glob("heads/*"))[-1]
    text, _, _ = last.read_text().rpartition("\n\n")
    stolen = month.marketplace.core.outside.signer
    last.write_text(f"{text}\n\n{stolen.sign(text + chr(10))}")
    assert next(verify([folder])) == (
        str(last), "it is signed with a key that was not in use at its size"
    )  # fmt: skip


def test_a_key_that_its_predecessor_did_not_announce_is_refused(month: Month) -> None:
    folder = month.export()
    second = folder / "keys" / "0002.note"
    lines = second.read_text().split("\n")
    second.write_text("\n".join([*lines[:-2], ""]))  # without the predecessor's signature
    assert next(verify([folder]))[0] == str(second)


# Exports in parts ---------------------------------------------------------------------------


def test_an_export_continues_where_it_was_interrupted(month: Month) -> None:
    folder = month.folder / "export"

    def stop(done: int, _: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_history(month.store, folder, progress=stop)
    done: list[tuple[int, int]] = []
    found = export_history(month.store, folder, progress=lambda *now: done.append(now))
    assert found.written == month.store.head() - 16
    assert done[-1] == (found.written, month.store.head())
    assert list(verify([folder])) == []


def test_an_export_asked_for_again_adds_what_came_since(month: Month) -> None:
    folder = month.export()
    before = month.store.head()
    assert export_history(month.store, folder).written == 0
    month.sell()
    month.sealing.sign()
    found = export_history(month.store, folder)
    assert found.last == month.store.head()
    assert found.written < 16 + month.store.head() - before
    assert list(verify([folder])) == []


def test_the_events_behind_a_position_are_verified_with_those_before(month: Month) -> None:
    month.export("first")
    before = month.store.head()
    month.sell()
    month.sealing.sign()
    second = month.export("second", after=before)
    assert json.loads(lines_of(second)[0])["position"] == before + 1
    assert list(verify([month.folder / "first", second])) == []
    assert next(verify([second])) == (f"events 1 to {before}", "it is missing")


def test_nothing_is_exported_that_no_head_covers(marketplace: Marketplace, tmp_path: Path) -> None:
    marketplace.published_product()
    with pytest.raises(HistoryNotSealed):
        export_history(marketplace.core.store, tmp_path / "export")
    marketplace.core.sealing.sign()
    with pytest.raises(HistoryNotSealed, match="behind 100"):
        export_history(marketplace.core.store, tmp_path / "export", after=100)
    assert not (tmp_path / "export").exists()


def test_an_export_of_another_history_is_not_mixed_with_ours(
    month: Month, fresh_databases: Callable[[], AbstractContextManager[str]]
) -> None:
    folder = month.export()
    with fresh_databases() as url:
        other = Marketplace(url, new_folder(month.folder / "other"))
        other.published_product()
        other.core.sealing.sign()
        with pytest.raises(ExportDiffers):
            export_history(other.core.store, folder)
        other.close()
    assert list(verify([folder])) == []


def test_records_stay_the_same_while_history_grows(month: Month) -> None:
    before = lines_of(month.export("before"))
    month.sell()
    month.sealing.sign()
    assert lines_of(month.export("after"))[: len(before)] == before
