"""`mywork period`: the month's end on a terminal."""

import pytest
from shop import Shop
from terminal import Mywork, answer

from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole


@pytest.fixture
def november(shop: Shop) -> str:
    """A sale in it; by now it is over."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    for name, role in (("user_fin", "finance"), ("user_boss", "admin")):
        shop.handle(GrantRole(UserId(name), role, shop.clock.now()))  # type: ignore[arg-type]
    shop.clock.advance(days=31)
    return "2026-11"


def settle(shop: Shop) -> None:
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    shop.core.inbox_worker.drain()
    for _ in range(3):
        caught_up(shop)
        shop.core.deadlines.run()


def caught_up(shop: Shop) -> None:
    from eventstore.follow import Runner

    Runner(shop.core.store, shop.core.followers()).catch_up()


def test_a_month_is_closed_once_its_checklist_is_clean(
    shop: Shop, november: str, mywork: Mywork
) -> None:
    shown = mywork("period", "status", november)
    assert (shown.exit_code, "MW-2026-1" in shown.output) == (1, True)
    refused = mywork("period", "close", november, "--as", "user_fin")
    assert (refused.exit_code, "fee is not known" in refused.output) == (1, True)
    settle(shop)
    assert mywork("period", "status", november).exit_code == 0
    closed = answer(mywork("period", "close", november, "--as", "user_fin", "--json"))
    assert closed == {"period": november, "version": 1, "status": "closed"}
    assert "closed" in mywork("period", "status").output
    found = answer(mywork("period", "status", november, "--json"))
    assert (found["status"], found["ready"]) == ("closed", True)


def test_two_people_reopen_it(shop: Shop, november: str, mywork: Mywork) -> None:
    settle(shop)
    assert mywork("period", "close", november, "--as", "user_fin").exit_code == 0
    reopen = ("period", "reopen", november, "--reason", "a mistake", "--as")
    assert "is proposed" in mywork(*reopen, "user_fin").output
    assert "is proposed" in mywork(*reopen, "user_fin").output
    assert "is open again" in mywork(*reopen, "user_boss").output
    listed = answer(mywork("period", "status", "--json"))["data"]
    assert [row["status"] for row in listed if row["period"] == november] == ["open"]


def test_who_has_no_such_role_is_refused(november: str, mywork: Mywork) -> None:
    for command in (("close", november), ("reopen", november, "--reason", "r")):
        done = mywork("period", *command, "--as", "user_nobody")
        assert (done.exit_code, "is no finance" in done.output) == (1, True)
    wrong = mywork("period", "close", "2026-13", "--as", "user_fin")
    assert (wrong.exit_code, "write a month as 2026-10" in wrong.output) == (1, True)
