"""Totals: whatever the history and whichever two times, they say what the postings say."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.domain.catalogue import EVENTS
from mywork.domain.errors import AccountNotFound, PlaceInvalid
from mywork.ledger import totals
from mywork.ledger.account_lines import account_lines
from mywork.ledger.findings import examine
from mywork.ledger.time_range import TimeRange
from mywork.ledger.trial_balance import trial_balance

BEGIN = datetime(2024, 1, 30, 22, tzinfo=UTC)
ACCOUNTS = ("bank", "capital", "rounding")
Databases = Callable[[], AbstractContextManager[str]]

_ACCOUNTS = """
SET session_replication_role = replica;
INSERT INTO ledger.accounts (code, currency, kind, bound_sign)
SELECT code, 'USD', 'asset', 0 FROM unnest(%s::text[]) code;
"""
# Events by position, each with an entry of two lines on two of three accounts. One in five took
# effect on another day than it was booked; where `stretch` is large, so did most.
_HISTORY = """
WITH made AS (
    INSERT INTO eventstore.events
    SELECT 'test-' || n, 1, 'test.v1', ''::bytea, n,
           %(begin)s::timestamptz + make_interval(secs => n / %(together)s * %(pace)s)
      FROM generate_series(%(first)s::bigint, %(last)s) n RETURNING *),
entries AS (
    INSERT INTO ledger.entries
    SELECT notification_id, at, recorded_at, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM'), 2
      FROM (SELECT *, recorded_at - make_interval(secs =>
                       hashint8(notification_id) %% %(stretch)s
                       * CASE WHEN notification_id %% 5 = 0 THEN 86400.0 ELSE 1 END) AS at
              FROM made) m RETURNING *)
INSERT INTO ledger.postings
SELECT position, line, CASE line WHEN 1 THEN 1 + position %% 3 ELSE 1 + (position + 1) %% 3 END,
       'USD', (CASE line WHEN 1 THEN 1 ELSE -1 END) * (position %% 97 + 1), NULL
  FROM entries, generate_series(1, 2) line WHERE position %% 7 <> 0
"""
_PLAIN = """
SELECT a.code, sum(p.amount_minor)::bigint
  FROM ledger.postings p
  JOIN ledger.entries n ON n.position = p.position
  JOIN ledger.accounts a ON a.id = p.account_id
 WHERE n.effective_at <= coalesce(%s::timestamptz, 'infinity')
   AND n.booked_at <= coalesce(%s::timestamptz, 'infinity')
 GROUP BY a.code
"""
_COUNT = "SELECT ledger.count_totals(%s, %s)"
_REACHED = """
INSERT INTO eventstore.followers (name, position) VALUES ('totals', %(at)s)
ON CONFLICT (name) DO UPDATE SET position = %(at)s
"""


@dataclass
class History:
    """A book made in the database; `length` is its head."""

    store: EventStore
    owner: psycopg.Connection[Any]
    length: int

    def plain(self, at: datetime | None, known: datetime | None) -> dict[str, int]:
        return dict(self.owner.execute(_PLAIN, (at, known)).fetchall())

    def totalled(self, at: datetime | None, known: datetime | None) -> dict[str, int]:
        found = totals.balances_at(self.store, (1, 2, 3), at=at, as_known_at=known)
        return {ACCOUNTS[number - 1]: minor for number, minor in found.items()}

    def count(self, before: int, after: int) -> None:
        self.owner.execute(_COUNT, (before, after))
        self.owner.execute(_REACHED, {"at": after})

    def found(self) -> list[str]:
        return [
            f"{finding.subject}: {finding.detail}"
            for checked in examine(self.store.url, totals.checks())
            for finding in checked.findings
        ]


@contextmanager
def written(url: str, length: int, **shape: Any) -> Iterator[History]:
    shape = {"begin": BEGIN, "pace": 60, "stretch": 40, "together": 1} | shape
    with (
        psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as owner,
        EventStore(url, Catalogue(EVENTS)) as store,
    ):
        owner.execute(_ACCOUNTS, (list(ACCOUNTS),))
        owner.execute(_HISTORY, shape | {"first": 1, "last": length})
        yield History(store, owner, length)


@pytest.fixture
def history(database_url: str) -> Iterator[History]:
    """Five thousand events, one a minute, of which the first 4,500 were followed."""
    with written(database_url, 5_000) as made:
        for before in range(0, 4_500, 500):
            made.count(before, before + 500)
        yield made


MOMENTS = st.one_of(
    st.none(),
    st.integers(-50 * 86_400, 12 * 86_400).map(lambda s: BEGIN + timedelta(seconds=s)),
    st.integers(0, 5_000).map(lambda n: BEGIN + timedelta(minutes=n)),
)


def test_any_history_at_any_two_times_equals_the_plain_sum(fresh_databases: Databases) -> None:
    @given(
        length=st.integers(0, 3_000),
        pace=st.sampled_from([0, 1, 60, 86_400]),
        together=st.sampled_from([1, 7, 1_000]),
        stretch=st.sampled_from([1, 40, 3_000]),
        steps=st.lists(st.integers(1, 2_000), max_size=4),
        asked=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=4, max_size=8),
    )
    @settings(max_examples=15)
    def check(length: int, steps: list[int], asked: list[Any], **shape: int) -> None:
        with fresh_databases() as url, written(url, length, **shape) as made:
            before = 0
            for step in steps:
                after = min(before + step, length)
                made.count(before, after)
                before = after
            for at, known in [*asked, (None, None)]:
                assert made.totalled(at, known) == made.plain(at, known)
            assert made.found() == []

    check()


def test_all_three_grains_are_counted_and_read(database_url: str) -> None:
    """Forty thousand positions make whole blocks of two grains; moved up by a million, of three."""
    with written(database_url, 40_000) as made:
        made.count(0, 40_000)
        for days in (-30, 0, 1, 2, 15, 27, 28):
            for at, known in ((days, None), (days, 26.5), (None, days), (days, days)):
                moments = [None if d is None else BEGIN + timedelta(days=d) for d in (at, known)]
                assert made.totalled(*moments) == made.plain(*moments)
        shift = (1 << 20) - 36_000
        for table in ("entries", "postings"):
            made.owner.execute(f"UPDATE ledger.{table} SET position = position + {shift}")
        made.owner.execute(
            "UPDATE eventstore.events SET notification_id = notification_id + %s", (shift,)
        )
        made.owner.execute("DELETE FROM ledger.totals; DELETE FROM ledger.period_totals")
        made.count(0, 40_000 + shift)
        grains = "SELECT DISTINCT grain FROM ledger.totals ORDER BY 1"
        assert made.owner.execute(grains).fetchall() == [(1,), (2,), (3,)]
        for days in (-30, 0, 1, 2, 15, 27, 28):
            at = BEGIN + timedelta(days=days)
            assert made.totalled(at, None) == made.plain(at, None)
        assert made.found() == []


def test_a_trial_balance_at_a_moment_is_the_sum_of_postings(history: History) -> None:
    for days in (-1, 0, 1.5, 3.2):
        at, known = BEGIN + timedelta(days=days), BEGIN + timedelta(days=2)
        found = trial_balance(history.store, at=at, as_known_at=known)
        assert {row.account: row.balance_minor for row in found.rows} == history.plain(at, known)
        assert found.balanced
    (bank,) = trial_balance(history.store, at=at, prefix="ba").rows
    assert bank.balance_minor == history.plain(at, None)["bank"]


def test_what_is_not_counted_yet_is_read_from_the_postings(history: History) -> None:
    assert history.totalled(None, None) == history.plain(None, None)
    counted = history.owner.execute("SELECT ledger.counted_position()").fetchone()
    assert counted == (4_096,)


def test_totals_are_counted_again_from_nothing(history: History) -> None:
    reports: list[tuple[int, int]] = []
    history.owner.execute(
        "UPDATE ledger.totals SET amount_minor = amount_minor + 1 WHERE grain = 1"
    )
    assert history.totalled(BEGIN + timedelta(days=2), None) != history.plain(
        BEGIN + timedelta(days=2), None
    )
    assert totals.rebuild(history.store, progress=lambda *done: reports.append(done)) == 5_000
    assert reports == [(5_000, 5_000)]
    assert history.found() == []
    assert history.totalled(BEGIN + timedelta(days=2), None) == history.plain(
        BEGIN + timedelta(days=2), None
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger.totals SET amount_minor = 5 WHERE account_id = 1 AND block = 2 AND starts_at = (SELECT min(starts_at) FROM ledger.totals WHERE account_id = 1 AND block = 2)", "account bank USD: total of grain 1, block 2, from 2023"),  # noqa: E501
        ("DELETE FROM ledger.totals WHERE account_id = 2 AND block = 0", "missing, where"),
        ("INSERT INTO ledger.totals VALUES (3, 1, '2024-01-01Z', 0, 7)", "7, where the postings come to nothing"),  # noqa: E501
        ("UPDATE ledger.period_totals SET amount_minor = 5 WHERE account_id = 3 AND period = '2024-01'", "account rounding USD: total of period 2024-01: 5, where"),  # noqa: E501
    ],
    ids=["changed", "lost", "invented", "period"],
)  # fmt: skip
def test_a_total_that_is_not_its_postings_is_found(
    history: History, statement: str, said: str
) -> None:
    assert history.found() == []
    history.owner.execute(statement)
    assert said in history.found()[0]


# Lines --------------------------------------------------------------------------------------

_LINES = """
SELECT p.position, p.amount_minor
  FROM ledger.postings p JOIN ledger.entries n ON n.position = p.position
 WHERE p.account_id = 1 AND n.effective_at >= %s AND n.effective_at < %s
   AND n.booked_at <= coalesce(%s::timestamptz, 'infinity')
 ORDER BY n.effective_at, p.position
"""
BANK = ("bank", "USD")


@pytest.mark.parametrize("known_after_days", [None, 2])
@pytest.mark.parametrize(("since", "until"), [(-40, 20), (0, 1), (0.4, 0.41), (3.2, 3.6)])
def test_lines_lead_from_the_opening_to_the_closing(
    history: History, since: float, until: float, known_after_days: int | None
) -> None:
    asked = TimeRange(BEGIN + timedelta(days=since), BEGIN + timedelta(days=until))
    known = None if known_after_days is None else BEGIN + timedelta(days=known_after_days)
    expected = history.owner.execute(_LINES, (asked.since, asked.until, known)).fetchall()
    page = account_lines(history.store, BANK, asked, limit=37, as_known_at=known)
    lines, balance = list(page.lines), page.opening_minor
    while page.following:
        page = account_lines(
            history.store, BANK, asked, limit=37, as_known_at=known, after=page.following
        )
        lines += page.lines
    assert [(line.position, line.amount_minor) for line in lines] == expected
    for line in lines:
        balance += line.amount_minor
        assert line.balance_minor == balance
    assert balance == page.closing_minor


def test_lines_are_refused_for_no_account_and_for_no_place(history: History) -> None:
    asked = TimeRange(BEGIN, BEGIN + timedelta(days=1))
    with pytest.raises(AccountNotFound, match="has never been used in EUR"):
        account_lines(history.store, ("bank", "EUR"), asked, limit=5)
    for place in (
        "42",
        "2024-01-30T22:00:00_5",
        "2024-01-30T22:00:00Z_x",
        "2024-01-30T22:00:00Z_0",
    ):
        with pytest.raises(PlaceInvalid):
            account_lines(history.store, BANK, asked, limit=5, after=place)
