"""The book, replayed: what today's rules post from each event, against what stands in the ledger.

Entries and postings are rebuilt a page of events at a time in temporary tables, compared there
row by row, and make room for the next page. What outlives a page are the accounts, with the sums
of all that was posted to them, and the totals by time.
"""

from collections.abc import Iterable, Sequence

from eventstore.envelope import Recorded
from mywork.assurance.comparing import Comparison
from mywork.assurance.totals import ReplayedTotals
from mywork.domain.errors import AccountNotFound, MyWorkError
from mywork.domain.period.months import Period
from mywork.ledger.accounts import chart_row
from mywork.ledger.book import AccountKey
from mywork.ledger.differences import Compared
from mywork.ledger.findings import Cursor
from mywork.ledger.periods.periods import closing_of, period_of
from mywork.ledger.rules.posting import post

ACCOUNTS, CLOSINGS = "ledger.accounts", "ledger.closings"
ENTRIES, POSTINGS = "ledger.entries", "ledger.postings"

_TABLES = """
CREATE TEMP TABLE replayed_entries (
    position bigint, effective_at timestamptz, booked_at timestamptz, period text, size smallint);
CREATE TEMP TABLE replayed_postings (
    position bigint, line smallint, account text, currency text, amount_minor bigint,
    object_id text);
CREATE TEMP TABLE replayed_accounts (
    code text, currency text, kind text, bound_sign smallint, balance_minor bigint);
CREATE TEMP TABLE replayed_closings (position bigint, first_open text, checked_position bigint);
"""
_WITHIN = "position > %(after)s AND position <= %(until)s"
_LIVE_ENTRIES = f"""
SELECT position, effective_at, booked_at, period, size FROM ledger.entries WHERE {_WITHIN}
"""
_LIVE_POSTINGS = f"""
SELECT p.position, p.line, a.code AS account, p.currency, p.amount_minor, p.object_id
  FROM ledger.postings p LEFT JOIN ledger.accounts a ON a.id = p.account_id
 WHERE {_WITHIN}
"""
_LIVE_ACCOUNTS = "SELECT code, currency, kind, bound_sign, balance_minor FROM ledger.accounts"
_LIVE_CLOSINGS = "SELECT position, first_open, checked_position FROM ledger.closings"
_ALL_CODES = "SELECT code, currency FROM ledger.accounts"
_LAST = 2**63 - 1  # beyond every position
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class ReplayedBook:
    """Feed it every page, then `finish`."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._position = 0
        self._rows = {ENTRIES: 0, POSTINGS: 0}
        self._sums: dict[AccountKey, int] = {}
        self._first_open: Period | None = None
        self._refused: dict[str, str] = {}  # entries for which a rule finds no balanced postings
        self._closings: list[str] = []
        self._entries = Comparison(
            ENTRIES,
            _LIVE_ENTRIES,
            "TABLE replayed_entries",
            key=("position",),
            columns=("effective_at", "booked_at", "period", "size"),
        )
        self._postings = Comparison(
            POSTINGS,
            _LIVE_POSTINGS,
            "TABLE replayed_postings",
            key=("position", "line"),
            columns=("account", "currency", "amount_minor", "object_id"),
        )
        cursor.execute(_TABLES)
        self._totals = ReplayedTotals(cursor)

    def apply(self, page: Sequence[Recorded], until: int) -> None:
        """Post the events up to a position and compare; between them is nothing but they."""
        entries: list[str] = []
        postings: list[str] = []
        for recorded in page:
            self._post(recorded, entries, postings)
            self._close(recorded)
        _copy(self._cursor, "replayed_entries", entries)
        _copy(self._cursor, "replayed_postings", postings)
        self._totals.count(self._position)
        self._compare(until)
        self._rows[ENTRIES] += len(entries)
        self._rows[POSTINGS] += len(postings)

    def finish(self) -> list[Compared]:
        """Compare what lies behind the last event, and what outlives a page."""
        reached = self._position
        self._compare(_LAST)
        accounts = Comparison(
            ACCOUNTS,
            _LIVE_ACCOUNTS,
            "TABLE replayed_accounts",
            key=("code", "currency"),
            columns=("kind", "bound_sign", "balance_minor"),
        )
        closings = Comparison(
            CLOSINGS,
            _LIVE_CLOSINGS,
            "TABLE replayed_closings",
            key=("position",),
            columns=("first_open", "checked_position"),
        )
        rows = self._account_rows()
        _copy(self._cursor, "replayed_accounts", rows)
        _copy(self._cursor, "replayed_closings", self._closings)
        accounts.compare(self._cursor)
        closings.compare(self._cursor)
        return [
            accounts.result(reached, len(rows)),
            closings.result(reached, len(self._closings)),
            self._entries.result(reached, self._rows[ENTRIES]),
            self._postings.result(reached, self._rows[POSTINGS]),
            *self._totals.finish(),
        ]

    def _post(self, recorded: Recorded, entries: list[str], postings: list[str]) -> None:
        try:
            entry = post(recorded.event)
        except MyWorkError as error:
            self._refused[str(recorded.position)] = f"cannot be posted from its event: {error}"
            return
        if entry is None:
            return
        position, effective_at = recorded.position, recorded.metadata.effective_at
        entries.append(
            f"{position}\t{effective_at.isoformat()}\t{recorded.recorded_at.isoformat()}"
            f"\t{period_of(effective_at, self._first_open)}\t{len(entry.postings)}\n"
        )
        sums = self._sums
        for number, line in enumerate(entry.postings, start=1):
            key = line.account, line.currency
            sums[key] = sums.get(key, 0) + line.amount_minor
            postings.append(
                f"{position}\t{number}\t{_field(line.account)}\t{line.currency}"
                f"\t{line.amount_minor}\t{_field(line.object_id)}\n"
            )

    def _close(self, recorded: Recorded) -> None:
        closing = closing_of(0, recorded.event)
        if closing is not None:
            checked = "" if closing.checked_position is None else closing.checked_position
            self._closings.append(f"{recorded.position}\t{closing.first_open}\t{checked}\n")
            self._first_open = closing.first_open

    def _compare(self, until: int) -> None:
        limits = {"after": self._position, "until": until}
        self._entries.compare(self._cursor, limits, self._refused)
        self._postings.compare(self._cursor, limits)
        self._cursor.execute("TRUNCATE replayed_entries, replayed_postings")
        self._position = until

    def _account_rows(self) -> list[str]:
        """Every account that was posted to, and those that were opened and never used."""
        opened = dict.fromkeys(self._cursor.execute(_ALL_CODES).fetchall(), 0)
        rows = []
        for (code, currency), balance_minor in (opened | self._sums).items():
            try:
                row = chart_row(code)
            except AccountNotFound:
                continue  # outside the chart: no event can have posted to it
            rows.append(
                f"{_field(code)}\t{currency}\t{row.kind}\t{row.bound_sign}\t{balance_minor}\n"
            )
        return rows


def _copy(cursor: Cursor, table: str, lines: Iterable[str]) -> None:
    """COPY lines of fields; an empty field is NULL."""
    with cursor.copy(f"COPY {table} FROM STDIN (NULL '')") as copy:
        copy.write("".join(lines))


def _field(text: str) -> str:
    """A text as COPY takes it, whatever is in it."""
    return text.translate(_ESCAPES)
