"""What a frontend needs to know before anybody has signed in."""

from mywork.documents.document import Amount, Currency, Document, money
from mywork.documents.orders import LicenseType
from mywork.documents.products import Category
from mywork.documents.subscriptions import Tier
from mywork.domain.fees import FeeSchedule, schedule_for
from mywork.domain.product import CATEGORIES
from mywork.domain.subscription.plans import INTERVAL, Plan, plan_for


class CurrencyLimits(Document):
    """A currency that is sold in: the lowest and highest price, and the least that is paid out."""

    currency: Currency
    price_minimum: Amount
    price_minimum_minor: int
    price_maximum: Amount
    price_maximum_minor: int
    payout_minimum: Amount
    payout_minimum_minor: int


def limits(schedule: FeeSchedule) -> CurrencyLimits:
    currency = schedule.currency
    return CurrencyLimits(
        currency=currency,
        **money("price_minimum", schedule.price_minimum_minor, currency),
        **money("price_maximum", schedule.price_maximum_minor, currency),
        **money("payout_minimum", schedule.payout_minimum_minor, currency),
    )


class OfferedPlan(Document):
    """A plan that can be subscribed to, charged in advance for each interval."""

    tier: Tier
    price: Amount
    price_minor: int
    currency: Currency
    interval: str


def offered(plan: Plan) -> OfferedPlan:
    return OfferedPlan(
        tier=plan.tier,
        **money("price", plan.price_minor, plan.currency),
        currency=plan.currency,
        interval=INTERVAL,
    )


class Config(Document):
    """Publishable key, currencies with their limits, categories, licences, subscription plans."""

    stripe_publishable_key: str
    currencies: tuple[CurrencyLimits, ...]
    categories: tuple[Category, ...]
    license_types: tuple[LicenseType, ...]
    plans: tuple[OfferedPlan, ...]


CONFIG = Config(
    stripe_publishable_key="pk_test_...",
    currencies=(limits(schedule_for("USD")),),
    categories=CATEGORIES,
    license_types=("standard", "extended", "enterprise"),
    plans=(offered(plan_for("pro", "USD")),),
)
