"""Every engine says the same of an archive: what the database says, or what is wrong and where."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import psycopg
import pytest
from audited import asked
from damage import flip, manifest_of, rewrite, verified
from marketplace import Marketplace
from test_tree import by_definition

from mywork.adapters.folder import FolderObjects
from mywork.archive import local
from mywork.archive.summary import merged
from mywork.archive.verify import Engine
from mywork.domain.identifiers import UserId
from mywork.exports.exporting import export
from mywork.exports.scope import scope_of
from mywork.ledger.proof.heads import latest_head
from mywork.ledger.proof.records import stream_records
from mywork.ledger.proof.sealing import seal
from mywork.ledger.trial_balance import trial_balance


def ask(query: str) -> Any:
    with duckdb.connect(":memory:") as database:
        return database.execute(query).fetchone()


def keys(folder: Path) -> list[str]:
    return [part.key for part in manifest_of(folder).parts]


@pytest.mark.parametrize("engine", ["python", "duckdb"])
def test_it_equals_what_the_database_says(
    sold: Marketplace, archived: Path, engine: Engine
) -> None:
    store = sold.core.store
    history = list(stream_records(store, until=store.head()))
    found = verified(archived, engine)
    assert found.findings == ()
    assert found.size == len(history) == store.head()
    assert found.root == by_definition([bytes.fromhex(r["leaf"]) for r in history]).hex()
    entries = [record["entry"] for record in history if record["entry"] is not None]
    assert found.entries == len(entries)
    assert found.postings == sum(len(entry["postings"]) for entry in entries)
    assert found.balances == {
        (row.account, row.currency): row.balance_minor for row in trial_balance(store).rows
    }


def test_an_event_that_was_edited_after_it_was_sealed_is_named(
    sold: Marketplace, tmp_path: Path
) -> None:
    """The archive has the leaf that was sealed, not one that fits what lies there now."""
    store = sold.core.store
    sealed = seal(store)
    sold.core.selling.join(UserId("user_eve"), "eve", "eve@example.com", country="US")
    assert store.head() > sealed
    with psycopg.connect(store.url) as connection:
        connection.execute("ALTER TABLE ledger.postings DISABLE TRIGGER append_only")
        query = "UPDATE ledger.postings SET object_id = 'ch_x' WHERE line = 1 RETURNING position"
        edited = {row[0] for row in connection.execute(query)}
    scope = scope_of("parquet", head=store.head())
    export(store, FolderObjects(tmp_path / "a"), scope, resume=False, report=lambda *_: None)
    for engine in ("python", "duckdb"):
        found = verified(tmp_path / "a", engine).findings
        assert [f.subject for f in found] == [f"event {position}" for position in sorted(edited)]
        assert {f.check for f in found} == {"archive.leaves"}


def test_it_says_what_an_audit_of_the_database_says(sold: Marketplace, tmp_path: Path) -> None:
    """Of a sound history, and of one in which a word was edited that only a leaf remembers."""
    store, sealing = sold.core.store, sold.core.sealing
    sealing.run()
    head = latest_head(store)
    assert head is not None
    for edited in (None, _edit_a_reason):
        culprits = edited(store.url) if edited else []
        audit = asked(store.url, sealing.checks())
        assert [f.subject for report in audit for f in report.findings] == culprits
        folder = tmp_path / f"with {len(culprits)}"
        scope = scope_of("parquet", head=head.size)
        export(store, FolderObjects(folder), scope, resume=False, report=lambda *_: None)
        for engine in ("python", "duckdb"):
            found = verified(folder, engine)
            assert [f.subject for f in found.findings] == culprits
            assert found.size == head.size
            assert (found.root == head.root.hex()) == (not culprits)


def _edit_a_reason(url: str) -> list[str]:
    query = """
        UPDATE eventstore.events
           SET state = convert_to(replace(convert_from(state, 'UTF8'), '"reason":""',
                                          '"reason":"so"'), 'UTF8')
         WHERE topic = 'order.payment_initiated.v1' RETURNING notification_id"""
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE eventstore.events DISABLE TRIGGER append_only")
        edited = sorted(row[0] for row in connection.execute(query))
        connection.execute("ALTER TABLE eventstore.events ENABLE TRIGGER append_only")
    return [f"event {position}" for position in edited]


def test_parts_lie_by_the_day_on_which_they_were_recorded(archive: Path) -> None:
    days = {key.split("/")[0] for key in keys(archive)}
    assert len(days) == 3
    assert len(keys(archive)) > 3
    files = f"{archive}/*/*.parquet"
    query = f"SELECT count(*), count(DISTINCT day) FROM read_parquet('{files}')"
    assert ask(query) == (manifest_of(archive).head, 3)
    wrong = f"SELECT count(*) FROM read_parquet('{files}') WHERE day <> recorded_at::date"
    assert ask(wrong) == (0,)


def test_parts_may_be_verified_in_any_order_and_combined_in_any_way(archive: Path) -> None:
    summaries = [local.summary_of_part(archive, key) for key in keys(archive)]
    whole = merged(summaries)
    chance = Random(1)
    for _ in range(20):
        pieces = chance.sample(summaries, len(summaries))
        while len(pieces) > 1:
            taken = [pieces.pop(chance.randrange(len(pieces))) for _ in range(2)]
            pieces.append(merged(taken))
        assert merged(pieces) == whole


def _change(name: str, value: Any, row: int = 2) -> Callable[[list[dict[str, Any]]], object]:
    return lambda rows: rows[row].update({name: value})


def _amount(rows: list[dict[str, Any]]) -> None:
    posted = next(row for row in rows if row["postings"])
    posted["postings"][0]["amount_minor"] += 1


def _moved(rows: list[dict[str, Any]]) -> None:
    """An event of one's own, with a leaf that fits, as if it had happened."""
    rows[2]["version"] += 1
    record = _record(rows[2])
    from mywork.ledger.proof.verify_history import leaf_hash

    rows[2]["leaf"] = leaf_hash(record)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    def text(at: Any) -> str:
        return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"

    entry = row["postings"] and {
        "effective_at": text(row["entry_effective_at"]),
        "booked_at": text(row["booked_at"]),
        "period": row["period"],
        "postings": row["postings"],
    }
    times = {name: text(row[name]) for name in ("recorded_at", "effective_at")}
    return {**row, **times, "entry": entry}


DAMAGES: dict[str, tuple[Any, set[str]]] = {
    "name": (_change("name", "order.paid.v2"), {"archive.leaves"}),
    "state": (_change("state", "{}"), {"archive.leaves"}),
    "leaf": (_change("leaf", b"\0" * 32), {"archive.leaves"}),
    "amount": (_amount, {"archive.leaves", "archive.entries_balanced"}),
    "deleted": (lambda rows: rows.pop(2), {"archive.positions", "archive.streams"}),
    "cut": (lambda rows: rows.pop(), {"archive.positions", "archive.streams"}),
    "copied": (lambda rows: rows.insert(2, rows[2]), {"archive.positions", "archive.streams"}),
    "version": (_moved, {"archive.streams"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_changed_event_is_named_alike_by_every_engine(archive: Path, damage: str) -> None:
    change, checks = DAMAGES[damage]
    good = verified(archive, "python").root
    key = keys(archive)[2]
    rewrite(archive, key, change)
    verdicts = [verified(archive, engine, good) for engine in ("python", "duckdb")]
    assert verdicts[0] == verdicts[1]
    found = {finding.check for finding in verdicts[0].findings} - {"archive.root"}
    assert found <= checks
    assert next(iter(sorted(checks))) in found
    (part,) = (part for part in manifest_of(archive).parts if part.key == key)
    events = [f.subject for f in verdicts[0].findings if f.subject.startswith("event ")]
    assert all(part.first <= int(event.split()[1]) <= part.last + 1 for event in events)


def test_a_flipped_bit_names_its_part(archive: Path) -> None:
    chance = Random(2)
    for key in chance.sample(keys(archive), 3):
        path = archive / key
        body = path.read_bytes()
        for _ in range(5):
            flip(path, chance.randrange(len(body) * 8))
            verdicts = [verified(archive, engine) for engine in ("python", "duckdb")]
            assert verdicts[0] == verdicts[1]
            (finding,) = verdicts[0].findings
            assert (finding.check, finding.subject) == ("archive.parts", f"part {key}")
            assert "not those that were written" in finding.detail
            path.write_bytes(body)


def test_parts_that_are_missing_or_strange_are_named(archive: Path) -> None:
    key = keys(archive)[1]
    shutil.copy(archive / key, archive / f"{key[:-8]}9.parquet")
    (archive / key).unlink()
    for engine in ("python", "duckdb"):
        found = verified(archive, engine).findings
        assert [(f.subject.split("/")[0], f.detail) for f in found] == [
            (f"part {key.split('/')[0]}", "it is missing, or cannot be read"),
            (f"part {key.split('/')[0]}", "the manifest does not know it"),
        ]


def test_a_part_that_is_no_parquet_is_named(archive: Path) -> None:
    (archive / keys(archive)[0]).write_bytes(b"PAR1")
    (finding,) = local.summary_of_part(archive, keys(archive)[0]).findings
    assert finding.detail == "it cannot be read as a part of the archive"


def test_a_root_from_elsewhere_decides(archive: Path) -> None:
    good = verified(archive, "python").root
    assert verified(archive, "python", good).passed
    (finding,) = verified(archive, "duckdb", hashlib.sha256(b"").hexdigest()).findings
    assert finding.check == "archive.root"


@pytest.mark.skipif(
    not os.environ.get("MYWORK_TEST_SPARK"), reason="MYWORK_TEST_SPARK=1 installs and runs pyspark"
)
def test_spark_says_the_same(archive: Path, tmp_path: Path) -> None:
    """In a virtual environment of its own: pyspark is no dependency, and needs Java."""
    assert shutil.which("java"), "Spark needs Java: apt-get install default-jre-headless"
    python = tmp_path / "spark" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "venv", "--system-site-packages", tmp_path / "spark"], check=True
    )
    subprocess.run([python, "-m", "pip", "install", "-q", "pyspark"], check=True)
    damages: tuple[Callable[[], object], ...] = (
        lambda: None,
        lambda: rewrite(archive, keys(archive)[2], _amount),
        lambda: flip(archive / keys(archive)[1], 4_000),
    )
    for damage in damages:
        damage()
        wanted = verified(archive, "python")
        ran = subprocess.run(
            [python, Path(__file__).parent / "on_spark.py", archive],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join(sys.path), "PYSPARK_PYTHON": str(python)},
        )
        assert ran.stdout == f"{wanted}\n"
