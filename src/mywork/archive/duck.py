"""The engine `duckdb`: leaves, sums and streams by SQL over all parts at once, on every core.

Only what has an order goes through Python: the leaf hashes of the tree, and whatever SQL found to
be wrong, which the same pure functions put into words.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from mywork.archive.summary import Run, Summary, joined_runs, leaf_differs, out_of_balance
from mywork.archive.tree import Stretch, stretch
from mywork.ledger.findings import Finding

ROWS_AT_A_TIME = 100_000

# The leaf, a third time: docs/sealed-history.md. strlen counts bytes; sha256 answers hexadecimal.
_MACROS = """
CREATE MACRO netstring(content) AS strlen(content) || ':' || content || ',';
CREATE MACRO utc_text(moment) AS
    strftime(make_timestamp(epoch_us(moment)), '%Y-%m-%dT%H:%M:%S.%fZ');
CREATE MACRO posting_text(line) AS
    netstring(line.account) || netstring(line.currency)
    || netstring(line.amount_minor::varchar) || netstring(line.object_id);
CREATE MACRO entry_text(effective_at, booked_at, period, postings) AS
    CASE WHEN postings IS NULL THEN '' ELSE
         netstring(utc_text(effective_at)) || netstring(utc_text(booked_at)) || netstring(period)
         || coalesce(list_aggregate(
                list_transform(postings, lambda line: posting_text(line)), 'string_agg', ''), '')
    END;
"""
_VIEW = """
CREATE VIEW records AS SELECT * FROM read_parquet({files}, hive_partitioning = false)
"""
_LEAVES = """
SELECT position, name, unhex(sha256('\\x00'::BLOB || encode(
       netstring('mywork.event.v1') || netstring(position::varchar) || netstring(name)
       || netstring(stream) || netstring(version::varchar)
       || netstring(utc_text(recorded_at)) || netstring(utc_text(effective_at))
       || netstring(sha256(state))
       || entry_text(entry_effective_at, booked_at, period, postings)))) AS computed, leaf
  FROM records ORDER BY position
"""
_LINES = "SELECT position, unnest(postings, recursive := true) FROM records"
_BALANCES = f"""
SELECT account, currency, sum(amount_minor) FROM ({_LINES}) GROUP BY ALL ORDER BY ALL
"""
_OUT_OF_BALANCE = f"""
SELECT position, sum(amount_minor) AS difference, currency FROM ({_LINES})
 GROUP BY position, currency HAVING difference <> 0 ORDER BY position, currency
"""
_COUNTS = "SELECT count(postings), coalesce(sum(len(postings)), 0) FROM records"
# Streams that are not simply 1, 2, 3 ... in the order of the history.
_SUSPICIOUS = """
WITH following AS (
    SELECT stream, version,
           lag(version, 1, 0) OVER (PARTITION BY stream ORDER BY position) AS before FROM records)
SELECT stream, version, position FROM records
 WHERE stream IN (SELECT stream FROM following WHERE version <> before + 1)
"""


def summary_of(folder: Path, keys: list[str]) -> Summary:
    if not keys:
        return Summary()
    with duckdb.connect(":memory:") as database:
        database.execute("SET preserve_insertion_order = false")
        database.execute(_MACROS)
        files = ", ".join("'" + str(folder / key).replace("'", "''") + "'" for key in keys)
        database.execute(_VIEW.format(files=f"[{files}]"))
        findings: list[Finding] = []
        stretches = tuple(_stretches(database, findings))
        findings = list(_out_of_balance(database)) + findings  # in the order of checks' names
        entries, postings = _row(database, _COUNTS)
        balances = {
            (account, currency): int(amount_minor)
            for account, currency, amount_minor in database.execute(_BALANCES).fetchall()
        }
        suspicious = _suspicious(database)
    return Summary(stretches, suspicious, balances, entries, int(postings), tuple(findings))


def _stretches(database: Any, findings: list[Finding]) -> Iterator[Stretch]:
    """The tree over the computed leaves; findings for those that differ."""
    start, leaves = 0, list[bytes]()
    cursor = database.execute(_LEAVES)
    while rows := cursor.fetchmany(ROWS_AT_A_TIME):
        for position, name, computed, leaf in rows:
            if computed != leaf:
                findings.append(leaf_differs(position, name))
            if leaves and position != start + len(leaves) + 1:
                yield stretch(start, leaves)
                leaves = []
            if not leaves:
                start = position - 1
            leaves.append(computed)
    if leaves:
        yield stretch(start, leaves)


def _out_of_balance(database: Any) -> Iterator[Finding]:
    for position, difference, currency in database.execute(_OUT_OF_BALANCE).fetchall():
        yield out_of_balance(position, int(difference), currency)


def _suspicious(database: Any) -> dict[str, tuple[Run, ...]]:
    found: dict[str, list[Run]] = {}
    for stream, version, position in database.execute(_SUSPICIOUS).fetchall():
        found.setdefault(stream, []).append(Run(version, version, position, position))
    return {stream: joined_runs(runs) for stream, runs in found.items()}


def _row(database: Any, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = database.execute(query).fetchone()
    return row
