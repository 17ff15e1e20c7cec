"""For any history: statement = ledger = payout lines = yearly totals; a replay states the same.

Random lives, their months closed as they pass, reopened now and then, and closed again.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from machine.town import Town
from machine.walk import Walker, steps
from test_replay_book import close_what_is_over, replayed, rows

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.documents.statements import Letterhead, statement_of
from mywork.domain.catalogue import EVENTS
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.payout.reversal_messages import TransferReversed
from mywork.domain.payout.transfer_messages import PayoutSent
from mywork.domain.period.messages import ApproveReopening, ProposeReopening
from mywork.domain.period.months import Period, following
from mywork.domain.streams import payouts_owner
from mywork.ledger.statements.statement import STAGES, Statement, period_statement, statement
from mywork.ledger.statements.tax_summary import by_quarter, by_year, tax_summary
from mywork.ledger.statements.totals import difference, owed, payouts, totals
from mywork.ledger.time_range import TimeRange
from mywork.rendering.statement_pdf import statement_pdf

STEPS = 700
Databases = Callable[[], AbstractContextManager[str]]
OWNERS = """
SELECT DISTINCT owner, currency FROM ledger.accounts WHERE owner IS NOT NULL ORDER BY 1, 2
"""
BALANCES = """
SELECT split_part(code, ':', 3), -balance_minor FROM ledger.accounts
 WHERE owner = '{}' AND currency = '{}'
"""


@pytest.fixture(scope="module", params=[12, 2])
def town(request: pytest.FixtureRequest, fresh_databases: Databases) -> Iterator[Town]:
    with fresh_databases() as url, closing(Town(url, seed=request.param)) as town:
        live(town, request.param)
        yield town


def live(town: Town, seed: int) -> None:
    walker, chance = Walker(town), Random(seed)
    for step in steps(seed, STEPS):
        walker.step(step)
        if chance.random() < 0.5:
            close_what_is_over(town)
        if chance.random() < 0.02:
            reopen_the_last(town)
    close_what_is_over(town)


def reopen_the_last(town: Town) -> None:
    month = town.core.closing_periods.periods().closed_through
    if month is None or month < "2026-11":
        return
    fin, boss, now = UserId("user_fin"), UserId("user_boss"), town.core.outside.clock.now()
    propose = ProposeReopening(month, "a mistake", fin, now)
    approve = ApproveReopening(month, boss, now)
    for command in (propose, approve):
        town.core.handler.handle(envelope(command, actor="test"))


def owners(store: EventStore) -> list[tuple[SellerId, str]]:
    return [(SellerId(UserId(owner)), currency) for owner, currency in rows(store, OWNERS)]


def months(store: EventStore) -> list[Period]:
    ((first, last),) = rows(store, "SELECT min(period), max(period) FROM ledger.entries")
    found = [Period(first)]
    while found[-1] < last:
        found.append(following(found[-1]))
    return found


def versions(town: Town) -> Iterator[tuple[Period, int]]:
    for month, count in town.core.closing_periods.periods().versions.items():
        yield from ((month, version) for version in range(1, count + 1))


def balances(store: EventStore, seller_id: SellerId, currency: str) -> dict[str, int]:
    return dict.fromkeys(STAGES, 0) | dict(rows(store, BALANCES.format(seller_id, currency)))


def test_statements_are_the_ledger_and_lead_from_month_to_month(town: Town) -> None:
    store, lines = town.core.store, 0
    for of in owners(store):
        found = [period_statement(store, *of, month) for month in months(store)]
        for stated in found:
            moved = sum(total.amount_minor for total in totals(stated))
            assert owed(stated.opening) + moved == owed(stated.closing)
            assert not stated.lines or stated.lines[-1].balance_minor == owed(stated.closing)
        assert owed(found[0].opening) == 0
        assert all(one.closing == two.opening for one, two in pairwise(found))
        assert found[-1].closing == balances(store, *of)
        ever = TimeRange(found[0].time_range.since, found[-1].time_range.until)
        by_date = statement(store, *of, ever)
        assert by_date.closing == found[-1].closing
        assert Counter(map(key, by_date.lines)) == Counter(
            key(line) for stated in found for line in stated.lines
        )
        lines += len(by_date.lines)
    assert lines > 100


def key(line: Any) -> tuple[Any, ...]:
    return line.effective_at, line.event, line.words, tuple(sorted(line.moves.items()))


def test_payouts_stated_are_the_payouts_that_were_sent(town: Town) -> None:
    store = town.core.store
    sent: Counter[tuple[str, str]] = Counter()
    for recorded in store.page(0, 100_000):
        match recorded.event:
            case PayoutSent(amount_minor=amount_minor):
                sent[payouts_owner(recorded.stream)] += amount_minor
            case TransferReversed(amount_minor=amount_minor):
                sent[payouts_owner(recorded.stream)] -= amount_minor
            case _:
                pass
    stated: Counter[tuple[str, str]] = Counter()
    for of in owners(store):
        for month in months(store):
            lines = payouts(period_statement(store, *of, month))
            stated[of] -= sum(line.amount_minor for line in lines)
    assert {of: minor for of, minor in stated.items() if minor} == {
        of: minor for of, minor in sent.items() if minor
    }
    assert sum(sent.values()) > 0


def test_a_years_totals_are_the_sum_of_its_statements(town: Town) -> None:
    store = town.core.store
    years = {int(month[:4]) for month in months(store)}
    monthly = [row for year in years for row in tax_summary(store, year)]
    found = {(row.seller_id, row.span, row.currency): row for row in monthly}
    for of in owners(store):
        for month in months(store):
            stated = period_statement(store, *of, month)
            row = found.pop((of[0], month, of[1]), None)
            change, paid = owed(stated.closing) - owed(stated.opening), payouts(stated)
            assert (row.earned_minor - row.payouts_minor if row else 0) == change
            assert (row.payouts_minor if row else 0) == -sum(line.amount_minor for line in paid)
            sold = [line for line in stated.lines if line.event.startswith("order.paid.")]
            assert (row.sales if row else 0) == len(sold)
    assert not found
    assert sum(row.sales_minor for row in monthly) > 0
    for grouped in (by_quarter(monthly), by_year(monthly)):
        assert sum(row.sales_minor for row in grouped) == sum(row.sales_minor for row in monthly)
        assert sum(row.payouts for row in grouped) == sum(row.payouts for row in monthly)
    for seller_id in {seller_id for seller_id, _ in owners(store)}:
        for year in years:
            own = [row for row in tax_summary(store, year) if row.seller_id == seller_id]
            assert tax_summary(store, year, seller_id) == own


def editions(store: EventStore, town: Town) -> list[tuple[Statement, bytes]]:
    """Every version of every month, and what is a statement now, with the bytes of its PDF."""
    asked = [*versions(town), *((month, None) for month in months(store))]
    found = []
    for of in owners(store):
        for month, version in asked:
            stated = period_statement(store, *of, month, version=version)
            found.append((stated, statement_pdf(statement_of(stated), Letterhead("MyWork", of[0]))))
    return found


def test_a_replay_from_zero_states_the_same_to_the_byte(
    town: Town, fresh_databases: Databases
) -> None:
    lived = town.core.store
    with fresh_databases() as url, EventStore(url, Catalogue(EVENTS)) as anew:
        replayed(lived.page(0, 100_000), anew)
        assert editions(anew, town) == editions(lived, town)
    assert any(version > 1 for _, version in versions(town))


def test_the_versions_of_a_month_differ_by_what_came_in_between(town: Town) -> None:
    store = town.core.store
    for of in owners(store):
        for month, version in versions(town):
            if version == 1:
                continue
            older, newer = (
                period_statement(store, *of, month, version=number)
                for number in (version - 1, version)
            )
            found = difference(older, newer)
            assert found.removed == ()
            added = sum(line.amount_minor for line in found.added)
            assert found.opening_minor + added == found.closing_minor
