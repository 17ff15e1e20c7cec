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
    assert found["stream"] == "order-1"
