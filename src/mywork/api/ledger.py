"""The ledger, for the roles finance, auditor and admin: read only, by two kinds of time."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.access_log import Logged
from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, aware, whole_range
from mywork.documents.document import encode
from mywork.documents.ledger import (
    AccountPage,
    Accounts,
    BalancedAccounts,
    account_page_of,
    accounts_of,
    trial_balance_of,
)
from mywork.domain.accounts import CUSTOMERS, SELLERS
from mywork.ledger.account_lines import account_lines
from mywork.ledger.trial_balance import trial_balance

router = APIRouter(prefix="/ledger", tags=["ledger"], route_class=StrictRoute)


@router.get(
    "/trial-balance",
    summary="Every account: debits equal credits",
    responses=documented(BalancedAccounts, 401, 403, 503),
)
def get_trial_balance(
    request: Request, _: Auditing, at: At = None, as_known_at: AsKnownAt = None
) -> Response:
    """Now, or at a moment: by what had happened, and by what was booked."""
    found = trial_balance(
        request.app.state.core.store, at=aware(at), as_known_at=aware(as_known_at)
    )
    return raw(encode(trial_balance_of(found)))


@router.get(
    "/accounts",
    summary="Accounts and their balances",
    responses=documented(Accounts, 401, 403, 503),
    dependencies=[Depends(Logged())],
)
def get_accounts(
    request: Request,
    _: Auditing,
    prefix: Annotated[str, Query(max_length=100, examples=["seller:user_ada:"])] = "",
    at: At = None,
    as_known_at: AsKnownAt = None,
) -> Response:
    """All, or those whose code begins with `prefix`; now, or at a moment."""
    store = request.app.state.core.store
    found = trial_balance(store, at=aware(at), as_known_at=aware(as_known_at), prefix=prefix)
    return raw(encode(Accounts(data=accounts_of(found.rows))))


@router.get(
    "/accounts/{account}/entries",
    summary="An account's lines, with the running balance",
    responses=documented(AccountPage, 401, 403, 404, 503),
    dependencies=[Depends(Logged("account", only=(SELLERS, CUSTOMERS)))],
)
def get_account_entries(
    request: Request,
    _: Auditing,
    account: str,
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "USD",
    since: Annotated[datetime | None, Query(alias="from", description="By default all.")] = None,
    to: Annotated[datetime | None, Query(description="Not part of it; by default all.")] = None,
    as_known_at: AsKnownAt = None,
    after: Annotated[
        str, Query(max_length=60, description="`next_after` of the page before.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """In the order in which they took effect: opening + lines = closing, on the account's normal
    side."""
    key = (account, currency)
    page = account_lines(
        request.app.state.core.store,
        key,
        whole_range(since, to),
        limit=limit,
        as_known_at=aware(as_known_at),
        after=after,
    )
    return raw(encode(account_page_of(key, page)))
