"""What if: a month's orders under other terms, against the books, which stay as they are."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from typing import Any

import pytest
from machine.town import Town
from machine.walk import Walker, steps

from eventstore.envelope import Recorded
from mywork.application.usecases.what_if import what_if
from mywork.documents.what_if import WhatIf
from mywork.domain.errors import FeeScheduleInvalid
from mywork.domain.fee_changes import parse_expression
from mywork.domain.order.sale_decisions import HOLD
from mywork.domain.order.settlement_messages import FundsReleased
from mywork.domain.order.simulation import Dated, OtherTerms, simulate
from mywork.domain.period.months import Period, preceding
from mywork.ledger.rules.posting import post

Databases = Callable[[], AbstractContextManager[str]]
STEPS = 1_500
ACTUAL = "commission=10%,processing=2.9%,USD.fixed=0.30,EUR.fixed=0.25,GBP.fixed=0.20"
_BOOKS = """
SELECT p.currency,
       CASE WHEN a.code LIKE 'seller:%%' THEN 'sellers' ELSE a.code END,
       -sum(p.amount_minor)::bigint
  FROM ledger.postings p JOIN ledger.accounts a ON a.id = p.account_id
  JOIN eventstore.events e ON e.notification_id = p.position
 WHERE e.originator_id IN (
       SELECT o.originator_id FROM eventstore.events o
         JOIN ledger.entries n ON n.position = o.notification_id
        WHERE starts_with(o.topic, 'order.paid.') AND n.period = %s)
   AND (a.code LIKE 'seller:%%' OR a.code LIKE 'revenue:%%' OR a.code LIKE 'recovery:%%')
 GROUP BY 1, 2
"""


@pytest.fixture(scope="module")
def town(fresh_databases: Databases) -> Iterator[Town]:
    """A marketplace that has lived through refunds, disputes, conversions and payouts."""
    with fresh_databases() as url, closing(Town(url, seed=5)) as town:
        Walker(town).play(steps(5, STEPS))
        yield town


def lives(town: Town) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for recorded in town.core.store.page(0, 100_000):
        if recorded.stream.startswith("order-"):
            found.setdefault(recorded.stream, []).append(recorded)
    return found


def dated(life: list[Recorded]) -> list[Dated]:
    return [(recorded.event, recorded.metadata.effective_at) for recorded in life]


def months(town: Town) -> list[Period]:
    query = "SELECT DISTINCT period FROM ledger.entries ORDER BY period"
    with town.core.store.connection() as connection:
        return [row[0] for row in connection.execute(query)]


def asked(town: Town, month: Period, terms: OtherTerms) -> WhatIf:
    return what_if(town.core.store, month, terms, now=town.core.outside.clock.now())


def books(town: Town, month: Period) -> dict[tuple[str, str], int]:
    with town.core.store.connection() as connection:
        rows = connection.execute(_BOOKS, (month,)).fetchall()
    return {(currency, account): minor for currency, account, minor in rows if minor}


def figures(found: WhatIf, side: str) -> dict[tuple[str, str], int]:
    named = {
        "revenue:commission": "commission_minor",
        "recovery:processing": "processing_minor",
        "recovery:dispute": "dispute_fees_minor",
        "sellers": "sellers_minor",
    }
    amounts = {
        (compared.currency, account): getattr(getattr(compared, side), figure)
        for compared in found.currencies
        for account, figure in named.items()
    }
    return {key: minor for key, minor in amounts.items() if minor}


def test_under_the_terms_of_then_the_very_events_of_then_are_decided(town: Town) -> None:
    now, kinds = town.core.outside.clock.now(), set()
    for stream, life in lives(town).items():
        assert simulate(dated(life), OtherTerms(), until=now) == dated(life), stream
        kinds |= {recorded.name for recorded in life}
    assert len(kinds) > 20


@pytest.mark.parametrize("terms", [OtherTerms(), OtherTerms(parse_expression(ACTUAL))])
def test_under_the_actual_schedule_it_equals_the_books_to_the_cent(
    town: Town, terms: OtherTerms
) -> None:
    orders = 0
    for month in months(town):
        found = asked(town, month, terms)
        assert figures(found, "actual") == books(town, month)
        assert figures(found, "hypothetical") == books(town, month)
        assert all(item.actual == item.hypothetical for item in found.sellers_most_affected)
        orders += found.orders
    assert orders > 30


def test_whatever_the_terms_every_entry_balances_and_stripe_sees_no_difference(town: Town) -> None:
    """Only who bears what changes: what moves at Stripe is the world's, not ours."""
    terms = OtherTerms(parse_expression("commission=25%,processing=0.5%"), timedelta(days=20))
    now = town.core.outside.clock.now()
    for stream, life in lives(town).items():
        assert at_stripe(simulate(dated(life), terms, until=now)) == at_stripe(dated(life)), stream


def at_stripe(life: list[Dated]) -> Counter[tuple[str, str]]:
    sums: Counter[tuple[str, str]] = Counter()
    for event, _ in life:
        found: Any = post(event)
        for line in found.postings if found else ():
            if line.account.startswith(("stripe:", "disputes:", "expense:")):
                sums[line.account, line.currency] += line.amount_minor
    return +sums


def test_a_higher_commission_moves_money_from_sellers_to_us(town: Town) -> None:
    month = months(town)[0]
    found = asked(town, month, OtherTerms(parse_expression("commission=20%")))
    for compared in found.currencies:
        assert compared.actual.gross_minor == compared.hypothetical.gross_minor
        assert compared.change.revenue_minor + compared.change.sellers_minor == 0
    assert any(compared.change.revenue_minor > 0 for compared in found.currencies)
    changes = [abs(item.change.sellers_minor) for item in found.sellers_most_affected]
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > 0


def test_fees_above_a_price_are_refused(town: Town) -> None:
    with pytest.raises(FeeScheduleInvalid, match="exceed a price"):
        asked(town, months(town)[0], OtherTerms(parse_expression("commission=100%")))


def test_a_longer_hold_pays_later_and_not_less(town: Town) -> None:
    totals: dict[int, int] = {}
    for days in (0, 7, 40):
        found = [
            asked(town, month, OtherTerms(hold=timedelta(days=days))) for month in months(town)
        ]
        for month in found:
            for compared in month.currencies:
                assert compared.hypothetical.sellers_minor == compared.actual.sellers_minor
        totals[days] = sum(c.hypothetical.payable_minor for m in found for c in m.currencies)
    assert totals[0] > totals[7] > totals[40]


def test_the_hold_of_then_releases_as_it_was_released_then(town: Town) -> None:
    """Where nothing came late; then a release may stand at another place among the events."""
    now, same = town.core.outside.clock.now(), 0
    for life in lives(town).values():
        again = simulate(dated(life), OtherTerms(hold=HOLD), until=now)
        mine = [(event, at) for event, at in again if isinstance(event, FundsReleased)]
        theirs = [(event, at) for event, at in dated(life) if isinstance(event, FundsReleased)]
        same += bool(mine) and mine == theirs
    assert same > 20


def test_nothing_is_written(town: Town) -> None:
    store = town.core.store
    query = """
        SELECT count(*), max(p.position), sum(abs(p.amount_minor)),
               (SELECT sum(abs(balance_minor)) FROM ledger.accounts) FROM ledger.postings p"""

    def stands() -> list[Any]:
        with store.connection() as connection:
            return [store.head(), *connection.execute(query).fetchall()]

    before = stands()
    asked(town, months(town)[0], OtherTerms(parse_expression("commission=1%"), timedelta(days=1)))
    assert stands() == before


def test_progress_is_told(town: Town) -> None:
    told: list[tuple[int, int]] = []
    month, now = months(town)[0], town.core.outside.clock.now()
    found = what_if(
        town.core.store, month, OtherTerms(), now=now, progress=lambda *done: told.append(done)
    )
    assert told[-1] == (found.orders, found.orders)
    empty = asked(town, preceding(month), OtherTerms())
    assert (empty.orders, empty.currencies, empty.sellers_most_affected) == (0, (), ())
