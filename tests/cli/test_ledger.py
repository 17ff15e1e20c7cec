"""`mywork ledger`: the books on a terminal, and as JSON."""

from shop import Shop
from terminal import Mywork, answer


def test_what_is_uncleared_is_listed_with_its_fact(shop: Shop, mywork: Mywork) -> None:
    assert "every fact has met its balance transaction" in mywork("ledger", "uncleared").output
    shop.place("1")
    shop.handle(shop.paying("1"))
    done = mywork("ledger", "uncleared")
    assert (done.exit_code, "ch_1" in done.output, "299.00 USD" in done.output) == (0, True, True)
    (found,) = answer(mywork("ledger", "uncleared", "--json"))
    assert found["object_id"] == "ch_1"
    assert (found["amount_minor"], found["currency"]) == (29_900, "USD")
    assert found["concerns"] == "order-1"


def test_fees_are_compared_by_month_and_by_order(shop: Shop, mywork: Mywork) -> None:
    assert "no fees in this time" in mywork("ledger", "fees", "--to", "2026-12-01").output
    for number, fee in (("1", 912), ("2", None)):
        shop.place(number)
        shop.handle(shop.paying(number))
        if fee is not None:
            shop.core.inbox.store([shop.moved(f"txn_{number}", f"ch_{number}", fee=fee)])
    shop.core.inbox_worker.drain()
    november = ("ledger", "fees", "--from", "2026-11-01", "--to", "2026-12-01")
    done = mywork(*november)
    assert "2026-11" in done.output
    assert "not settled yet: MW-2026-2" in done.output
    found = answer(mywork(*november, "--group", "order", "--json"))
    assert [row["variance_minor"] for row in found["data"]] == [-15, 897]
    assert found["not_known_yet"] == [{"order_number": "MW-2026-2", "stream": "order-2"}]


def test_a_period_that_is_turned_round_is_refused(mywork: Mywork) -> None:
    done = mywork("ledger", "fees", "--from", "2026-12-01", "--to", "2026-11-01")
    assert (done.exit_code, "must end after it begins" in done.output) == (1, True)


def test_a_sellers_statement_opens_lists_and_closes(shop: Shop, mywork: Mywork) -> None:
    shop.release("1")
    november = ("ledger", "statement", "ada", "--from", "2026-11-01", "--to", "2026-12-01")
    text = mywork(*november).output
    assert text.index("Opening") < text.index("Sale of") < text.index("Closing")
    found = answer(mywork(*november, "--json"))
    assert [line["amount_minor"] for line in found["lines"]] == [26_013, 0]
    assert found["closing"]["available_minor"] == 26_013
    refused = mywork("ledger", "statement", "ada", "--currency", "XXX")
    assert (refused.exit_code, "ISO 4217" in refused.output) == (1, True)
