"""Buying: one order and one intent for a request, whatever crashes in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from shop import ADA, BO, Shop

from mywork.application.ports.faults import VendorUnavailable
from mywork.application.usecases.buying import PlacedOrder
from mywork.domain.errors import OrderNotPayable, OwnProduct, ProductNotForSale, TextInvalid
from mywork.domain.identifiers import OrderId, ProductId, UserId
from mywork.domain.order.sale_messages import (
    ExpireOrder,
    OrderGranted,
    OrderPlaced,
    PaymentInitiated,
    ReserveAgreed,
)
from mywork.domain.product import PriceProduct


def place(shop: Shop, product_id: str = "p", request_id: str = "r") -> PlacedOrder:
    return shop.core.buying.place(BO, ProductId(product_id), "standard", request_id=request_id)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With one product of 299.00 on sale."""
    shop.publish()
    return shop


def test_an_order_has_its_terms_a_number_and_an_intent(shop: Shop) -> None:
    placed = place(shop)
    assert (placed.status, placed.terms.order_number) == ("pending", "MW-2026-00001")
    assert (placed.terms.price_minor, placed.terms.seller_share_minor) == (29_900, 26_013)
    assert placed.client_secret == f"secret_{placed.terms.order_id}"
    assert placed.position == shop.core.store.head()
    assert place(shop, request_id="another").terms.order_number == "MW-2026-00002"


def test_the_same_request_is_the_same_order_and_the_secret_is_fetched_again(shop: Shop) -> None:
    first, again = place(shop), place(shop)
    assert (again.terms, again.client_secret) == (first.terms, first.client_secret)
    assert shop.payments.calls == ["create_payment_intent", "payment_intent"]
    assert len(shop.events(OrderPlaced)) == 1


def test_a_secret_is_never_stored(shop: Shop) -> None:
    secret = place(shop).client_secret
    everything = shop.rows("SELECT convert_from(state, 'UTF8') FROM eventstore.events")
    assert not any(secret in state for (state,) in everything)


@pytest.mark.parametrize("fault", ["refuses", "hangs_up"])
def test_a_crash_between_order_and_intent_resumes_with_one_of_each(shop: Shop, fault: str) -> None:
    setattr(shop.payments, fault, [VendorUnavailable("no answer")])
    with pytest.raises(VendorUnavailable):
        place(shop)
    (lonely,) = shop.events(OrderPlaced)
    assert shop.events(PaymentInitiated) == []
    placed = place(shop)
    assert placed.terms == lonely
    assert len(shop.events(PaymentInitiated)) == 1
    assert list(shop.payments.by_key) == [f"create_payment_intent:order-{lonely.order_id}"]


def test_two_requests_at_once_make_one_order(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda _: place(shop), range(8)))
    assert len({answer.terms.order_id for answer in placed}) == 1
    assert len({answer.client_secret for answer in placed}) == 1
    assert len(shop.events(OrderPlaced)) == len(shop.events(PaymentInitiated)) == 1


def test_a_free_order_is_complete_and_stripe_is_never_called(shop: Shop) -> None:
    shop.publish("free", price_minor=0)
    placed = place(shop, "free")
    assert (placed.status, placed.client_secret) == ("completed", "")
    assert place(shop, "free").status == "completed"
    assert shop.payments.calls == []
    assert len(shop.events(OrderGranted)) == 1
    assert shop.rows("SELECT * FROM ledger.entries") == []


def test_a_later_price_does_not_change_an_order(shop: Shop) -> None:
    first = place(shop)
    price = PriceProduct(ProductId("p"), ADA, "USD", {"standard": 100}, shop.clock.now())
    shop.handle(price)
    assert place(shop).terms == first.terms
    assert place(shop, request_id="later").terms.price_minor == 100


def test_a_paid_order_needs_no_secret(shop: Shop) -> None:
    terms = place(shop).terms
    shop.handle(shop.paying(terms.order_id))
    assert (place(shop).status, place(shop).client_secret) == ("completed", "")


def test_an_expired_order_cannot_be_resumed(shop: Shop) -> None:
    terms = place(shop).terms
    shop.clock.advance(days=1)
    shop.handle(ExpireOrder(OrderId(terms.order_id), shop.clock.now()))
    with pytest.raises(OrderNotPayable, match="place a new one"):
        place(shop)


def test_what_is_not_for_sale_cannot_be_bought(shop: Shop) -> None:
    with pytest.raises(ProductNotForSale):
        place(shop, "unheard-of")
    with pytest.raises(OwnProduct):
        shop.core.buying.place(ADA, ProductId("p"), "standard", request_id="r")
    with pytest.raises(TextInvalid, match="extended"):
        shop.core.buying.place(UserId("bo"), ProductId("p"), "extended", request_id="r")
    assert shop.payments.calls == []
    assert shop.events(OrderPlaced) == []


# Reserves -----------------------------------------------------------------------------------


def test_a_reserve_is_agreed_by_the_level_that_the_seller_has_now(database_url: str) -> None:
    shop = Shop(database_url, mywork_reserves='{"new": 1000, "verified": 250}')
    shop.onboard()
    shop.publish()
    place(shop, request_id="1")
    shop.core.selling.verify(ADA, "verified", actor=BO, reason="passport seen")
    place(shop, request_id="2")
    shop.core.selling.verify(ADA, "trusted", actor=BO, reason="a good year")
    place(shop, request_id="3")
    agreed = shop.events(ReserveAgreed)
    assert [(event.basis_points, event.days) for event in agreed] == [(1_000, 30), (250, 30)]
    shop.core.close()


def test_without_terms_nothing_is_kept_in_reserve(shop: Shop) -> None:
    place(shop)
    assert shop.events(ReserveAgreed) == []
