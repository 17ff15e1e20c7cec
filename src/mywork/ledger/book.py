"""The book: writes entries in their events' own transaction and reads balances.

Writers are already in a queue behind the append lock, so hot accounts (commission, uncleared)
cost one row update for each batch, whatever its size, and can never deadlock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventstore import arrays
from eventstore.errors import ConstraintBroken
from eventstore.recorder import AppendCursor
from eventstore.store import EventStore
from mywork.domain.accounts import stage_in_sql
from mywork.domain.errors import Conflict, InsufficientFunds, MyWorkError
from mywork.domain.identifiers import SellerId
from mywork.ledger import code_versions
from mywork.ledger.accounts import chart_row
from mywork.ledger.entry import Entry
from mywork.ledger.periods.periods import Closing
from mywork.ledger.totals import balances_at

AccountKey = tuple[str, str]  # code, currency

_OPEN_ACCOUNTS = """
INSERT INTO ledger.accounts (code, currency, kind, bound_sign)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::smallint[])
ON CONFLICT DO NOTHING
"""
_FIND_ACCOUNTS = """
SELECT a.code, a.currency, a.id FROM ledger.accounts a
  JOIN unnest(%s::text[], %s::text[]) AS wanted(code, currency) USING (code, currency)
"""
_WRITE_ENTRIES = """
INSERT INTO ledger.entries (position, effective_at, booked_at, period, size, code_version)
SELECT new.position, new.effective_at, e.recorded_at,
       ledger.period_of(new.effective_at, (
           SELECT first_open FROM ledger.closings ORDER BY position DESC LIMIT 1
       )), new.size, %s::smallint
  FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[]) AS new(position, effective_at, size)
  JOIN eventstore.events e ON e.notification_id = new.position
"""
_WRITE_POSTINGS = """
INSERT INTO ledger.postings (position, line, account_id, currency, amount_minor, object_id)
SELECT position, line, account_id, currency, amount_minor, nullif(object_id, '')
  FROM unnest(%s::bigint[], %s::smallint[], %s::integer[], %s::text[], %s::bigint[], %s::text[])
       AS new(position, line, account_id, currency, amount_minor, object_id)
"""
_WRITE_CLOSING = """
INSERT INTO ledger.closings (position, first_open, checked_position) VALUES (%s, %s, %s)
"""
_REQUIRE_NOT_NEGATIVE = "SELECT ledger.require_not_negative(%s)"
_BALANCES = """
SELECT a.code, a.currency, a.balance_minor FROM ledger.accounts a
  JOIN unnest(%s::text[], %s::text[]) AS wanted(code, currency) USING (code, currency)
"""
_ACCOUNT_ID = "SELECT id FROM ledger.accounts WHERE code = %s AND currency = %s"
_OWNERS_WITH_BALANCE = f"""
SELECT DISTINCT owner, currency FROM ledger.accounts
 WHERE owner IS NOT NULL AND balance_minor <> 0 AND {stage_in_sql()} = ANY(%s)
 ORDER BY owner, currency
"""
_STREAMS_OF_OBJECTS = """
SELECT DISTINCT ON (p.object_id) p.object_id, e.originator_id
  FROM ledger.postings p JOIN eventstore.events e ON e.notification_id = p.position
 WHERE p.object_id = ANY(%s) ORDER BY p.object_id, p.position
"""


@dataclass(frozen=True, slots=True)
class Page:
    """An entry with the index of its event in the append and the event's effective time."""

    index: int
    effective_at: datetime
    entry: Entry


class Book:
    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._account_ids: dict[AccountKey, int] = {}
        self._code_version = 0  # registered when the first entry is about to be written

    def open_accounts(self, pages: Iterable[Page]) -> None:
        """Make sure that every account of the entries exists, before the append begins.

        An account is not a fact: one that stays empty because the append failed is harmless. So
        is the version of this code, which is written down when it is about to post.
        """
        needed = {(line.account, line.currency) for page in pages for line in page.entry.postings}
        missing = sorted(needed - self._account_ids.keys())
        if not missing:
            return
        self._code_version = self._code_version or code_versions.register(self._store)
        codes, currencies = [code for code, _ in missing], [currency for _, currency in missing]
        rows = [chart_row(code) for code in codes]
        kinds, bounds = [row.kind for row in rows], [row.bound_sign for row in rows]
        with self._store.transaction() as cursor:
            cursor.execute(_OPEN_ACCOUNTS, (codes, currencies, kinds, bounds))
            cursor.execute(_FIND_ACCOUNTS, (codes, currencies))
            self._account_ids |= {(code, currency): id_ for code, currency, id_ in cursor}

    def write(
        self,
        cursor: AppendCursor,
        positions: Sequence[int],
        pages: Sequence[Page],
        closings: Sequence[Closing] = (),
    ) -> None:
        """Write the entries of the events just appended; no round trip, sent in the pipeline.

        What comes before a closing in the append belongs to the month that it closes still.
        """
        for closing in closings:
            self._write(cursor, positions, [p for p in pages if p.index < closing.index])
            pages = [page for page in pages if page.index > closing.index]
            moved = positions[closing.index], closing.first_open, closing.checked_position
            cursor.execute(_WRITE_CLOSING, moved)
        self._write(cursor, positions, pages)

    def _write(self, cursor: AppendCursor, positions: Sequence[int], pages: Sequence[Page]) -> None:
        if not pages:
            return
        entries = (
            self._code_version,
            arrays.integers(positions[page.index] for page in pages),
            arrays.texts(page.effective_at.isoformat() for page in pages),
            arrays.integers(len(page.entry.postings) for page in pages),
        )
        cursor.execute(_WRITE_ENTRIES, entries, prepare=True)
        cursor.execute(_WRITE_POSTINGS, self._columns(positions, pages), prepare=True)
        self._require_not_negative(cursor, pages)

    def _columns(self, positions: Sequence[int], pages: Sequence[Page]) -> tuple[str, ...]:
        ids = self._account_ids
        numbered = [
            (positions[page.index], number, line)
            for page in pages
            for number, line in enumerate(page.entry.postings, start=1)
        ]
        return (
            arrays.integers(position for position, _, _ in numbered),
            arrays.integers(number for _, number, _ in numbered),
            arrays.integers(ids[line.account, line.currency] for _, _, line in numbered),
            arrays.texts(line.currency for _, _, line in numbered),
            arrays.integers(line.amount_minor for _, _, line in numbered),
            arrays.texts(line.object_id for _, _, line in numbered),
        )

    def _require_not_negative(self, cursor: AppendCursor, pages: Sequence[Page]) -> None:
        required = [
            self._account_ids[account, page.entry.postings[0].currency]
            for page in pages
            for account in page.entry.not_negative
        ]
        if required:
            cursor.execute(_REQUIRE_NOT_NEGATIVE, (required,))

    def balances(self, keys: Sequence[AccountKey]) -> dict[AccountKey, int]:
        """Balances now, on each account's normal side, in minor units; 0 where unused."""
        balances = dict.fromkeys(keys, 0)
        if keys:
            columns = [code for code, _ in keys], [currency for _, currency in keys]
            with self._store.connection() as connection:
                for code, currency, amount_minor in connection.execute(_BALANCES, columns):
                    balances[code, currency] = amount_minor * chart_row(code).normal_sign
        return balances

    def balance_at(self, key: AccountKey, at: datetime, as_known_at: datetime | None = None) -> int:
        """The balance on the account's normal side at an effective time, as booked by another."""
        with self._store.connection() as connection:
            row = connection.execute(_ACCOUNT_ID, key).fetchone()
        if row is None:
            return 0
        found = balances_at(self._store, [row[0]], at=at, as_known_at=as_known_at)
        return found.get(row[0], 0) * chart_row(key[0]).normal_sign

    def owners_with_balance(self, *stages: str) -> list[tuple[SellerId, str]]:
        """Sellers and currencies with an account of these life stages that is not empty."""
        with self._store.connection() as connection:
            return connection.execute(_OWNERS_WITH_BALANCE, (list(stages),)).fetchall()

    def streams_of(self, object_ids: Sequence[str]) -> dict[str, str]:
        """For each Stripe object that any posting names, the stream that first named it."""
        with self._store.connection() as connection:
            return dict(connection.execute(_STREAMS_OF_OBJECTS, (list(object_ids),)).fetchall())


def refusal_of(broken: ConstraintBroken) -> MyWorkError | None:
    """The refusal that a constraint of the book means; None where it is a fault of ours."""
    if broken.constraint in {"accounts_within_bounds", "accounts_not_negative"}:
        return InsufficientFunds(f"an account would fall below its bound: {broken.detail}")
    if broken.constraint == "closings_checked":
        return Conflict(f"{broken.detail}: check the period again")
    return None
