"""Any balance opens into its entries, any entry into its event, its rule and its code."""

import sys
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from events import EXAMPLES
from fakes import START
from shop import Shop

from mywork.domain.errors import AccountNotFound, EntryNotFound, PlaceInvalid
from mywork.ledger import code_versions
from mywork.ledger.code_versions import CodeVersion
from mywork.ledger.explain.account import explain_account
from mywork.ledger.explain.entry import explain_entry
from mywork.ledger.explain.rules import rule_of
from mywork.ledger.rules.posting import post
from mywork.ledger.time_range import TimeRange, up_to

COMMISSION = ("revenue:commission", "USD")


# Rules --------------------------------------------------------------------------------------


def called(event: Any) -> set[str]:
    """The functions of the rules that really ran when an event was posted."""
    names: set[str] = set()

    def note(frame: FrameType, what: str, _: object) -> None:
        module = str(frame.f_globals.get("__name__", ""))
        if what == "call" and module.startswith("mywork.ledger.rules."):
            names.add(f"{module}.{frame.f_code.co_qualname}" if sys.version_info >= (3, 11) else "")

    sys.setprofile(note)
    try:
        post(event)
    finally:
        sys.setprofile(None)
    return names


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rule_that_is_named_is_the_one_that_posts(name: str) -> None:
    event = EXAMPLES[name]
    rule = rule_of(type(event))
    if post(event) is not None:
        assert rule is not None
        assert rule.function in called(event)
        assert rule.sentence.endswith(".")
        assert rule.line > 1


def test_an_event_that_moves_no_money_has_no_rule() -> None:
    assert rule_of(type(EXAMPLES["order.placed.v1"])) is None


# Entries ------------------------------------------------------------------------------------


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.core.inbox.store([shop.moved("txn_1", "ch_1", fee=912)])
    shop.core.inbox_worker.drain()
    return shop


def entries(shop: Shop) -> list[int]:
    return [row[0] for row in shop.rows("SELECT position FROM ledger.entries ORDER BY position")]


def test_an_entry_opens_into_all_that_is_behind_it(sold: Shop) -> None:
    paid, settled = entries(sold)
    found = explain_entry(sold.core.store, paid)
    assert found.happened.startswith("Sale of")
    assert [(line.account, line.amount_minor) for line in found.postings] == [
        ("stripe:uncleared", 29_900),
        ("seller:ada:pending", -26_013),
        ("revenue:commission", -2_990),
        ("recovery:processing", -897),
    ]
    assert found.postings[2].meaning == "the platform's share of sales"
    assert found.stripe_ids == ["ch_1", "pi_1"]
    assert found.rule is not None
    assert found.rule.function == "mywork.ledger.rules.orders.order_paid"
    assert found.code_version == code_versions.running()
    assert [(item.position, item.object_id) for item in found.related] == [(settled, "ch_1")]
    assert (found.period, found.recorded.event.amount_minor) == ("2026-11", 29_900)
    assert found.recorded.metadata.actor


def test_what_posted_nothing_is_no_entry(sold: Shop) -> None:
    for position in (1, 0, 999):
        with pytest.raises(EntryNotFound, match=f"event {position} posted nothing"):
            explain_entry(sold.core.store, position)


# Code versions ------------------------------------------------------------------------------


def test_a_version_is_written_down_once_and_kept_with_each_entry(sold: Shop) -> None:
    assert code_versions.register(sold.core.store) == code_versions.register(sold.core.store)
    assert sold.rows("SELECT package_version, sources_sha256 FROM ledger.code_versions") == [
        (code_versions.running().package_version, code_versions.running().sources_sha256)
    ]


def test_an_entry_of_other_code_keeps_its_version(
    sold: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paid, _) = entries(sold)
    old = code_versions.running()
    monkeypatch.setattr(code_versions, "running", lambda: CodeVersion("2.0", "f" * 64))
    later = Shop(sold.core.store.url)
    later.place("2")
    later.handle(later.paying("2"))
    newest = explain_entry(later.core.store, entries(later)[-1])
    later.core.close()
    assert newest.code_version == CodeVersion("2.0", "f" * 64)
    assert explain_entry(sold.core.store, paid).code_version == old


def test_an_entry_from_before_versions_has_none(sold: Shop) -> None:
    sold.change("ALTER TABLE ledger.entries DISABLE TRIGGER append_only")
    sold.change("UPDATE ledger.entries SET code_version = NULL")
    assert explain_entry(sold.core.store, entries(sold)[0]).code_version is None


# Accounts -----------------------------------------------------------------------------------


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Three sales a day apart, of which one is refunded at the end."""
    for number in ("1", "2", "3"):
        shop.place(number)
        shop.handle(shop.paying(number))
        shop.clock.advance(days=1)
    shop.refund("2")
    return shop


def test_a_balance_is_its_opening_and_what_moved_it(busy: Shop) -> None:
    found = explain_account(busy.core.store, COMMISSION, up_to(busy.clock.now()))
    assert (found.opening_minor, found.balance_minor) == (0, -5_980)
    assert [(kind.event, kind.entries, kind.amount_minor) for kind in found.kinds] == [
        ("order.paid.v1", 3, -8_970),
        ("order.refund_created.v1", 1, 2_990),
    ]
    assert found.kinds[0].sentence.startswith("A buyer paid")
    assert [line.amount_minor for line in found.kinds[0].largest] == [-2_990] * 3
    assert [line.balance_minor for line in found.last] == [-5_980, -8_970, -5_980, -2_990]
    assert found.following is None


def test_a_balance_at_a_time_has_what_had_happened_by_then(busy: Shop) -> None:
    day = timedelta(days=1)
    found = explain_account(
        busy.core.store, COMMISSION, up_to(START + day, START + timedelta(hours=1))
    )
    assert (found.opening_minor, found.balance_minor) == (-2_990, -5_980)
    assert [kind.entries for kind in found.kinds] == [1]


def test_its_entries_come_a_page_at_a_time(busy: Shop) -> None:
    seen, after = [], ""
    for _ in range(4):
        found = explain_account(
            busy.core.store, COMMISSION, up_to(busy.clock.now()), after=after, limit=1
        )
        seen += [line.position for line in found.last]
        after = found.following or ""
    assert seen == sorted(seen, reverse=True)
    assert (len(set(seen)), after) == (4, "")


def test_it_is_refused_for_no_account_and_no_place(busy: Shop) -> None:
    asked = TimeRange(START, START + timedelta(days=1))
    with pytest.raises(AccountNotFound, match="never been used in EUR"):
        explain_account(busy.core.store, ("revenue:commission", "EUR"), asked)
    with pytest.raises(PlaceInvalid):
        explain_account(busy.core.store, COMMISSION, asked, after="nowhere")
