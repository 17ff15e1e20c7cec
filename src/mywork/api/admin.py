"""What admins decide about sellers; every decision with a reason, recorded under their name."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import made
from mywork.api.auth import Admin
from mywork.api.documentation import documented
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.bootstrap.core import Core
from mywork.documents.sellers import LEVELS, SellerLevel, VerifiedSeller
from mywork.domain.identifiers import SellerId, UserId

router = APIRouter(prefix="/admin", tags=["admin"], route_class=StrictRoute)


class Verification(Strict):
    model_config = example_of({"level": "verified", "reason": "passport and address seen"})

    level: SellerLevel
    reason: str = Field(min_length=1, max_length=2000)


@router.post(
    "/sellers/{seller_id}/verify",
    summary="Set a seller's verification level",
    responses=documented(VerifiedSeller, 401, 403, 404, 503),
)
def verify_seller(request: Request, seller_id: str, body: Verification, user: Admin) -> Response:
    """Of the orders placed from now on it decides which share is kept in reserve, if any."""
    core: Core = request.app.state.core
    seller = SellerId(UserId(seller_id))
    level = LEVELS[body.level]
    position = core.selling.verify(seller, level, actor=user.user_id, reason=body.reason)
    return made(core, VerifiedSeller(id=seller_id, level=body.level), position, status=200)
