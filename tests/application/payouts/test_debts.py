"""Collecting: overdue balances become debts, later money pays them before any payout."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from shop import ADA, Shop

from mywork.application.payouts.receivables import by_age
from mywork.documents.debts import AGES, CollectedDebt
from mywork.documents.document import money
from mywork.domain.debt import DebtReclassified, DebtRecouped
from mywork.domain.errors import (
    BalanceNegative,
    DebtInsufficient,
    NothingToPayOut,
    SecondPersonNeeded,
)
from mywork.domain.identifiers import UserId
from mywork.domain.payout.transfer_messages import PayoutRequested
from mywork.projections.debts import DEBTS

FIN, BOSS = UserId("user_fin"), UserId("user_boss")


@pytest.fixture
def negative(shop: Shop) -> Shop:
    """Ada was paid and then refunded: she stands at -269.10, and the bank has her payout."""
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    shop.arrive()
    shop.refund("1")
    return shop


@pytest.fixture
def owing(negative: Shop) -> Shop:
    """Thirty days later it is a debt."""
    negative.clock.advance(days=30)
    negative.core.collecting.run()
    return negative


def balances(shop: Shop) -> tuple[int, int, int]:
    """Available, receivable, bad debt."""
    return (
        shop.balance("seller:ada:available"),
        shop.balance("seller:ada:receivable"),
        shop.balance("expense:bad_debt"),
    )


def collected(became: int = 0, recouped: int = 0) -> CollectedDebt:
    return CollectedDebt(
        seller_id=ADA,
        currency="USD",
        **money("became_debt", became, "USD"),
        **money("recouped", recouped, "USD"),
        why_not=None,
    )


def test_a_balance_below_zero_becomes_a_debt_after_thirty_days(negative: Shop) -> None:
    negative.clock.advance(days=29)
    assert negative.core.collecting.run() == []
    assert balances(negative) == (-26_910, 0, 0)
    negative.clock.advance(days=1)
    assert negative.core.collecting.run() == [collected(became=26_910)]
    assert balances(negative) == (0, 26_910, 0)
    assert negative.core.collecting.run() == []


def test_a_dry_run_says_it_and_changes_nothing(negative: Shop) -> None:
    negative.clock.advance(days=30)
    assert negative.core.collecting.run(dry_run=True) == [collected(became=26_910)]
    assert negative.events(DebtReclassified) == []


def test_later_sales_make_up_for_a_balance_before_it_is_a_debt(negative: Shop) -> None:
    negative.release("2")
    assert balances(negative) == (-897, 0, 0)
    with pytest.raises(BalanceNegative):
        negative.core.paying_out.request(ADA, "USD", request_id="r")


def test_what_is_on_hold_makes_up_for_it_first(negative: Shop) -> None:
    negative.clock.advance(days=29)
    negative.place("2")
    negative.handle(negative.paying("2"))
    negative.clock.advance(days=1)
    negative.core.collecting.run()
    assert balances(negative) == (26_013 - 26_910 - 26_013 + 897, 897, 0)


def test_many_runs_at_once_make_one_debt(negative: Shop) -> None:
    negative.clock.advance(days=30)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: negative.core.collecting.run(), range(16)))
    assert balances(negative) == (0, 26_910, 0)
    assert len(negative.events(DebtReclassified)) == 1


def test_later_money_pays_the_debt_before_any_payout(owing: Shop) -> None:
    owing.release("2")
    with pytest.raises(NothingToPayOut):
        owing.core.paying_out.request(ADA, "USD", request_id="r")
    assert balances(owing) == (0, 897, 0)
    owing.release("3")
    decision = owing.core.paying_out.request(ADA, "USD", request_id="s")
    assert decision.requested is not None
    assert decision.requested.amount_minor == 26_013 - 897
    assert balances(owing) == (0, 0, 0)


def test_the_run_recoups_too(owing: Shop) -> None:
    owing.release("2")
    assert owing.core.collecting.run() == [collected(recouped=26_013)]
    assert balances(owing) == (0, 897, 0)


def test_a_dry_run_of_payouts_leaves_out_what_is_owed(owing: Shop) -> None:
    owing.release("2")
    owing.release("3")
    (decision,) = owing.core.paying_out.run(owing.clock.now(), dry_run=True)
    assert decision.requested is not None
    assert decision.requested.amount_minor == 2 * 26_013 - 26_910
    assert [(part.reason, part.amount_minor) for part in decision.waiting] == [("owed", 26_910)]
    assert owing.events(DebtRecouped) == []


def test_a_debt_is_given_up_by_two_people_and_what_comes_later_is_kept(owing: Shop) -> None:
    collecting = owing.core.collecting
    with pytest.raises(DebtInsufficient):
        collecting.propose(ADA, "USD", 26_911, reason="gone", by=FIN)
    collecting.propose(ADA, "USD", 26_910, reason="gone", by=FIN)
    with pytest.raises(SecondPersonNeeded):
        collecting.approve(ADA, "USD", 26_910, by=FIN)
    collecting.approve(ADA, "USD", 26_910, by=BOSS)
    assert balances(owing) == (0, 0, 26_910)
    owing.release("2")
    owing.release("3")
    decision = owing.core.paying_out.request(ADA, "USD", request_id="r")
    assert decision.requested is not None
    assert decision.requested.amount_minor == 2 * 26_013 - 26_910
    assert balances(owing) == (0, 0, 0)


def test_a_seller_who_owes_nothing_is_not_asked(shop: Shop) -> None:
    shop.release("1")
    shop.onboard()
    shop.pay_out()
    assert shop.core.collecting.run() == []
    assert shop.events(DebtRecouped) == []
    assert len(shop.events(PayoutRequested)) == 1


# By age -------------------------------------------------------------------------------------


def test_receivables_by_age(negative: Shop) -> None:
    negative.clock.advance(days=10)
    (one,) = negative.core.collecting.receivables().data
    assert (one.overdrawn_minor, one.owed_minor, one.age_0_30_minor) == (26_910, 0, 26_910)


def test_a_debt_keeps_the_age_of_the_balance_it_was(owing: Shop) -> None:
    project_debts(owing)
    owing.clock.advance(days=35)
    (one,) = owing.core.collecting.receivables().data
    assert (one.overdrawn_minor, one.owed_minor) == (0, 26_910)
    minor = {age: getattr(one, f"{age}_minor") for age in AGES}
    assert {age: amount for age, amount in minor.items() if amount} == {"age_61_90": 26_910}
    owing.core.collecting.propose(ADA, "USD", 26_000, reason="gone", by=FIN)
    project_debts(owing)
    (one,) = owing.core.collecting.receivables().data
    assert (one.proposed_minor, one.proposed_by, one.reason) == (26_000, FIN, "gone")
    owing.core.collecting.approve(ADA, "USD", 26_000, by=BOSS)
    project_debts(owing)
    (one,) = owing.core.collecting.receivables().data
    assert (one.owed_minor, one.written_off_minor, one.proposed_minor) == (910, 26_000, 0)


def project_debts(shop: Shop) -> None:
    from eventstore.follow import Runner

    Runner(shop.core.store, [DEBTS.follower()]).catch_up()


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, "age_0_30"),
        (30, "age_0_30"),
        (31, "age_31_60"),
        (60, "age_31_60"),
        (61, "age_61_90"),
        (91, "age_over_90"),
        (5_000, "age_over_90"),
    ],
)
def test_ages(days: int, age: str, shop: Shop) -> None:
    now = shop.clock.now()
    ages = by_age([(now - timedelta(days=days, hours=1), 500)], now)
    assert {name for name, minor in ages.items() if minor} == {age}
