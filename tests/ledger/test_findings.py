"""Checks run on one snapshot, as a role that cannot write, and never say more than can be read."""

from collections.abc import Iterator

import psycopg
import pytest

from eventstore.errors import EventStoreError, StoreUnavailable
from mywork.ledger.findings import SHOWN, Check, Cursor, Finding, by_query, examine

BANK = (
    "INSERT INTO ledger.accounts (code, currency, kind, bound_sign)"
    " VALUES ('bank', 'USD', 'asset', 0)"
)
ACCOUNTS = by_query(
    "no_accounts", "There is no account.", "SELECT code, 'is there' FROM ledger.accounts"
)


def test_each_row_of_a_query_is_a_finding(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(BANK)
    (report,) = examine(database_url, [ACCOUNTS])
    assert report.findings == (Finding("no_accounts", "bank", "is there"),)
    assert not report.passed


def test_a_promise_that_holds_has_no_findings(database_url: str) -> None:
    steps: list[tuple[int, int]] = []
    reports = examine(database_url, [ACCOUNTS, ACCOUNTS], progress=lambda *step: steps.append(step))
    assert [report.passed for report in reports] == [True, True]
    assert steps == [(1, 2), (2, 2)]


def test_of_many_findings_the_first_are_named_and_the_rest_counted(database_url: str) -> None:
    many = by_query("many", "", "SELECT n::text, '' FROM generate_series(1, 50) n")
    (report,) = examine(database_url, [many])
    assert [finding.subject for finding in report.findings] == [str(n + 1) for n in range(SHOWN)]
    assert report.more == 50 - SHOWN


def test_a_check_that_rests_on_a_failed_one_is_not_asked(database_url: str) -> None:
    def look(_: Cursor) -> Iterator[tuple[str, str]]:
        raise AssertionError("it was asked")

    failing = by_query("first", "", "SELECT 'culprit', ''")
    checks = [failing, Check("second", "", look, ("first",)), Check("third", "", look, ("second",))]
    first, *others = examine(database_url, checks)
    assert first.failed
    assert [(report.waits_for, report.passed, report.failed) for report in others] == [
        ("first", False, False),
        ("first", False, False),
    ]


def test_all_checks_see_one_snapshot(database_url: str) -> None:
    def look(cursor: Cursor) -> Iterator[tuple[str, str]]:
        yield from cursor.stream("SELECT code, '' FROM ledger.accounts")
        with psycopg.connect(database_url) as connection:
            connection.execute(BANK)

    reports = examine(database_url, [Check("first", "", look), ACCOUNTS])
    assert all(report.passed for report in reports)
    assert not examine(database_url, [ACCOUNTS])[0].passed


def test_a_check_may_keep_a_temporary_table_and_change_nothing_else(database_url: str) -> None:
    def keeps(cursor: Cursor) -> Iterator[tuple[str, str]]:
        cursor.execute("CREATE TEMP TABLE seen (n int) ON COMMIT DROP")
        cursor.execute("INSERT INTO seen VALUES (1)")
        yield from ()

    def writes(cursor: Cursor) -> Iterator[tuple[str, str]]:
        cursor.execute(BANK)
        yield from ()

    assert examine(database_url, [Check("keeps", "", keeps)])[0].passed
    with pytest.raises(EventStoreError, match="permission denied"):
        examine(database_url, [Check("writes", "", writes)])


def test_a_database_that_is_down_is_named(database_url: str) -> None:
    nowhere = database_url.rpartition("/")[0] + "/nowhere"
    with pytest.raises(StoreUnavailable):
        examine(nowhere, [ACCOUNTS])
