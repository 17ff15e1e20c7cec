"""What a frontend needs to know before anybody has signed in."""

from typing import get_args

from fastapi import APIRouter, Request, Response

from mywork.api.answers import public
from mywork.api.documentation import CACHED, documented
from mywork.api.strict import StrictRoute
from mywork.documents.config import Config, limits, offered
from mywork.documents.document import encode
from mywork.domain.fees import SCHEDULES
from mywork.domain.order.sale_messages import Licence
from mywork.domain.product import CATEGORIES
from mywork.domain.subscription.plans import PLANS

router = APIRouter(tags=["config"], route_class=StrictRoute)


@router.get(
    "/config", summary="Public settings", responses=documented(Config), openapi_extra=CACHED
)
async def get_config(request: Request) -> Response:
    """Publishable key, currencies with their limits, categories, licences, subscription plans."""
    known = Config(
        stripe_publishable_key=request.app.state.core.settings.stripe_publishable_key,
        currencies=tuple(limits(schedule) for _, schedule in sorted(SCHEDULES.items())),
        categories=CATEGORIES,
        license_types=get_args(Licence),
        plans=tuple(map(offered, PLANS.values())),
    )
    return public(request, encode(known), seconds=300)
