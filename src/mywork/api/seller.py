"""Sellers: joining, and what they sold. (See `balance` for what they are owed, and `payouts`.)"""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from mywork.api.answers import Cursor, Limit, fresh, listed, made, raw
from mywork.api.auth import User
from mywork.api.documentation import WAITS, documented
from mywork.api.idempotency import OnceOnly
from mywork.api.strict import Strict, StrictRoute, example_of
from mywork.application.usecases import selling
from mywork.bootstrap.core import Core
from mywork.documents.document import Page, encode, moment
from mywork.documents.products import Product
from mywork.documents.sales import Sale
from mywork.documents.sellers import Onboarding
from mywork.projections import queries

router = APIRouter(tags=["sellers"], route_class=StrictRoute)


class BecomeSeller(Strict):
    model_config = example_of({"username": "ada", "email": "ada@example.com", "country": "US"})

    username: str = Field(min_length=3, max_length=32, examples=["ada"])
    email: str = Field(default="", max_length=254, examples=["ada@example.com"])
    country: str = Field(default="US", pattern="^[A-Z]{2}$", examples=["US"])


# Joining ------------------------------------------------------------------------------------


@router.post(
    "/user/become-seller",
    summary="Become a seller",
    status_code=201,
    responses=documented(Onboarding, 401, 409, 503, status=201),
)
def become_seller(request: Request, body: BecomeSeller, user: User, once: OnceOnly) -> Response:
    """Opens an Express account at Stripe and answers its onboarding link. Safe to repeat."""
    core: Core = request.app.state.core

    def perform() -> Response:
        joined = core.selling.join(user.user_id, body.username, body.email, country=body.country)
        return made(core, _onboarding(joined), joined.position)

    return once.answer(perform, secret=True)  # the link opens the account to whoever holds it


@router.get(
    "/seller/onboarding",
    summary="Where your onboarding stands",
    responses=documented(Onboarding, 401, 404, 503),
)
def get_onboarding(request: Request, user: User) -> Response:
    """While something is due, with a fresh single-use link."""
    core: Core = request.app.state.core
    return raw(encode(_onboarding(core.selling.onboarding(user.user_id))))


def _onboarding(found: selling.Onboarding) -> Onboarding:
    seller, link = found.seller, found.link
    return Onboarding(
        seller_id=seller.seller_id,
        status="active" if seller.can_receive_payouts else "onboarding",
        payouts_enabled=seller.can_receive_payouts,
        currently_due=seller.onboarding.currently_due if seller.onboarding else (),
        onboarding_url=link.url if link else None,
        expires_at=moment(link.expires_at) if link else None,
        payout_schedule=seller.schedule,
        payouts_paused_because=seller.paused_because or None,
    )


# Selling ------------------------------------------------------------------------------------


@router.get(
    "/seller/products",
    summary="Your products, drafts too",
    responses=documented(Page[Product], 401),
    openapi_extra=WAITS,
)
async def own_products(
    request: Request, user: User, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """Newest draft first."""
    await fresh(request, "products")
    return await _own(request, queries.OWN_PRODUCTS, user.user_id, limit=limit, cursor=cursor)


@router.get(
    "/seller/orders",
    summary="Your sales",
    responses=documented(Page[Sale], 401),
    openapi_extra=WAITS,
)
async def own_sales(
    request: Request, user: User, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """Each with its division, its refunds and disputes, and where your money of it is."""
    await fresh(request, "sales")
    return await _own(request, queries.SALES, user.user_id, limit=limit, cursor=cursor)


async def _own(
    request: Request, listing: queries.Listing, user_id: str, *, limit: int, cursor: str
) -> Response:
    asked = queries.Asked(limit, cursor, user_id, where={"seller_id": user_id})
    return listed(await queries.page(request.app.state.reader, listing, asked))
