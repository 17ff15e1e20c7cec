"""Balance transactions of Stripe's for tests, written by what makes each different."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from mywork.domain.balance_transaction import BalanceTransaction


def moved(
    transaction_id: str,
    category: str,
    object_id: str,
    amount_minor: int,
    at: datetime,
    **more: Any,
) -> BalanceTransaction:
    """In dollars, without a fee and available at once, unless `more` says otherwise."""
    found = BalanceTransaction(
        id=transaction_id,
        category=category,
        object_id=object_id,
        currency="USD",
        amount_minor=amount_minor,
        fee_minor=0,
        available_on=None,
        exchange_rate="",
        created=at,
    )
    return replace(found, **more)


def otherwise(command: Any, **changes: Any) -> Any:
    """The same command about another transaction."""
    return replace(command, transaction=replace(command.transaction, **changes))
