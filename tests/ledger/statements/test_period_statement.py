"""A month's statement: opening + lines = closing by the entries' period, in versions."""

from datetime import UTC, datetime, timedelta

import pytest
from closing import DECEMBER, NOVEMBER, close, reopen
from shop import ADA, Shop

from mywork.domain.errors import CurrencyUnsupported, VersionNotFound
from mywork.domain.period.months import Period
from mywork.ledger.statements.statement import Statement, period_statement
from mywork.ledger.statements.totals import difference, owed, payouts, totals


def of_ada(shop: Shop, month: Period = NOVEMBER, version: int | None = None) -> Statement:
    return period_statement(shop.core.store, ADA, "USD", month, version=version)


def lines(found: Statement) -> list[tuple[str, int]]:
    return [(line.event, line.amount_minor) for line in found.lines]


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.release("1")
    return shop


def test_an_open_month_is_stated_as_it_is_now(sold: Shop) -> None:
    found = of_ada(sold)
    assert found.edition is not None
    assert (found.edition.version, found.edition.closed_at) == (0, None)
    assert lines(found) == [("order.paid.v1", 26_013), ("order.funds_released.v1", 0)]
    assert of_ada(sold, DECEMBER).opening == found.closing


def test_what_comes_late_is_on_the_next_statement_with_its_own_date(sold: Shop) -> None:
    sold.place("2")
    paid = sold.paying("2")
    close(sold)
    before = of_ada(sold)
    sold.handle(paid)
    assert of_ada(sold) == before
    december = of_ada(sold, DECEMBER)
    assert lines(december) == [("order.paid.v1", 26_013)]
    assert december.lines[0].effective_at < december.time_range.since
    assert december.opening == before.closing


def test_a_closed_month_never_changes_and_each_closing_is_a_version(sold: Shop) -> None:
    sold.place("2")
    paid = sold.paying("2")
    close(sold)
    first = of_ada(sold)
    reopen(sold)
    assert of_ada(sold).edition == of_ada(sold, version=0).edition
    sold.handle(paid)
    provisional = of_ada(sold)
    sold.clock.advance(days=20)
    close(sold)
    second = of_ada(sold)
    assert first.edition is not None
    assert second.edition is not None
    assert (first.edition.version, second.edition.version) == (1, 2)
    assert of_ada(sold, version=1) == first
    assert (provisional.lines, provisional.closing) == (second.lines, second.closing)
    assert owed(second.closing) - owed(first.closing) == 26_013


def test_two_versions_differ_by_what_came_in_between(sold: Shop) -> None:
    sold.place("2")
    paid = sold.paying("2")
    close(sold)
    reopen(sold)
    sold.handle(paid)
    close(sold)
    found = difference(of_ada(sold, version=1), of_ada(sold))
    assert [(line.event, line.words.reference) for line in found.added] == [
        ("order.paid.v1", "MW-2026-2")
    ]
    assert (found.removed, found.opening_minor, found.closing_minor) == ((), 0, 26_013)
    back = difference(of_ada(sold), of_ada(sold, version=1))
    assert (len(back.removed), back.added, back.closing_minor) == (1, (), -26_013)
    same = difference(of_ada(sold), of_ada(sold))
    assert (same.added, same.removed) == ((), ())


def test_a_restated_month_changes_what_the_next_one_opens_with(sold: Shop) -> None:
    sold.place("2")
    paid = sold.paying("2")
    close(sold)
    close(sold, DECEMBER)
    for month in (DECEMBER, NOVEMBER):
        reopen(sold, month)
    sold.handle(paid)
    for month in (NOVEMBER, DECEMBER):
        close(sold, month)
    found = difference(of_ada(sold, DECEMBER, 1), of_ada(sold, DECEMBER, 2))
    assert (found.added, found.opening_minor, found.closing_minor) == ((), 26_013, 26_013)


def test_a_version_that_is_not_there_is_refused(sold: Shop) -> None:
    with pytest.raises(VersionNotFound, match="closed 0 times"):
        of_ada(sold, version=1)
    close(sold)
    with pytest.raises(VersionNotFound, match="closed 1 times: no version 2"):
        of_ada(sold, version=2)
    with pytest.raises(CurrencyUnsupported):
        period_statement(sold.core.store, ADA, "XXX", NOVEMBER)


def test_totals_by_kind_lead_from_opening_to_closing(sold: Shop) -> None:
    sold.onboard()
    sold.pay_out()
    sold.refund("1")
    found = of_ada(sold)
    amounts = {total.kind: (total.count, total.amount_minor) for total in totals(found)}
    assert amounts == {"sales": (1, 26_013), "refunds": (1, -26_910), "payouts": (1, -26_013)}
    moved = sum(total.amount_minor for total in totals(found))
    assert owed(found.opening) + moved == owed(found.closing) == -26_910
    assert [line.amount_minor for line in payouts(found)] == [-26_013]


def test_the_time_of_a_closing_is_when_it_was_recorded(sold: Shop) -> None:
    sold.clock.time = datetime(2026, 12, 3, tzinfo=UTC) + timedelta(hours=9)
    close(sold)
    edition = of_ada(sold).edition
    assert edition is not None
    assert edition.closed_at == sold.clock.now()
