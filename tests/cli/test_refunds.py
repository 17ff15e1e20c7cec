"""`mywork refunds` and `mywork disputes`: what waits, and what an admin decides."""

from typing import Any

import pytest
from shop import BO, Shop
from terminal import Mywork, answer

from eventstore.follow import Runner
from mywork.application.usecases.refunding import Asked
from mywork.domain.identifiers import OrderId, UserId
from mywork.domain.order.dispute_messages import OpenDispute, WithdrawDispute
from mywork.domain.order.refund_messages import RefundRequested
from mywork.domain.order.sale_messages import RecordDownload
from mywork.domain.user import GrantRole
from mywork.projections.catalogue import projection_followers

BOSS = ("--as", "user_boss")


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """A sale that was downloaded, and an admin."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.handle(RecordDownload(OrderId("1"), shop.clock.now()))
    shop.handle(GrantRole(UserId("user_boss"), "admin", shop.clock.now()))
    return shop


def listed(shop: Shop, mywork: Mywork, *more: str) -> list[dict[str, Any]]:
    Runner(shop.core.store, projection_followers()).catch_up()
    return list(answer(mywork(*more, "--json")))


def disputed(shop: Shop, mywork: Mywork, status: str) -> list[dict[str, Any]]:
    """On the one page that there is, as over HTTP."""
    Runner(shop.core.store, projection_followers()).catch_up()
    page = answer(mywork("disputes", "list", "--status", status, "--json"))
    assert page["next_cursor"] is None
    return list(page["data"])


def asked_for(shop: Shop, amount: str = "99.00") -> str:
    """By the buyer, who must wait for a decision."""
    asked = Asked("buyer", amount, "it does not run here")
    return shop.core.refunding.request(OrderId("1"), BO, asked, request_id=amount).refund_id


def test_what_a_buyer_asked_for_waits_and_is_granted(sold: Shop, mywork: Mywork) -> None:
    assert "nothing was refunded" in mywork("refunds", "list").output
    refund_id = asked_for(sold)
    (waiting,) = listed(sold, mywork, "refunds", "list", "--status", "requested")
    assert (waiting["id"], waiting["amount_minor"]) == (refund_id, 9_900)
    assert (waiting["order_id"], waiting["order_number"]) == ("1", "MW-2026-1")
    text = mywork("refunds", "list").output
    assert ("MW-2026-1" in text, "99.00 USD" in text) == (True, True)
    done = mywork("refunds", "approve", "1", refund_id, *BOSS)
    assert (done.exit_code, "approved" in done.output) == (0, True)
    assert listed(sold, mywork, "refunds", "list", "--status", "requested") == []


def test_what_a_buyer_asked_for_is_declined_with_a_reason(sold: Shop, mywork: Mywork) -> None:
    refund_id = asked_for(sold)
    assert mywork("refunds", "decline", "1", refund_id, *BOSS).exit_code == 2
    done = mywork("refunds", "decline", "1", refund_id, "--reason", "it was used", *BOSS)
    assert (done.exit_code, "declined" in done.output) == (0, True)
    (declined,) = listed(sold, mywork, "refunds", "list")
    assert (declined["status"], declined["note"]) == ("declined", "it was used")
    assert sold.balance("seller:ada:pending") == 26_013


def test_an_admin_refunds_once_however_often_it_is_said(sold: Shop, mywork: Mywork) -> None:
    refund = ("refunds", "request", "1", "--amount", "99.00", "--reason", "agreed", *BOSS)
    for _ in range(2):
        done = mywork(*refund, "--request-id", "ticket-7")
        assert (done.exit_code, "of 99.00 USD: approved" in done.output) == (0, True)
    assert len(sold.events(RefundRequested)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1", "--amount", "299.01", *BOSS), "299.00 USD of this order can still be refunded"),
        (("1", "--amount", "1.001", *BOSS), "more than the 2 decimals"),
        (("2", *BOSS), "there is no order 2"),
        (("1", "--as", "user_eve"), "user_eve is no admin"),
    ],
)
def test_what_cannot_be_refunded_is_one_line_and_changes_nothing(
    sold: Shop, mywork: Mywork, arguments: tuple[str, ...], said: str
) -> None:
    head = sold.core.store.head()
    done = mywork("refunds", "request", *arguments, "--reason", "agreed")
    assert (done.exit_code, said in done.output) == (1, True), done.output
    assert sold.core.store.head() == head


def test_disputes_are_listed_with_their_deadline_and_cost(sold: Shop, mywork: Mywork) -> None:
    assert "nothing is disputed" in mywork("disputes", "list").output
    now = sold.clock.now()
    opening = OpenDispute(
        OrderId("1"), "dp_1", "ch_1", "USD", 29_900, "fraudulent", False, now, now
    )  # type: ignore[arg-type]  # fmt: skip
    sold.handle(opening)
    sold.handle(WithdrawDispute(OrderId("1"), "dp_1", "txn_d", "USD", 29_900, 1_500, now))  # type: ignore[arg-type]
    (found,) = disputed(sold, mywork, "needs_response")
    assert found["evidence_due_by"] == "2026-11-10T12:00:00Z"
    assert (found["id"], found["cost_minor"], found["set_aside_minor"]) == ("dp_1", 1_500, 26_910)
    text = mywork("disputes", "list").output
    assert ("dp_1" in text, "15.00 USD" in text) == (True, True)
    assert disputed(sold, mywork, "lost") == []


def test_an_admin_who_bought_does_not_decide(sold: Shop, mywork: Mywork) -> None:
    sold.handle(GrantRole(BO, "admin", sold.clock.now()))
    refund_id = asked_for(sold)
    for verb, more in (("approve", ()), ("decline", ("--reason", "no"))):
        done = mywork("refunds", verb, "1", refund_id, *more, "--as", BO)
        assert (done.exit_code, "the seller or an admin decides" in done.output) == (1, True)
