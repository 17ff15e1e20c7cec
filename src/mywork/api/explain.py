"""Why the books say what they say: a balance opened into its entries, an entry into its event."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from mywork.api.access_log import Logged
from mywork.api.answers import raw
from mywork.api.auth import Auditing
from mywork.api.documentation import documented
from mywork.api.strict import StrictRoute
from mywork.api.time_ranges import AsKnownAt, At, aware
from mywork.documents.document import encode
from mywork.documents.entries import Entry, entry_of
from mywork.documents.explain import ExplainedBalance, explained_balance_of
from mywork.domain.accounts import CUSTOMERS, SELLERS
from mywork.ledger.explain.account import explain_account
from mywork.ledger.explain.entry import explain_entry
from mywork.ledger.time_range import up_to

router = APIRouter(prefix="/ledger", tags=["ledger"], route_class=StrictRoute)


@router.get(
    "/explain",
    summary="A balance opened into what it is made of",
    responses=documented(ExplainedBalance, 401, 403, 404, 503),
    dependencies=[Depends(Logged("account", only=(SELLERS, CUSTOMERS)))],
)
def explain_balance(
    request: Request,
    _: Auditing,
    account: Annotated[str, Query(max_length=200, examples=["revenue:commission"])],
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")] = "USD",
    at: At = None,
    since: Annotated[
        datetime | None, Query(alias="from", description="By default the first of that month.")
    ] = None,
    as_known_at: AsKnownAt = None,
    after: Annotated[str, Query(max_length=60, description="`next_after` before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Of `last`.")] = 20,
) -> Response:
    """opening + kinds = balance, on the account's normal side; `last` begins with the latest
    entry, `next_after` leads to those before it."""
    core = request.app.state.core
    found = explain_account(
        core.store,
        (account, currency),
        up_to(at or core.outside.clock.now(), since),
        as_known_at=aware(as_known_at),
        after=after,
        limit=limit,
    )
    return raw(encode(explained_balance_of(found)))


@router.get(
    "/entries/{entry}",
    summary="One entry: what happened, what it posted, by which rule and code",
    responses=documented(Entry, 401, 403, 404, 503),
    dependencies=[Depends(Logged())],
)
def get_ledger_entry(request: Request, _: Auditing, entry: int) -> Response:
    """An entry's number is the position of its event. `rule` is the running code's: where
    `code_version.running` is false, other sources posted it."""
    return raw(encode(entry_of(explain_entry(request.app.state.core.store, entry))))
