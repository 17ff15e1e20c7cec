"""What a seller is owed, and why not yet: the read that every seller's page begins with."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from mywork.api.answers import fresh, raw
from mywork.api.auth import SECURED, current_user
from mywork.api.documentation import WAITS, documented
from mywork.api.strict import StrictRoute
from mywork.domain.money import decimal_text
from mywork.projections import queries

router = APIRouter(tags=["sellers"], route_class=StrictRoute)

SALE = {
    "id": "0199aa00-0000-7000-8000-000000000002",
    "order_number": "MW-2026-00001",
    "status": "completed",
    "product": {"id": "0199aa00-0000-7000-8000-000000000001", "title": "SaaS starter"},
    "license": "standard",
    "amount": 299.00,
    "amount_minor": 29900,
    "seller_share": 260.13,
    "seller_share_minor": 26013,
    "commission": 29.90,
    "commission_minor": 2990,
    "processing_fee": 8.97,
    "processing_fee_minor": 897,
    "currency": "USD",
    "created_at": "2026-11-10T12:00:00Z",
    "paid_at": "2026-11-10T12:01:00Z",
    "release_at": "2026-11-17T12:01:00Z",
    "released_at": None,
    "why_not_yet": "on hold until its release date",
}
EXAMPLE = {
    "balances": [
        {
            "currency": "USD",
            "pending": 260.13,
            "pending_minor": 26013,
            "available": 0.00,
            "available_minor": 0,
            "in_payout": 0.00,
            "in_payout_minor": 0,
        }
    ],
    "not_yet": [SALE],
}
STAGES = ("pending", "available", "in_payout")


@router.get(
    "/seller/balance",
    summary="What you are owed, and why not yet",
    responses=documented(EXAMPLE, 401, 503),
    openapi_extra=WAITS | SECURED,
)
async def balance(request: Request) -> Response:
    """Amounts come from the ledger; held sales with the date on which each is released."""
    user = await current_user(request)
    await fresh(request, "sales")
    accounts, held = await queries.seller_balance(request.app.state.reader, user.user_id)
    balances = ",".join(_balances(accounts))
    return raw(f'{{"balances":[{balances}],"not_yet":[{held}]}}'.encode())


def _balances(accounts: Sequence[tuple[Any, ...]]) -> Sequence[str]:
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
