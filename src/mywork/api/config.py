"""What a frontend needs to know before anybody has signed in."""

import orjson
from fastapi import APIRouter, Request, Response

from mywork.api.answers import public
from mywork.api.documentation import CACHED, documented
from mywork.api.strict import StrictRoute
from mywork.domain.fees import SCHEDULES
from mywork.domain.product import CATEGORIES, LICENCES
from mywork.domain.subscription.plans import INTERVAL, PLANS
from mywork.projections.documents import exact, money

router = APIRouter(tags=["config"], route_class=StrictRoute)

EXAMPLE = {
    "stripe_publishable_key": "pk_test_...",
    "currencies": [
        {
            "currency": "USD",
            "price_minimum": 1.00,
            "price_maximum": 10000.00,
            "payout_minimum": 10.00,
        }
    ],
    "categories": list(CATEGORIES),
    "licenses": list(LICENCES),
    "plans": [
        {"tier": "pro", "price": 29.00, "price_minor": 2900, "currency": "USD", "interval": "month"}
    ],
}


@router.get(
    "/config", summary="Public settings", responses=documented(EXAMPLE), openapi_extra=CACHED
)
async def config(request: Request) -> Response:
    """Publishable key, currencies with their limits, categories, licences, subscription plans."""
    currencies = [
        {
            "currency": currency,
            "price_minimum": exact(schedule.price_minimum_minor, currency),
            "price_maximum": exact(schedule.price_maximum_minor, currency),
            "payout_minimum": exact(schedule.payout_minimum_minor, currency),
        }
        for currency, schedule in sorted(SCHEDULES.items())
    ]
    document = {
        "stripe_publishable_key": request.app.state.core.settings.stripe_publishable_key,
        "currencies": currencies,
        "categories": CATEGORIES,
        "licenses": LICENCES,
        "plans": [
            {
                "tier": plan.tier,
                **money("price", plan.price_minor, plan.currency),
                "currency": plan.currency,
                "interval": INTERVAL,
            }
            for plan in PLANS.values()
        ],
    }
    return public(request, orjson.dumps(document), seconds=300)
