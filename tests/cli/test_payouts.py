"""`mywork payouts`, `sellers` and `debts`: what would be paid, why not the rest, who decided."""

from datetime import timedelta

import pytest
from shop import ADA, Shop
from terminal import Mywork, answer

from eventstore.follow import Runner
from mywork.domain.identifiers import UserId
from mywork.domain.payout.transfer_messages import PayoutRequested
from mywork.domain.seller.messages import PayoutsReleased, SellerVerified
from mywork.domain.user import GrantRole
from mywork.projections.debts import DEBTS
from mywork.projections.payouts import PAYOUTS

WHY = ("--reason", "an identity check is open")
BOSS, CHIEF = ("--as", "user_boss"), ("--as", "user_chief")


@pytest.fixture
def released(shop: Shop) -> Shop:
    """With 260.13 available to Ada."""
    shop.release("1")
    shop.onboard()
    for user in ("user_boss", "user_chief"):
        shop.handle(GrantRole(UserId(user), "admin", shop.clock.now()))
    return shop


def follow(shop: Shop) -> None:
    Runner(shop.core.store, [PAYOUTS.follower(), DEBTS.follower()]).catch_up()


def test_a_dry_run_is_a_table_for_people(released: Shop, mywork: Mywork) -> None:
    done = mywork("payouts", "run", "--dry-run")
    assert done.exit_code == 0
    assert "260.13 USD after cutoff until 2026-11-23" in " ".join(done.output.split())
    assert released.events(PayoutRequested) == []


def test_a_dry_run_is_json_for_programs(released: Shop, mywork: Mywork) -> None:
    cutoff = released.clock.now().isoformat()
    (found,) = answer(mywork("payouts", "run", "--dry-run", "--at", cutoff, "--json"))
    assert found == {
        "seller_id": ADA,
        "currency": "USD",
        "available": 260.13,
        "available_minor": 26_013,
        "payout": 260.13,
        "payout_minor": 26_013,
        "why_not": None,
        "waiting": [],
    }
    (found,) = answer(mywork("payouts", "run", "--dry-run", "--json"))
    (waiting,) = found["waiting"]
    assert (waiting["reason"], waiting["until"]) == ("after_cutoff", "2026-11-23T00:00:00Z")
    assert (waiting["amount"], waiting["amount_minor"]) == (260.13, 26_013)
    assert "no released USD" in found["why_not"]


def test_nobody_is_owed_anything(shop: Shop, mywork: Mywork) -> None:
    assert "no seller is owed anything" in mywork("payouts", "run", "--dry-run").output
    assert "nothing is overdue" in mywork("debts", "run").output
    assert "no seller owes anything" in mywork("debts", "list").output


def test_a_run_requests_once(released: Shop, mywork: Mywork) -> None:
    cutoff = released.clock.now().isoformat()
    for _ in range(2):
        assert mywork("payouts", "run", "--at", cutoff).exit_code == 0
    assert len(released.events(PayoutRequested)) == 1


def test_a_seller_is_paused_and_released_under_an_admins_name(
    released: Shop, mywork: Mywork
) -> None:
    done = mywork("sellers", "pause", ADA, *WHY, "--as", "user_nobody")
    assert (done.exit_code, "user_nobody is no admin" in done.output) == (1, True)
    assert mywork("sellers", "pause", ADA, *WHY, *BOSS).exit_code == 0
    (found,) = answer(mywork("payouts", "run", "--dry-run", "--json"))
    assert (found["payout_minor"], found["waiting"][0]["reason"]) == (0, "paused")
    assert mywork("sellers", "release", ADA, "--reason", "passed", *CHIEF).exit_code == 0
    assert len(released.events(PayoutsReleased)) == 1
    assert mywork("sellers", "pause", ADA, *BOSS).exit_code == 2  # without a reason


def test_a_sellers_level_is_set_with_a_reason(released: Shop, mywork: Mywork) -> None:
    for name in ("premium", "trusted"):
        done = mywork("sellers", "verify", ADA, name, *WHY, *BOSS)
        assert (done.exit_code, f"is {name}" in done.output) == (0, True)
    assert [event.level for event in released.events(SellerVerified)] == ["trusted"]
    assert mywork("sellers", "verify", ADA, "holy", *WHY, *BOSS).exit_code == 2
    assert mywork("sellers", "verify", ADA, "new", *WHY, "--as", "user_nobody").exit_code == 1
    assert mywork("sellers", "verify", "nobody", "new", *WHY, *BOSS).exit_code == 1


def test_a_payout_is_called_off_sent_again_or_taken_back(released: Shop, mywork: Mywork) -> None:
    requested = released.core.paying_out.request(ADA, "USD", request_id="r").requested
    assert requested is not None
    follow(released)
    assert "there is no payout x" in mywork("payouts", "cancel", "x", *WHY, *BOSS).output
    done = mywork("payouts", "retry", requested.payout_id, *WHY, *BOSS)
    assert (done.exit_code, "only what the bank has sent back" in done.output) == (1, True)
    done = mywork("payouts", "reverse", requested.payout_id, *WHY, *BOSS)
    assert (done.exit_code, "only what the bank has sent back" in done.output) == (1, True)
    assert mywork("payouts", "cancel", requested.payout_id, *WHY, *BOSS).exit_code == 0
    assert released.balance("seller:ada:available") == 26_013


def test_debts_are_collected_listed_and_given_up(released: Shop, mywork: Mywork) -> None:
    released.pay_out()
    released.arrive()
    released.refund("1")
    released.clock.time += timedelta(days=30)
    (found,) = answer(mywork("debts", "run", "--dry-run", "--json"))
    assert (found["seller_id"], found["became_debt_minor"]) == (ADA, 26_910)
    assert (found["became_debt"], found["why_not"]) == (269.1, None)
    assert "269.10 USD" in mywork("debts", "run").output
    follow(released)
    listed = answer(mywork("debts", "list", "--json"))
    (owed,), (total,) = listed["data"], listed["totals"]
    assert (owed["owed_minor"], owed["age_0_30_minor"]) == (26_910, 26_910)
    assert (total["currency"], total["age_0_30_minor"]) == ("USD", 26_910)
    assert "269.10 USD" in mywork("debts", "list").output
    asked = (ADA, "200.00", "USD")
    propose = ("debts", "propose-write-off", *asked, "--reason", "gone")
    assert mywork(*propose, *BOSS).exit_code == 0
    done = mywork("debts", "approve-write-off", *asked, *BOSS)
    assert (done.exit_code, "somebody other than who proposed it" in done.output) == (1, True)
    assert mywork("debts", "approve-write-off", *asked, *CHIEF).exit_code == 0
    assert released.balance("expense:bad_debt") == 20_000
