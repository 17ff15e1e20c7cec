"""Facts from outside: stored once, worked once, and never lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from fakes import account_state
from shop import ADA, Shop

from mywork.adapters.stripe.webhooks import PLATFORM
from mywork.application.inbox import worker as inbox
from mywork.application.inbox.worker import MAX_ATTEMPTS, MAX_ATTEMPTS_WITHOUT_FACT, Worked
from mywork.application.ports.faults import VendorUnavailable
from mywork.application.ports.meaning import Commands, Ignored, Placeable
from mywork.application.ports.tables import RawReceipt, Receipt
from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.domain.identifiers import OrderId
from mywork.domain.order.dispute_messages import DisputeOpened, DisputeWithdrawn
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.order.sale_messages import ExpireOrder, OrderPaid
from mywork.domain.order.settlement_messages import PaymentConverted, PaymentSettled
from mywork.domain.seller.messages import OnboardingUpdated

LEASE = timedelta(minutes=1)
MANY = 40


@pytest.fixture
def orders(shop: Shop) -> list[str]:
    names = [str(number) for number in range(MANY)]
    for name in names:
        shop.place(name)
    return names


def waiting(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.rows("SELECT attempts, note FROM operations.inbox_work")


def make_due(shop: Shop, attempts: int | None = None) -> None:
    count = "attempts" if attempts is None else str(attempts)
    shop.change(
        f"UPDATE operations.inbox_work SET due_at = now() - interval '1 s', attempts = {count}"
    )


def test_a_receipt_is_stored_once_whoever_brings_it(shop: Shop) -> None:
    receipts = [shop.paid(str(number)) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: shop.core.inbox.store(receipts), range(8)))
    assert sum(stored) == 20
    assert shop.core.inbox.counts() == {"waiting": 20, "dead": 0}


def test_a_receipt_that_comes_twice_in_one_page_is_stored_once(shop: Shop) -> None:
    receipts = [shop.paid("1"), shop.paid("2"), shop.paid("1")]
    assert shop.core.inbox.store(receipts) == 2
    assert len(shop.core.inbox.claim(10, LEASE)) == 2


def test_a_receipt_worked_long_ago_is_still_known(shop: Shop) -> None:
    shop.place("1")
    shop.core.inbox.store([shop.paid("1")])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.core.inbox.store([shop.paid("1")]) == 0
    assert shop.core.inbox.counts()["waiting"] == 0


def test_the_same_payment_in_two_receipts_has_one_effect(shop: Shop) -> None:
    shop.place("1")
    shop.core.inbox.store([shop.paid("1"), shop.paid("1", receipt="evt_again")])
    assert shop.core.inbox_worker.drain() == Worked(done=2)
    assert len(shop.events(OrderPaid)) == 1


def test_workers_share_the_work_and_do_none_twice(shop: Shop, orders: list[str]) -> None:
    shop.core.inbox.store([shop.paid(name) for name in orders])

    def work(_: int) -> int:
        done = 0
        while worked := shop.core.inbox_worker.work_batch(5).done:
            done += worked
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == MANY
    paid = [event.order_id for event in shop.events(OrderPaid)]
    assert sorted(paid) == sorted(orders)
    assert shop.balance("seller:ada:pending") == MANY * 26_013
    assert shop.core.inbox.counts() == {"waiting": 0, "dead": 0}


def test_a_claimed_receipt_is_nobody_elses_until_its_lease_ends(shop: Shop) -> None:
    shop.core.inbox.store([shop.paid("1")])
    (claimed,) = shop.core.inbox.claim(10, LEASE)
    assert shop.core.inbox.claim(10, LEASE) == []
    make_due(shop)
    (again,) = shop.core.inbox.claim(10, LEASE)
    assert again == replace(claimed, attempts=2)


def test_receipts_of_one_object_are_not_claimed_together(shop: Shop) -> None:
    shop.core.inbox.store([shop.paid("1"), shop.paid("1", receipt="evt_b"), shop.paid("2")])
    claimed = shop.core.inbox.claim(10, LEASE)
    assert [receipt.external_id for receipt in claimed] == ["evt_1", "evt_2"]


def test_a_worker_that_dies_before_the_commit_leaves_its_receipts_to_others(shop: Shop) -> None:
    shop.place("1")
    shop.core.inbox.store([shop.paid("1")])
    shop.core.inbox.claim(10, LEASE)  # and is killed
    assert shop.core.inbox_worker.drain() == Worked()
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(done=1)


def test_what_does_not_concern_us_is_done(shop: Shop) -> None:
    shop.core.inbox.store([shop.webhook("customer.created", "evt_1", {"id": "cus_1"})])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert (shop.core.store.head(), shop.core.inbox.counts()["waiting"]) == (0, 0)


# Parked -------------------------------------------------------------------------------------


def test_a_transaction_before_its_payment_waits_and_then_settles(shop: Shop) -> None:
    shop.place("1")
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    assert shop.core.inbox_worker.work_batch() == Worked(retried=1)
    ((attempts, note),) = waiting(shop)
    assert attempts == 1
    assert note.startswith("PredecessorMissing")
    shop.core.inbox.store([shop.paid("1")])
    shop.core.inbox_worker.drain()
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.balance("stripe:pending") == 29_003
    assert shop.balance("stripe:uncleared") == 0


def test_each_wait_is_twice_as_long(shop: Shop) -> None:
    shop.core.inbox.store([shop.moved("txn_1", "ch_1")])
    for wait in (0.2, 0.4, 0.8, 1.6):
        make_due(shop)
        before = shop.real_time()
        shop.core.inbox_worker.work_batch()
        after = shop.real_time()
        ((due_at,),) = shop.rows("SELECT due_at FROM operations.inbox_work")
        assert before <= due_at - timedelta(seconds=wait) <= after


def test_a_vendor_that_is_down_is_no_reason_to_give_up(shop: Shop) -> None:
    shop.onboard(ready=False)
    shop.payments.refuses = [VendorUnavailable("no answer")]
    shop.payments.accounts["acct_ada"] = account_state(ADA, ready=True)
    account = {"id": "acct_ada", "metadata": {"seller_id": "ada"}}
    shop.core.inbox.store([shop.webhook("account.updated", "evt_1", account)])
    make_due(shop, 1_000)  # weeks of it
    assert shop.core.inbox_worker.work_batch() == Worked(retried=1)
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.events(OnboardingUpdated)[-1].payouts_enabled


# Dead, with a reason ------------------------------------------------------------------------


def test_what_cannot_be_read_is_buried_in_the_end_with_a_reason(shop: Shop) -> None:
    broken = RawReceipt(PLATFORM, "evt_1", "payment_intent.succeeded", "pi_1", b"{")
    shop.core.inbox.store([broken])
    assert shop.core.inbox_worker.work_batch() == Worked(retried=1)
    make_due(shop, MAX_ATTEMPTS - 1)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    assert shop.core.inbox.counts() == {"waiting": 0, "dead": 1}
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("undeliverable_fact", "evt_1")
    assert opened.detail.startswith("JSONDecodeError")
    assert shop.rows("SELECT body FROM operations.inbox_bodies") == [(b"{",)]


@pytest.mark.parametrize("amount", [2**63, "much", None, 299.5])
def test_a_receipt_that_can_never_be_booked_holds_up_no_other(shop: Shop, amount: Any) -> None:
    shop.place("1")
    shop.place("2")
    shop.core.inbox.store([shop.paid("1", amount=amount), shop.paid("2")])
    worked = shop.core.inbox_worker.work_batch()
    assert (worked.done, worked.retried) == (1, 1)
    make_due(shop, MAX_ATTEMPTS - 1)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    (opened,) = shop.events(BreakOpened)
    assert opened.kind == "undeliverable_fact"


# A fault of one is nobody else's -------------------------------------------------------------


def dispute(shop: Shop, **changes: Any) -> RawReceipt:
    """The webhook of a dispute about the first order's payment; None takes a field away."""
    told = {
        "id": "dp_1",
        "charge": "ch_1",
        "currency": "usd",
        "amount": 29_900,
        "status": "needs_response",
        "reason": "fraudulent",
        "created": int(shop.clock.now().timestamp()),
        "balance_transactions": [],
    }
    found = {name: value for name, value in (told | changes).items() if value is not None}
    return shop.webhook("charge.dispute.created", "evt_dispute", found)


def no_such_command(receipt: Receipt) -> Any:
    return Commands((cast("Any", receipt),))


def no_meaning(receipt: Receipt) -> Any:
    return object()


def dies_when_placed(receipt: Receipt) -> Any:
    return Placeable("ch_1", lambda stream: 1 // 0)  # type: ignore[arg-type,return-value]


def unfit_for_a_question(receipt: Receipt) -> Any:
    return Placeable("ch_\0", lambda stream: Ignored("never asked"))


def unfit_for_history(receipt: Receipt) -> Any:
    return Commands((ExpireOrder(OrderId("4"), datetime(2026, 12, 1)),))  # noqa: DTZ001


def undecidable(receipt: Receipt) -> Any:
    return Commands((ExpireOrder(OrderId("4"), cast("Any", "tomorrow")),))


@pytest.mark.parametrize(
    "fault",
    [
        no_such_command,
        no_meaning,
        dies_when_placed,
        unfit_for_a_question,
        unfit_for_history,
        undecidable,
    ],
)
def test_whatever_goes_wrong_about_a_receipt_is_its_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: Callable[[Receipt], Any]
) -> None:
    """It waits and, in the end, is dead with a break; the others are done at once."""
    translate = shop.core.inbox_worker._translate
    monkeypatch.setattr(
        shop.core.inbox_worker,
        "_translate",
        lambda receipt: (fault if receipt.external_id == "evt_bad" else translate)(receipt),
    )
    for name in ("1", "2", "3", "4"):
        shop.place(name)
    shop.handle(shop.paying("1"))
    bad = shop.webhook("customer.created", "evt_bad", {"id": "cus_1"})
    shop.core.inbox.store([shop.paid("2"), bad, shop.paid("3"), shop.moved("txn_1", "ch_1")])
    assert shop.core.inbox_worker.work_batch() == Worked(done=3, retried=1)
    assert [event.order_id for event in shop.events(OrderPaid)] == ["1", "2", "3"]
    make_due(shop, MAX_ATTEMPTS - 1)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("undeliverable_fact", "evt_bad")


def test_a_dispute_that_does_not_say_what_it_moved_holds_up_no_other(shop: Shop) -> None:
    shop.place("1")
    shop.place("2")
    shop.handle(shop.paying("1"))
    incomplete = dispute(shop, balance_transactions=None)
    shop.core.inbox.store([shop.moved("txn_1", "ch_1"), incomplete, shop.paid("2")])
    assert shop.core.inbox_worker.drain() == Worked(done=2, retried=1)
    assert [note for _, note in waiting(shop)] == ["KeyError: 'balance_transactions'"]
    make_due(shop, MAX_ATTEMPTS - 1)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    (opened,) = shop.events(BreakOpened)
    assert opened.detail == "KeyError: 'balance_transactions'"


@pytest.mark.parametrize("missing", ["charge", "currency", "amount", "status", "reason", "created"])
def test_a_dispute_without_a_field_waits_alone(shop: Shop, missing: str) -> None:
    shop.place("1")
    shop.place("2")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([dispute(shop, **{missing: None}), shop.paid("2")])
    assert shop.core.inbox_worker.drain() == Worked(done=1, retried=1)


def test_a_receipt_whose_break_cannot_be_opened_keeps_waiting_to_be_seen(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.place("1")
    broken = RawReceipt(PLATFORM, "evt_bad", "payment_intent.succeeded", "pi_0", b"{")
    shop.core.inbox.store([broken, shop.paid("1")])
    make_due(shop, MAX_ATTEMPTS - 1)
    monkeypatch.setattr(inbox, "undeliverable", lambda *_: 1 // 0)
    assert shop.core.inbox_worker.drain() == Worked(done=1, retried=1)
    monkeypatch.undo()
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)


REFUSED = """
CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.amount_minor = {amount} THEN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON ledger.postings FOR EACH ROW EXECUTE FUNCTION ledger.refuse()
"""


def withdrawn(shop: Shop, amount_minor: int) -> RawReceipt:
    """A dispute that also says what it took: two commands, of which the second moves money."""
    created = int(shop.clock.now().timestamp())
    taken = {"id": "txn_d", "amount": amount_minor, "fee": 1_500, "currency": "usd"}
    return dispute(shop, balance_transactions=[taken | {"created": created}])


@pytest.mark.parametrize("amount", [-(2**63), -29_900])
def test_a_receipt_of_which_only_a_part_can_be_booked_is_not_lost(shop: Shop, amount: int) -> None:
    """Each command is committed alone in the end, and none of these commits ends the receipt."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.change(REFUSED.format(amount=29_900))
    shop.core.inbox.store([withdrawn(shop, amount)])
    assert shop.core.inbox_worker.drain() == Worked(retried=1)
    assert len(shop.events(DisputeOpened)) == 1
    assert len(waiting(shop)) == 1
    make_due(shop, MAX_ATTEMPTS - 1)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("undeliverable_fact", "evt_dispute")


def test_what_is_ignored_is_done_also_when_nothing_else_can_be(shop: Shop) -> None:
    shop.place("1")
    shop.change(REFUSED.format(amount=29_900))
    other = shop.webhook("customer.created", "evt_i", {"id": "cus_1"})
    shop.core.inbox.store([shop.paid("1"), other])
    assert shop.core.inbox_worker.work_batch() == Worked(done=1, retried=1)
    assert len(waiting(shop)) == 1


def test_what_means_nothing_says_why_instead_of_naming_no_command() -> None:
    with pytest.raises(ValueError, match="Ignored"):
        Commands(())


# Surprises ----------------------------------------------------------------------------------


def test_a_payment_that_disagrees_is_a_break_and_no_fulfilment(shop: Shop) -> None:
    shop.place("1")
    shop.place("2")
    shop.core.inbox.store([shop.paid("1", amount=29_800), shop.paid("2")])
    assert shop.core.inbox_worker.drain() == Worked(done=2)
    assert [event.order_id for event in shop.events(OrderPaid)] == ["2"]
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.concerns) == ("unexpected_payment", "order-1")
    assert (shop.balance("suspense:stripe"), opened.amount_minor) == (29_800, 29_800)


def test_money_of_a_break_settles_like_any_other(shop: Shop) -> None:
    shop.place("1")
    shop.core.inbox.store([shop.paid("1", amount=29_800)])
    shop.core.inbox_worker.drain()
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", amount=29_800)])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.balance("stripe:uncleared") == 0
    assert shop.balance("stripe:pending") == 29_800 - 897


def test_a_transaction_that_nothing_explains_becomes_a_break_at_the_end_of_patience(
    shop: Shop,
) -> None:
    shop.core.inbox.store([shop.moved("txn_1", "ch_unknown")])
    make_due(shop, MAX_ATTEMPTS_WITHOUT_FACT - 2)
    assert shop.core.inbox_worker.work_batch() == Worked(retried=1)
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.balance("suspense:stripe") == 29_900
    assert shop.balance("stripe:pending") == 29_003
    (opened,) = shop.events(BreakOpened)
    assert opened.kind == "unexplained_transaction"


def test_a_movement_of_another_kind_is_a_break_at_once(shop: Shop) -> None:
    moved = shop.moved("txn_1", "", reporting_category="other_adjustment", amount=-500, fee=0)
    shop.core.inbox.store([moved])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    assert shop.balance("suspense:stripe") == -500


def test_a_settlement_that_disagrees_is_a_break(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", amount=29_800)])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.concerns) == ("unexplained_transaction", "order-1")
    assert shop.events(PaymentSettled) == []
    shop.core.inbox.store([shop.moved("txn_2", "ch_1")])  # it still is the order's charge
    shop.core.inbox_worker.drain()
    assert [event.transaction_id for event in shop.events(PaymentSettled)] == ["txn_2"]


def test_a_settlement_in_another_currency_changes_what_is_owed(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    moved = shop.moved("txn_1", "ch_1", currency="eur", amount=27_685, exchange_rate=0.9259)
    shop.core.inbox.store([moved])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    (converted,) = shop.events(PaymentConverted)
    assert (converted.currency, converted.settlement_currency) == ("USD", "EUR")
    assert converted.exchange_rate == "0.9259"
    assert shop.balance("seller:ada:pending") == 0
    keys = [("seller:ada:pending", "EUR"), ("stripe:uncleared", "EUR")]
    assert list(shop.core.book.balances(keys).values()) == [24_086, 0]


def test_a_receipt_of_several_commands_is_done_when_all_of_them_are(shop: Shop) -> None:
    """What waits for a predecessor keeps its receipt waiting; nothing is done twice."""
    refund = {
        "id": "re_1",
        "charge": "ch_1",
        "currency": "usd",
        "amount": 29_900,
        "status": "succeeded",
        "created": int(shop.clock.now().timestamp()),
        "metadata": {},
    }
    shop.core.inbox.store([shop.webhook("refund.updated", "evt_r", refund)])
    assert shop.core.inbox_worker.drain() == Worked(retried=1)
    shop.place("1")
    shop.handle(shop.paying("1"))
    make_due(shop)
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    shop.core.inbox.store([shop.webhook("refund.created", "evt_s", refund)])
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    kinds = [type(event).__name__ for event in shop.events(OrderEvent)]
    assert kinds[-3:] == ["RefundRequested", "RefundCreated", "RefundSucceeded"]


def disputed(shop: Shop, *, currency: str, moved: str) -> RawReceipt:
    """The webhook of a dispute that has taken money already."""
    created = int(shop.clock.now().timestamp())
    withdrawal = {"id": "txn_d", "currency": moved, "amount": -27_685, "fee": 1_500}
    dispute = {
        "id": "dp_1",
        "charge": "ch_1",
        "currency": currency,
        "amount": 29_900,
        "reason": "fraudulent",
        "status": "needs_response",
        "created": created,
        "balance_transactions": [withdrawal | {"created": created}],
    }
    return shop.webhook("charge.dispute.created", "evt_d", dispute)


def test_a_receipt_of_which_a_part_is_done_waits_for_the_rest(shop: Shop) -> None:
    """What a dispute took abroad is understood once its charge is settled there."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([disputed(shop, currency="usd", moved="eur")])
    assert shop.core.inbox_worker.drain() == Worked(retried=1)
    assert len(shop.events(DisputeOpened)) == 1
    settled = shop.moved("txn_1", "ch_1", currency="eur", amount=27_685, exchange_rate=0.9259)
    shop.core.inbox.store([settled])
    make_due(shop)
    assert shop.core.inbox_worker.drain().done >= 1
    make_due(shop)
    shop.core.inbox_worker.drain()
    assert waiting(shop) == []
    assert len(shop.events(DisputeOpened)) == 1
    assert [event.currency for event in shop.events(DisputeWithdrawn)] == ["EUR"]


def test_a_receipt_is_no_break_while_a_part_of_it_only_waits(shop: Shop) -> None:
    """Its dispute disagrees, so what that took is never understood: somebody must look."""
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([disputed(shop, currency="eur", moved="usd")])
    assert shop.core.inbox_worker.drain() == Worked(retried=1)
    assert shop.events(BreakOpened) == []
    make_due(shop, MAX_ATTEMPTS)
    assert shop.core.inbox_worker.drain() == Worked(dead=1)
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.object_id) == ("undeliverable_fact", "evt_d")


def test_a_transaction_of_an_unknown_dispute_is_a_break_when_patience_is_over(shop: Shop) -> None:
    shop.place("1")
    shop.handle(shop.paying("1"))
    moved = shop.moved("txn_9", "ch_1", reporting_category="dispute", amount=-29_900, fee=1_500)
    shop.core.inbox.store([moved])
    assert shop.core.inbox_worker.drain() == Worked(retried=1)
    make_due(shop, MAX_ATTEMPTS_WITHOUT_FACT)
    assert shop.core.inbox_worker.drain() == Worked(done=1)
    (opened,) = shop.events(BreakOpened)
    assert (opened.kind, opened.amount_minor) == ("unexplained_transaction", -29_900)
