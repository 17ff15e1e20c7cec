"""What can be subscribed to: a price per tier and currency, charged monthly in advance.

Changing the table changes what is offered from then on: past prices stand in past events, and at
Stripe under the lookup key of their own version.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from mywork.domain.errors import CurrencyUnsupported, TierUnknown

Tier = Literal["pro", "team", "enterprise"]
TIERS: tuple[Tier, ...] = get_args(Tier)
INTERVAL = "month"


@dataclass(frozen=True, slots=True)
class Plan:
    """`id` is also the lookup key of its price at Stripe."""

    id: str
    tier: Tier
    currency: str
    price_minor: int


def _plans(currency: str, *prices_minor: int) -> dict[tuple[str, str], Plan]:
    return {
        (tier, currency): Plan(f"{tier}-{currency.lower()}-2026-1", tier, currency, price_minor)
        for tier, price_minor in zip(TIERS, prices_minor, strict=True)
    }


PLANS: dict[tuple[str, str], Plan] = {
    **_plans("USD", 2_900, 9_900, 49_900),
    **_plans("EUR", 2_900, 9_900, 49_900),
    **_plans("GBP", 2_500, 8_500, 42_900),
    **_plans("JPY", 4_300, 14_800, 74_800),
    **_plans("KWD", 9_000, 30_500, 153_000),
}


def plan_for(tier: str, currency: str) -> Plan:
    """Raises TierUnknown or CurrencyUnsupported, with what is offered instead."""
    if tier not in TIERS:
        raise TierUnknown(f"{tier!r} is not a tier; choose {', '.join(TIERS)}")
    try:
        return PLANS[tier, currency]
    except KeyError:
        offered = ", ".join(sorted({plan.currency for plan in PLANS.values()}))
        raise CurrencyUnsupported(
            f"subscriptions are not sold in {currency!r}; use one of {offered}"
        ) from None
