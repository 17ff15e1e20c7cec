"""Users, sellers, products and breaks: what happens, what is refused, when nothing happens."""

from dataclasses import replace
from typing import Any

import pytest
from events import AT, EXAMPLES, ORDER_ID, PRODUCT_ID
from scenario import Scenario
from transactions import moved

from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.explanation_messages import OpenBreak, ResolveBreak
from mywork.domain.breaks.settlement_messages import MakeBreakFundsAvailable, SettleBreak
from mywork.domain.errors import (
    AlreadyExists,
    BreakNotFound,
    BreakNotOpen,
    HoldNotOver,
    InvalidInput,
    PredecessorMissing,
    ProductNotForSale,
    ProductNotFound,
    ResolutionInvalid,
    SellerNotFound,
    SellerNotOnboarded,
    TextInvalid,
)
from mywork.domain.identifiers import BreakId
from mywork.domain.product import (
    PRODUCT,
    DraftProduct,
    PriceProduct,
    ProductPublished,
    PublishProduct,
    for_sale,
    price_of,
)
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.messages import (
    ChoosePayoutSchedule,
    JoinAsSeller,
    OpenAccount,
    PausePayouts,
    ReleasePayouts,
    UpdateOnboarding,
    VerifySeller,
)
from mywork.domain.user import USER, GrantRole, RevokeRole

# Users --------------------------------------------------------------------------------------

users = Scenario(USER)
GRANT: Any = GrantRole("user_fin", "finance", AT)
REVOKE: Any = RevokeRole("user_fin", "finance", AT)


def test_roles_are_granted_and_revoked_once() -> None:
    granted = users.given(EXAMPLES["user.role_granted.v1"])
    users.when(GRANT).then(EXAMPLES["user.role_granted.v1"])
    granted.when(GRANT).nothing_new()
    granted.when(REVOKE).then(EXAMPLES["user.role_revoked.v1"])
    users.when(REVOKE).nothing_new()


def test_an_unknown_role_or_user_is_refused() -> None:
    users.when(replace(GRANT, role="king")).refused(TextInvalid, "admin, finance, auditor")
    users.when(replace(GRANT, user_id="a b")).refused(TextInvalid)
    users.when(replace(REVOKE, role="king")).refused(TextInvalid)


# Sellers ------------------------------------------------------------------------------------

sellers = Scenario(SELLER)
JOINED, OPENED = EXAMPLES["seller.joined.v1"], EXAMPLES["seller.account_opened.v1"]
ONBOARDED = EXAMPLES["seller.onboarding_updated.v1"]
JOIN: Any = JoinAsSeller("ada", "US", AT)
OPEN: Any = OpenAccount("ada", "acct_1", AT)
UPDATE: Any = UpdateOnboarding(
    "ada", "acct_1", True, False, False, ("external_account",), "", AT
)  # fmt: skip
VERIFY: Any = VerifySeller("ada", "verified", AT)
joined = sellers.given(JOINED)


def test_joining() -> None:
    sellers.when(JOIN).then(JOINED)
    sellers.when(replace(JOIN, country="usa")).refused(TextInvalid)
    sellers.when(replace(JOIN, seller_id="a:b")).refused(TextInvalid)
    joined.when(JOIN).nothing_new()


def test_opening_the_stripe_account() -> None:
    joined.when(OPEN).then(OPENED)
    sellers.when(OPEN).refused(SellerNotFound)
    joined.given(OPENED).when(replace(OPEN, stripe_account_id="acct_2")).refused(SellerNotOnboarded)
    joined.given(OPENED).when(OPEN).nothing_new()


def test_onboarding_follows_the_account() -> None:
    joined.when(UPDATE).then(ONBOARDED)
    sellers.when(UPDATE).refused(SellerNotFound)
    joined.given(ONBOARDED).when(UPDATE).nothing_new()


def test_verifying() -> None:
    joined.when(VERIFY).then(EXAMPLES["seller.verified.v1"])
    joined.when(replace(VERIFY, level="royal")).refused(TextInvalid)
    sellers.when(VERIFY).refused(SellerNotFound)
    joined.given(EXAMPLES["seller.verified.v1"]).when(VERIFY).nothing_new()


CHOOSE: Any = ChoosePayoutSchedule("ada", "monthly", AT)
PAUSE: Any = PausePayouts("ada", "an identity check is open", AT)
RELEASE: Any = ReleasePayouts("ada", "the identity check passed", AT)
CHOSEN = EXAMPLES["seller.payout_schedule_chosen.v1"]
PAUSED, RELEASED = EXAMPLES["seller.payouts_paused.v1"], EXAMPLES["seller.payouts_released.v1"]


def test_choosing_when_to_be_paid() -> None:
    joined.when(CHOOSE).then(CHOSEN)
    joined.when(replace(CHOOSE, schedule="hourly")).refused(TextInvalid, "on_request")
    sellers.when(CHOOSE).refused(SellerNotFound)
    joined.given(CHOSEN).when(CHOOSE).nothing_new()
    joined.when(replace(CHOOSE, schedule="weekly")).nothing_new()


def test_pausing_payouts_needs_a_reason() -> None:
    joined.when(PAUSE).then(PAUSED)
    joined.when(replace(PAUSE, reason=" ")).refused(TextInvalid, "say why")
    joined.when(replace(PAUSE, reason="x" * 2_001)).refused(TextInvalid)
    sellers.when(PAUSE).refused(SellerNotFound)
    joined.given(PAUSED).when(PAUSE).nothing_new()


def test_releasing_payouts_needs_a_reason() -> None:
    joined.given(PAUSED).when(RELEASE).then(RELEASED)
    joined.given(PAUSED).when(replace(RELEASE, reason="")).refused(TextInvalid)
    sellers.when(RELEASE).refused(SellerNotFound)
    joined.when(RELEASE).nothing_new()
    joined.given(PAUSED, RELEASED).when(PAUSE).then(PAUSED)


# Products -----------------------------------------------------------------------------------

products = Scenario(PRODUCT)
DRAFT: Any = DraftProduct(
    PRODUCT_ID, "ada", "SaaS starter kit", "x" * 100, "saas-starters", "USD",
    {"standard": 29_900}, ("python",), (), AT,
)  # fmt: skip
PRICE: Any = PriceProduct(PRODUCT_ID, "ada", "USD", {"standard": 19_900}, AT)
PUBLISH: Any = PublishProduct(PRODUCT_ID, "ada", AT)
drafted = products.given(*products.when(DRAFT).events())
published = drafted.given(ProductPublished(PRODUCT_ID))  # type: ignore[arg-type]


def test_drafting_also_prices() -> None:
    content, pricing = products.when(DRAFT).events()
    assert content.slug == "saas-starter-kit-0000000001"
    assert pricing.prices_minor == {"standard": 29_900}
    drafted.when(DRAFT).refused(AlreadyExists)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "short"},
        {"description": "short"},
        {"category": "toys"},
        {"tech_stack": ("x",) * 11},
        {"tags": ("",)},
        {"prices_minor": {}},
        {"prices_minor": {"standard": 1}},
        {"prices_minor": {"standard": 100, "royal": 100}},
        {"currency": "XXX"},
    ],
)
def test_a_draft_that_can_never_be_right_is_refused(change: dict[str, Any]) -> None:
    products.when(replace(DRAFT, **change)).refused(InvalidInput)


def test_pricing() -> None:
    (event,) = published.when(PRICE).events()
    assert event.prices_minor == {"standard": 19_900}
    drafted.when(replace(PRICE, seller_id="eve")).refused(ProductNotFound)
    drafted.given(event).when(PRICE).nothing_new()


def test_publishing() -> None:
    drafted.when(PUBLISH).then(EXAMPLES["product.published.v1"])
    products.when(PUBLISH).refused(ProductNotFound)
    drafted.when(replace(PUBLISH, seller_id="eve")).refused(ProductNotFound)
    published.when(PUBLISH).nothing_new()


def test_a_price_is_of_a_licence_that_is_offered() -> None:
    state = for_sale(published.decider.fold(published.history), "p")  # type: ignore[arg-type]
    assert price_of(state, "standard") == 29_900
    with pytest.raises(TextInvalid, match="choose standard"):
        price_of(state, "extended")
    with pytest.raises(ProductNotForSale):
        for_sale(drafted.decider.fold(drafted.history), "p")  # type: ignore[arg-type]


# Breaks -------------------------------------------------------------------------------------

unknown = Scenario(BREAK)
OPENED_BREAK, SETTLED_BREAK = EXAMPLES["break.opened.v1"], EXAMPLES["break.settled.v1"]
OPEN_BREAK: Any = OpenBreak(
    "ch_9", "unexpected_payment", "ch_9", "USD", 29_900, 0, None, f"order-{ORDER_ID}",
    "the order expired before ch_9 was paid", AT,
)  # fmt: skip
SETTLE_BREAK: Any = SettleBreak(
    BreakId("ch_9"),
    moved(
        "txn_9", "charge", "ch_9", 29_900, AT,
        fee_minor=897, available_on=SETTLED_BREAK.available_on,
    ),
)  # fmt: skip
RIPEN: Any = MakeBreakFundsAvailable("ch_9", SETTLED_BREAK.available_on)
RESOLVE: Any = ResolveBreak("ch_9", "bank", "refunded by hand", AT)
opened = unknown.given(OPENED_BREAK)
settled = opened.given(SETTLED_BREAK)


def test_a_surprise_is_one_break_however_often_it_comes() -> None:
    unknown.when(OPEN_BREAK).then(OPENED_BREAK)
    opened.when(OPEN_BREAK).nothing_new()
    opened.given(EXAMPLES["break.resolved.v1"]).when(OPEN_BREAK).nothing_new()


def test_its_money_settles_and_ripens_like_any_other() -> None:
    opened.when(SETTLE_BREAK).then(SETTLED_BREAK, EXAMPLES["break.return_asked.v1"])
    unknown.when(SETTLE_BREAK).refused(PredecessorMissing)
    settled.when(SETTLE_BREAK).nothing_new()
    settled.when(RIPEN).then(EXAMPLES["break.funds_available.v1"])
    settled.given(EXAMPLES["break.funds_available.v1"]).when(RIPEN).nothing_new()
    settled.when(replace(RIPEN, at=AT)).refused(HoldNotOver)
    unknown.when(RIPEN).refused(BreakNotFound)
    opened.when(RIPEN).nothing_new()


def test_resolving_needs_a_reason_and_a_place_for_the_money() -> None:
    settled.when(RESOLVE).then(EXAMPLES["break.resolved.v1"])
    settled.when(replace(RESOLVE, reason=" ")).refused(ResolutionInvalid, "reason")
    settled.when(replace(RESOLVE, account="")).refused(ResolutionInvalid, "account")
    unknown.when(RESOLVE).refused(BreakNotFound)
    opened.given(EXAMPLES["break.resolved.v1"]).when(RESOLVE).refused(BreakNotOpen)


def test_a_payment_is_not_explained_before_stripe_has_settled_it() -> None:
    """Until then its money is not here, and goes back by itself once it is."""
    opened.when(RESOLVE).refused(ResolutionInvalid, "has not settled ch_9")
    (never,) = opened.when(replace(RESOLVE, account="stripe:uncleared")).events()
    assert (never.account, never.suspense_minor) == ("stripe:uncleared", 29_900)
