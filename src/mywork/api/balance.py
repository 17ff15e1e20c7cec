"""What a seller is owed, and why not yet: the read that every seller's page begins with."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from mywork.api.answers import fresh, raw
from mywork.api.auth import SECURED, current_user
from mywork.api.documentation import WAITS, documented
from mywork.api.examples import PAYOUT, SALE
from mywork.api.strict import StrictRoute
from mywork.domain.money import decimal_text
from mywork.ledger.statements.statement import STAGES
from mywork.projections import queries

router = APIRouter(tags=["sellers"], route_class=StrictRoute)

EXAMPLE = {
    "balances": [
        {
            "currency": "USD",
            "pending": 260.13,
            "pending_minor": 26013,
            "reserve": 0.00,
            "reserve_minor": 0,
            "refunding": 0.00,
            "refunding_minor": 0,
            "disputed": 0.00,
            "disputed_minor": 0,
            "available": 0.00,
            "available_minor": 0,
            "in_payout": 0.00,
            "in_payout_minor": 0,
            "receivable": 0.00,
            "receivable_minor": 0,
        }
    ],
    "not_yet": [SALE],
    "payouts": [PAYOUT],
}


@router.get(
    "/seller/balance",
    summary="What you are owed, and why not yet",
    responses=documented(EXAMPLE, 401, 503),
    openapi_extra=WAITS | SECURED,
)
async def balance(request: Request) -> Response:
    """Amounts come from the ledger; `receivable` is negative: what you owe us. `not_yet` has the
    sales (the oldest 200) of which something is not available yet; `why_not_yet` of each says
    why, and until when. `payouts` are those that make up what is `in_payout`."""
    user = await current_user(request)
    await fresh(request, "sales")
    await fresh(request, "payouts")
    found = await queries.seller_balance(request.app.state.reader, user.user_id)
    balances = ",".join(_balances(found.accounts))
    return raw(
        f'{{"balances":[{balances}],"not_yet":[{found.not_yet}],'
        f'"payouts":[{found.on_their_way}]}}'.encode()
    )


def _balances(accounts: Sequence[tuple[str, str, int]]) -> Sequence[str]:
    """One JSON object a currency, with every life stage, exactly."""
    stages: dict[str, dict[str, int]] = {}
    for stage, currency, minor in accounts:
        stages.setdefault(currency, {})[stage] = minor
    return [_balance(currency, amounts) for currency, amounts in sorted(stages.items())]


def _balance(currency: str, amounts: dict[str, int]) -> str:
    parts = [
        f'"{stage}":{decimal_text(minor, currency)},"{stage}_minor":{minor}'
        for stage in STAGES
        for minor in (amounts.get(stage, 0),)
    ]
    return f'{{"currency":"{currency}",{",".join(parts)}}}'
