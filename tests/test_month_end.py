"""A month's end through the sandbox: what keeps a month open, by name; what comes too late."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from lives import Lives
from marketplace import START, Marketplace

from mywork.application.commands import envelope
from mywork.application.usecases.closing_periods import ClosingPeriods
from mywork.domain.breaks.difference_messages import Evidence, Figures, FindDifference
from mywork.domain.breaks.explanation_messages import OpenBreak, ResolveBreak
from mywork.domain.errors import PeriodNotOver, PeriodNotReady
from mywork.domain.identifiers import BreakId, UserId
from mywork.domain.period.messages import Check, PeriodClosed, PeriodReopened
from mywork.domain.period.months import Period

NOVEMBER, DECEMBER = Period("2026-11"), Period("2026-12")
FIN, BOSS = UserId("user_fin"), UserId("user_boss")


def sell(marketplace: Marketplace) -> None:
    """One sale of November, settled, released and paid out."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()


@pytest.fixture
def sold(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, sell)
    return marketplace


def turn_to(marketplace: Marketplace, moment: datetime) -> None:
    marketplace.clock.freeze(moment)
    marketplace.settle()


def end_november(marketplace: Marketplace) -> None:
    turn_to(marketplace, datetime(2026, 12, 1, 9, tzinfo=UTC))


def close(marketplace: Marketplace, month: Period = NOVEMBER) -> None:
    marketplace.core.closing_periods.close(month, by=FIN)


def failing(marketplace: Marketplace, month: Period = NOVEMBER) -> dict[str, list[str]]:
    found = marketplace.core.closing_periods.checklist(month)
    return {
        check.name: [item.subject for item in check.failing]
        for check in found.checks
        if not check.passed
    }


def periods(marketplace: Marketplace, kind: str) -> list[tuple[str, str]]:
    """The month of an event's date, and the period of its entry."""
    query = """
        SELECT ledger.period_of(n.effective_at, NULL), n.period
          FROM ledger.entries n JOIN eventstore.events e ON e.notification_id = n.position
         WHERE starts_with(e.topic, %s) ORDER BY n.position"""
    with marketplace.core.store.connection() as connection:
        return connection.execute(query, (kind,)).fetchall()


def test_a_clean_month_is_closed_with_its_checklist(sold: Marketplace) -> None:
    with pytest.raises(PeriodNotOver, match="close it on 2026-12-01 or later"):
        close(sold)
    end_november(sold)
    assert failing(sold) == {}
    close(sold)
    (event,) = sold.events(PeriodClosed)
    assert (event.period, event.version, event.closed_by) == ("2026-11", 1, FIN)
    assert event.checked_position == sold.core.store.head() - 1
    examined = {check.name: check.examined for check in event.checks}
    assert all(check.passed for check in event.checks)
    assert set(examined) == {
        "suspense_empty",
        "fees_known",
        "facts_cleared",
        "trial_balance_balanced",
        "no_open_breaks",
        "projections_caught_up",
        "schedule_worked",
        "earlier_months_closed",
    }
    assert examined["fees_known"] == examined["facts_cleared"] >= 1
    assert sold.core.closing_periods.checklist(NOVEMBER).status == "closed"
    head = sold.core.store.head()
    close(sold)
    assert sold.core.store.head() == head


def test_an_order_whose_fee_is_not_known_is_named(sold: Marketplace) -> None:
    turn_to(sold, datetime(2026, 11, 30, 23, tzinfo=UTC))
    terms = sold.placed_order(sold.published_product())
    sold.pay(terms)
    sold.carry()
    sold.drain()
    sold.runner.catch_up()
    sold.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    head = sold.core.store.head()
    with pytest.raises(PeriodNotReady, match=f"{terms.order_number}: the fee is not known"):
        close(sold)
    assert sold.core.store.head() == head
    assert failing(sold)["fees_known"] == [terms.order_number]
    sold.settle()
    close(sold)


def unexplained(marketplace: Marketplace, at: datetime) -> OpenBreak:
    return OpenBreak(
        break_id=BreakId("txn_odd"),
        kind="unexplained_transaction",
        object_id="txn_odd",
        currency="USD",
        amount_minor=700,
        fee_minor=0,
        available_on=None,
        concerns="",
        detail="nobody knows",
        at=at,
    )


def test_a_break_and_money_in_suspense_are_named_until_explained(sold: Marketplace) -> None:
    handler = sold.core.handler
    handler.handle(envelope(unexplained(sold, START + timedelta(days=8)), actor="test"))
    end_november(sold)
    expected = {"suspense_empty": ["txn_odd"], "no_open_breaks": ["txn_odd"]}
    assert failing(sold) == expected
    with pytest.raises(PeriodNotReady, match=r"txn_odd: 7\.00 USD in suspense.*the break of 7\.00"):
        close(sold)
    now = sold.clock.now()
    explained = ResolveBreak(BreakId("txn_odd"), "capital", "the founder's money", now)
    handler.handle(envelope(explained, actor=FIN))
    sold.settle()
    close(sold)


def test_a_break_of_the_next_month_does_not_matter(sold: Marketplace) -> None:
    end_november(sold)
    sold.core.handler.handle(envelope(unexplained(sold, sold.clock.now()), actor="test"))
    sold.runner.catch_up()
    assert failing(sold) == {}
    assert failing(sold, DECEMBER)["no_open_breaks"] == ["txn_odd"]


@pytest.mark.parametrize(("day", "named"), [(30, ["missing-1"]), (None, [])])
def test_a_difference_found_later_is_of_the_month_in_which_it_arose(
    sold: Marketplace, day: int | None, named: list[str]
) -> None:
    end_november(sold)
    at = datetime(2026, 11, day, tzinfo=UTC) if day else sold.clock.now()
    found = FindDifference(
        break_id=BreakId("missing-1"),
        kind="missing_here",
        object_id="txn_unheard_of",
        transaction_id="txn_unheard_of",
        currency="USD",
        amount_minor=500,
        concerns="",
        detail="Stripe lists a transaction that is not in the books",
        evidence=Evidence("stripe", (), (), Figures("USD", 500, 0, at), None),
        at=sold.clock.now(),
    )
    sold.core.handler.handle(envelope(found, actor="test"))
    sold.runner.catch_up()
    assert failing(sold).get("no_open_breaks", []) == named


def test_projections_and_the_schedule_must_be_done(sold: Marketplace) -> None:
    """Nobody works: holds that end in November have not been released."""
    sold.pay(sold.placed_order(sold.published_product()))
    sold.settle()
    sold.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    (order_id,) = failing(sold)["schedule_worked"][:1]
    assert order_id
    sold.core.deadlines.run()
    behind = failing(sold)
    assert "schedule_worked" not in behind
    assert {"orders", "breaks", "policies"} <= set(behind["projections_caught_up"])
    sold.settle()
    close(sold)


def test_months_are_closed_in_order(sold: Marketplace) -> None:
    turn_to(sold, datetime(2027, 1, 2, tzinfo=UTC))
    assert failing(sold, DECEMBER)["earlier_months_closed"] == ["2026-11"]
    with pytest.raises(PeriodNotReady, match="2026-11 is open: close it first"):
        close(sold, DECEMBER)
    close(sold)
    close(sold, DECEMBER)
    listed = [(item.period, item.status) for item in sold.core.closing_periods.listed().data]
    assert listed == [("2027-01", "open"), ("2026-12", "closed"), ("2026-11", "closed")]


def refunded_late(sold: Marketplace) -> None:
    """A refund of 30 November that we hear of after November was closed."""
    turn_to(sold, datetime(2026, 11, 30, 12, tzinfo=UTC))
    (intent,) = {item["payment_intent"] for item in sold.world.tables["/charge"].values()}
    sold.stripe.refunds.create({"payment_intent": intent, "amount": 10_000})
    late = sold.webhooks.take()
    sold.clock.freeze(datetime(2026, 12, 1, 9, tzinfo=UTC))
    sold.core.deadlines.run()
    sold.runner.catch_up()
    close(sold)
    for event in late:
        sold.webhooks.return_(event)
    sold.settle()


def test_a_late_refund_and_its_transaction_belong_to_december_and_keep_their_date(
    sold: Marketplace,
) -> None:
    refunded_late(sold)
    assert periods(sold, "order.paid.") == [("2026-11", "2026-11")]
    assert periods(sold, "order.refund_created.") == [("2026-11", "2026-12")]
    assert periods(sold, "order.refund_settled.") == [("2026-11", "2026-12")]
    sold.check_at_rest()


def test_a_reopened_month_is_closed_again_as_its_next_version(sold: Marketplace) -> None:
    end_november(sold)
    close(sold)
    closing = sold.core.closing_periods
    closing.reopen(NOVEMBER, reason="an explanation was wrong", by=FIN)
    assert closing.listed().data[1].reopening_proposed_by is not None
    assert closing.periods().is_closed(NOVEMBER)
    closing.reopen(NOVEMBER, reason="I agree", by=BOSS)
    assert not closing.periods().is_closed(NOVEMBER)
    sold.settle()
    close(sold)
    (reopened,) = sold.events(PeriodReopened)
    assert (reopened.proposed_by, reopened.approved_by) == (FIN, BOSS)
    assert [event.version for event in sold.events(PeriodClosed)] == [1, 2]


def test_a_fact_that_comes_while_the_checklist_is_read_makes_it_be_read_again(
    sold: Marketplace,
) -> None:
    end_november(sold)
    raced: list[Period] = []

    def somebody_is_faster(_: Any, month: Period) -> list[Check]:
        """After the snapshot was taken, so that no check can see it."""
        if not raced:
            late = unexplained(sold, START + timedelta(days=9))
            sold.core.handler.handle(envelope(late, actor="test"))
        raced.append(month)
        return []

    core, views, deadlines = sold.core, Mock(checks=somebody_is_faster), Mock()
    deadlines.checks.return_value = []
    closing = ClosingPeriods(core.store, core.handler, sold.clock, views=views, deadlines=deadlines)
    with pytest.raises(PeriodNotReady, match="txn_odd"):
        closing.close(NOVEMBER, by=FIN)
    assert raced == [NOVEMBER, NOVEMBER]
    assert sold.events(PeriodClosed) == []
