"""Subscriptions: where one stands, what it entitles to, and the payment that it waits for."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from mywork.documents.document import Amount, Currency, Document, Moment, money
from mywork.domain.subscription.contract_messages import Status
from mywork.domain.subscription.plans import INTERVAL
from mywork.domain.subscription.plans import Tier as Offered
from mywork.domain.subscription.state import Wish

Tier = Annotated[Offered, Meta(title="Tier", description="Of a subscription.")]
SubscriptionStatus = Annotated[
    Literal[
        "none", "requested", "refused", "incomplete", "incomplete_expired", "trialing", "active",
        "past_due", "unpaid", "paused", "cancelled",
    ],
    Meta(
        title="SubscriptionStatus",
        description="`requested` and `refused` by Stripe; from `incomplete` on it exists there.",
    ),
]  # fmt: skip
SubscriptionWish = Annotated[
    Wish,
    Meta(
        title="SubscriptionWish",
        description="What was asked and is not answered yet: another tier, an end, going on.",
    ),
]


def status_of(status: Status) -> SubscriptionStatus:
    """Stripe's word, as the specification spells it."""
    return "cancelled" if status == "canceled" else status


class Subscription(Document):
    """A user's subscription; its status is `none`, and all else null, where there never was one.

    `awaits` is what was asked and Stripe has not answered yet; `refused`, why it said no.
    """

    status: SubscriptionStatus
    tier: Tier | None
    price: Amount | None
    price_minor: int | None
    credit: Amount | None
    credit_minor: int | None
    currency: Currency | None
    interval: str | None
    awaits: SubscriptionWish | None
    refused: str | None
    requested_at: Moment | None
    period_start: Moment | None
    period_end: Moment | None
    ends_at: Moment | None
    ended_at: Moment | None
    next_payment_attempt_at: Moment | None


SUBSCRIPTION = Subscription(
    status="active",
    tier="pro",
    **money("price", 2_900, "USD"),
    **money("credit", 0, "USD"),
    currency="USD",
    interval=INTERVAL,
    awaits="cancellation",
    refused=None,
    requested_at=datetime(2026, 11, 10, 12, tzinfo=UTC),
    period_start=datetime(2026, 11, 10, 12, tzinfo=UTC),
    period_end=datetime(2026, 12, 10, 12, tzinfo=UTC),
    ends_at=None,
    ended_at=None,
    next_payment_attempt_at=None,
)
NO_SUBSCRIPTION = Subscription(
    **dict.fromkeys(Subscription.__struct_fields__[1:]),
    status="none",
)


class Entitlement(Document):
    """The tier that a user may use now, and until when; or why not."""

    tier: Tier | None
    until: Moment | None
    why_not: str | None


ENTITLEMENT = Entitlement(
    tier="pro",
    until=datetime(2026, 12, 10, 12, tzinfo=UTC),
    why_not=None,
)
NO_ENTITLEMENT = Entitlement(tier=None, until=None, why_not="there is no subscription")


class OwnSubscription(Document):
    """A user's subscription, and what it entitles them to."""

    subscription: Subscription
    entitlement: Entitlement


OWN_SUBSCRIPTION = OwnSubscription(subscription=SUBSCRIPTION, entitlement=ENTITLEMENT)


class SubscriptionTerms(Document):
    """A subscription as it stands after what was asked just now."""

    status: SubscriptionStatus
    tier: Tier
    price: Amount
    price_minor: int
    currency: Currency
    awaits: SubscriptionWish | None
    period_end: Moment
    ends_at: Moment | None


SUBSCRIPTION_TERMS = SubscriptionTerms(
    status="active",
    tier="pro",
    **money("price", 2_900, "USD"),
    currency="USD",
    awaits="team",
    period_end=datetime(2026, 12, 10, 12, tzinfo=UTC),
    ends_at=None,
)


class BegunSubscription(SubscriptionTerms):
    """A subscription that begins when the payment of the secret is confirmed."""

    stripe_client_secret: str | None


BEGUN_SUBSCRIPTION = BegunSubscription(
    **asdict(SUBSCRIPTION_TERMS),
    stripe_client_secret="pi_1abc_secret_xyz",  # noqa: S106
)


class SubscriptionPayment(Document):
    """The payment that a subscription waits for: of its open invoice; null where there is none."""

    stripe_client_secret: str | None
    status: SubscriptionStatus


SUBSCRIPTION_PAYMENT = SubscriptionPayment(
    stripe_client_secret="pi_1abc_secret_xyz",  # noqa: S106
    status="past_due",
)
