"""What a seller is owed, and why not yet: the read that every seller's page begins with."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from mywork.api.answers import fresh, raw
from mywork.api.auth import SECURED, current_user
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import StrictRoute
from mywork.documents.balance import Balance, SellerBalance, balance_of
from mywork.documents.document import encode, prepared
from mywork.projections import queries

router = APIRouter(tags=["sellers"], route_class=StrictRoute)


@router.get(
    "/seller/balance",
    summary="What you are owed, and why not yet",
    responses=documented(SellerBalance, 401),
    openapi_extra=WAITS | SECURED,
)
async def get_balance(request: Request) -> Response:
    """Amounts come from the ledger; `receivable` is negative: what you owe us. `not_yet` has the
    sales (the oldest 200) of which something is not available yet; `why_not_yet` of each says
    why, and until when. `payouts` are those that make up what is `in_payout`."""
    user = await current_user(request)
    await fresh(request, "sales")
    await fresh(request, "payouts")
    found = await queries.seller_balance(request.app.state.reader, user.user_id)
    return raw(
        encode(
            SellerBalance(
                balances=_balances(found.accounts),
                not_yet=prepared([found.not_yet]),
                payouts=prepared([found.on_their_way]),
            )
        )
    )


def _balances(accounts: Sequence[tuple[str, str, int]]) -> tuple[Balance, ...]:
    """One a currency, with every life stage."""
    stages: dict[str, dict[str, int]] = {}
    for stage, currency, minor in accounts:
        stages.setdefault(currency, {})[stage] = minor
    return tuple(balance_of(currency, stages[currency]) for currency in sorted(stages))
