"""History from zero gives the same book to the cent, whatever prices and fees are today."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from machine.town import Town
from machine.walk import Walker, come_to_rest, steps

from eventstore.catalogue import Catalogue
from eventstore.envelope import NewEvent, Recorded
from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.domain import fees
from mywork.domain.catalogue import EVENTS
from mywork.domain.identifiers import UserId
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.domain.period.messages import ClosePeriod
from mywork.domain.period.months import ends_at, following
from mywork.ledger.book import Book, Page
from mywork.ledger.periods.periods import closing_of, first_open_after, period_of
from mywork.ledger.rules.posting import post

STEPS = 1_000
Databases = Callable[[], AbstractContextManager[str]]
_BOOK = """
SELECT p.position, p.line, a.code, p.currency, p.amount_minor, p.object_id,
       n.effective_at, n.booked_at, n.period
  FROM ledger.postings p
  JOIN ledger.accounts a ON a.id = p.account_id
  JOIN ledger.entries n ON n.position = p.position
 ORDER BY p.position, p.line
"""
_BALANCES = """
SELECT code, currency, balance_minor FROM ledger.accounts WHERE balance_minor <> 0 ORDER BY 1, 2
"""


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    """A marketplace that has lived through a thousand steps, and closed its months meanwhile."""
    with closing(Town(database_url, seed=2)) as town:
        walker, life = Walker(town), list(steps(2, STEPS))
        for step in life:
            walker.step(step)
            close_what_is_over(town)
        yield town


def close_what_is_over(town: Town) -> None:
    """Without a checklist, which is not what is tested here: every month before the present."""
    now = town.core.outside.clock.now()
    ((first,),) = rows(
        town.core.store, "SELECT coalesce(min(period), '9998-12') FROM ledger.entries"
    )
    month = town.core.closing_periods.periods().next_to_close(first)
    while ends_at(month) <= now:
        checked = town.core.store.head()
        command = ClosePeriod(month, first, (), checked, UserId("user_fin"), now)
        town.core.handler.handle(envelope(command, actor="user_fin"))
        month = following(month)


def history(store: EventStore) -> list[Recorded]:
    return store.page(0, 100_000)


def rows(store: EventStore, query: str) -> list[tuple[Any, ...]]:
    with store.connection() as connection:
        return connection.execute(query).fetchall()


def replayed(events: list[Recorded], store: EventStore) -> None:
    """Append a history again, each event with its own times, and write its book anew."""
    book = Book(store)
    for recorded in events:
        entry, moved = post(recorded.event), closing_of(0, recorded.event)
        pages = [Page(0, recorded.metadata.effective_at, entry)] if entry else []
        book.open_accounts(pages)
        store.append(
            [NewEvent(recorded.stream, recorded.version, recorded.event, recorded.metadata)],
            alongside=partial(book.write, pages=pages, closings=[moved] if moved else []),
            recorded_at=recorded.recorded_at,
        )


def change_fees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's schedules take half of everything."""
    for currency, schedule in list(fees.SCHEDULES.items()):
        name = f"{currency.lower()}-2027-1"
        changed = replace(schedule, id=name, commission_basis_points=5_000)
        monkeypatch.setitem(fees.SCHEDULES, currency, changed)


def test_history_replayed_from_zero_gives_the_same_book(
    town: Town, fresh_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the fees of today are others: what was decided stands in the events."""
    lived = town.core.store
    change_fees(monkeypatch)
    with fresh_databases() as url, EventStore(url, Catalogue(EVENTS)) as anew:
        replayed(history(lived), anew)
        assert history(anew) == history(lived)
        assert rows(anew, _BOOK) == rows(lived, _BOOK)
        assert rows(anew, _BALANCES) == rows(lived, _BALANCES)
    assert len(rows(lived, _BOOK)) > 500
    late = "SELECT FROM ledger.entries WHERE period > ledger.period_of(effective_at, NULL)"
    assert rows(lived, late)


def test_the_pure_rule_gives_every_entry_the_period_that_the_book_has(town: Town) -> None:
    first_open, found = None, []
    for recorded in history(town.core.store):
        if post(recorded.event) is not None:
            found.append((recorded.position, period_of(recorded.metadata.effective_at, first_open)))
        first_open = first_open_after(recorded.event, first_open)
    query = "SELECT position, period FROM ledger.entries ORDER BY position"
    assert found == rows(town.core.store, query)


def test_a_fee_schedule_changed_today_changes_no_past_entry_and_every_later_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, head = rows(town.core.store, _BOOK), town.core.store.head()
    change_fees(monkeypatch)
    place(town)
    come_to_rest(town)
    after = rows(town.core.store, _BOOK)
    assert after[: len(before)] == before
    assert town.core.store.head() > head
    placed = [r.event for r in history(town.core.store) if isinstance(r.event, OrderPlaced)]
    assert placed[-1].fee_schedule.endswith("-2027-1")
    assert placed[-1].commission_minor * 2 == placed[-1].price_minor
    assert {event.fee_schedule[-6:] for event in placed[:-1]} == {"2026-1"}


def place(town: Town) -> None:
    offered = next(p for p in town.products.values() if p.price and not p.price % 2)
    town.core.buying.place(UserId("user_late"), offered.id, "standard", request_id="late")
