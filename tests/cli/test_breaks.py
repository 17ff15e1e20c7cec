"""`mywork breaks`: what nobody has explained, and whose it is."""

import pytest
from shop import Shop
from terminal import Mywork, answer

from eventstore.follow import Runner
from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole
from mywork.projections.catalogue import projection_followers

CY = ("--as", "user_cy")


@pytest.fixture
def broken(shop: Shop) -> Shop:
    """A transaction that nothing explains, and somebody in finance."""
    shop.core.inbox.store([shop.moved("txn_7", "", reporting_category="other_adjustment", fee=0)])
    shop.core.inbox_worker.drain()
    shop.handle(GrantRole(UserId("user_cy"), "finance", shop.clock.now()))
    Runner(shop.core.store, projection_followers()).catch_up()
    return shop


def test_breaks_are_listed_the_oldest_first(broken: Shop, mywork: Mywork) -> None:
    page = answer(mywork("breaks", "list", "--json"))
    assert page["next_cursor"] is None
    (found,) = page["data"]
    assert (found["id"], found["kind"]) == ("txn_7", "unexplained_transaction")
    text = mywork("breaks", "list").output
    assert "299.00 USD" in text
    assert "there are no breaks" in mywork("breaks", "list", "--status", "resolved").output


def test_a_break_is_assigned_resolved_and_opened_again(broken: Shop, mywork: Mywork) -> None:
    assert mywork("breaks", "assign", "txn_7", "user_di", *CY).exit_code == 0
    reason = ("--reason", "paid in by the owners")
    done = mywork("breaks", "resolve", "txn_7", "--account", "capital", *reason, *CY)
    assert (done.exit_code, broken.balance("capital")) == (0, 29_900)
    assert mywork("breaks", "reopen", "txn_7", "--reason", "they did not", *CY).exit_code == 0
    assert (broken.balance("capital"), broken.balance("suspense:stripe")) == (0, 29_900)


def test_only_finance_decides(broken: Shop, mywork: Mywork) -> None:
    done = mywork("breaks", "assign", "txn_7", "user_di", "--as", "user_bo")
    assert (done.exit_code, "user_bo is no finance" in done.output) == (1, True)
    unknown = mywork("breaks", "reopen", "none", "--reason", "?", *CY)
    assert (unknown.exit_code, "there is no break none" in unknown.output) == (1, True)
