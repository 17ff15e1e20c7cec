"""Becoming a seller: safe to repeat, also after a crash between any two steps."""

import pytest
from fakes import account_state
from shop import ADA, BO, Shop

from mywork.application.ports.faults import VendorUnavailable
from mywork.application.usecases.selling import Onboarding
from mywork.domain.errors import AlreadyExists, SellerNotFound, TextInvalid
from mywork.domain.identifiers import SellerId, UserId
from mywork.domain.seller.messages import (
    AccountOpened,
    SellerJoined,
    SellerVerified,
    UpdateOnboarding,
)


def join(shop: Shop, user_id: UserId = ADA, username: str = "ada-l") -> Onboarding:
    return shop.core.selling.join(user_id, username, f"{user_id}@example.com", country="US")


def test_a_user_becomes_a_seller_with_an_account_and_a_link(shop: Shop) -> None:
    onboarding = join(shop)
    assert onboarding.seller.stripe_account_id == "acct_ada"
    assert onboarding.link is not None
    assert onboarding.position == shop.core.store.head() == 2
    person = shop.core.people.find(ADA)
    assert person is not None
    assert (person.username, person.email) == ("ada-l", "ada@example.com")


def test_personal_data_stays_out_of_history(shop: Shop) -> None:
    join(shop)
    for (state,) in shop.rows("SELECT convert_from(state, 'UTF8') FROM eventstore.events"):
        assert "example.com" not in state
        assert "ada-l" not in state


def test_joining_again_changes_nothing(shop: Shop) -> None:
    first, again = join(shop), join(shop)
    assert again.seller == first.seller
    assert shop.core.store.head() == 2
    assert len(shop.payments.accounts) == 1


def test_joining_again_after_stripe_forgot_opens_no_second_account(shop: Shop) -> None:
    """Keys live for a day; the answer to the first request may have been lost."""
    first = join(shop)
    shop.payments.by_key.clear()
    shop.payments.calls.clear()
    assert join(shop).seller == first.seller
    assert "create_account" not in shop.payments.calls


@pytest.mark.parametrize("fault", ["refuses", "hangs_up"])
def test_a_crash_around_the_account_resumes_with_the_same_one(shop: Shop, fault: str) -> None:
    setattr(shop.payments, fault, [VendorUnavailable("no answer")])
    with pytest.raises(VendorUnavailable):
        join(shop)
    assert join(shop).seller.stripe_account_id == "acct_ada"
    assert "create_account:seller-ada" in shop.payments.by_key
    assert len(shop.events(SellerJoined)) == len(shop.events(AccountOpened)) == 1


@pytest.mark.parametrize(
    "username", ["", "ab", "Ada", "-ada", "ada-", "a da", "a" * 33, "ad\u00e1", "ada\n"]
)
def test_a_username_that_is_none_is_refused_before_anything_is_kept(
    shop: Shop, username: str
) -> None:
    with pytest.raises(TextInvalid, match="3 to 32"):
        join(shop, username=username)
    assert (shop.core.people.find(ADA), shop.core.store.head(), shop.payments.calls) == (
        None,
        0,
        [],
    )


def test_a_username_has_one_owner(shop: Shop) -> None:
    join(shop)
    with pytest.raises(AlreadyExists, match="ada-l"):
        join(shop, BO)
    assert shop.events(SellerJoined) == [SellerJoined(ADA, "US")]


def test_a_country_that_is_none_is_refused_before_anything_is_kept(shop: Shop) -> None:
    for country in ("us", "USA", "U1", ""):
        with pytest.raises(TextInvalid):
            shop.core.selling.join(ADA, "ada-l", "", country=country)
    assert shop.core.people.find(ADA) is None


def test_a_link_is_given_while_something_is_left_to_do(shop: Shop) -> None:
    join(shop)
    assert shop.core.selling.onboarding(ADA).link is not None
    state = account_state(ADA, ready=True)
    ready = (state.details_submitted, state.charges_enabled, state.payouts_enabled)
    command = UpdateOnboarding(ADA, "acct_ada", *ready, (), "", shop.clock.now())
    shop.handle(command)
    assert shop.core.selling.onboarding(ADA).link is None
    with pytest.raises(SellerNotFound):
        shop.core.selling.onboarding(BO)


def test_a_level_is_set_with_a_reason_once(shop: Shop) -> None:
    join(shop)
    position = shop.core.selling.verify(ADA, "verified", actor=BO, reason="passport seen")
    assert position == shop.core.store.head()
    assert shop.core.selling.verify(ADA, "verified", actor=BO, reason="again") == 0
    assert shop.events(SellerVerified) == [SellerVerified(ADA, "verified")]
    with pytest.raises(TextInvalid, match="say why"):
        shop.core.selling.verify(ADA, "new", actor=BO, reason=" ")
    with pytest.raises(SellerNotFound):
        shop.core.selling.verify(SellerId(BO), "new", actor=BO, reason="a mistake")
