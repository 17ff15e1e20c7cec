"""The chart of accounts: every account that can exist, with its kind, bound and meaning.

An account has a code and a currency. Amounts are debit-positive everywhere; `kind` says on
which side an account normally stands, and a bounded account never crosses to the other.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from mywork.domain import accounts
from mywork.domain.errors import AccountNotFound
from mywork.domain.identifiers import SellerId, UserId

Kind = Literal["asset", "liability", "income", "expense", "equity"]


DEBIT_NORMAL: frozenset[Kind] = frozenset({"asset", "expense"})


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line of the chart. `{id}` in a pattern stands for an opaque id."""

    pattern: str
    kind: Kind
    bounded: bool
    meaning: str

    @property
    def normal_sign(self) -> int:
        """+1 where a debit increases the account, -1 where a credit does."""
        return 1 if self.kind in DEBIT_NORMAL else -1

    @property
    def bound_sign(self) -> int:
        """The sign that the debit-positive balance must keep; 0 where it is free."""
        return self.normal_sign if self.bounded else 0


ANYBODY = SellerId(UserId("{id}"))


def _asset(pattern: str, meaning: str, *, bounded: bool = False) -> ChartRow:
    return ChartRow(pattern, "asset", bounded, meaning)


def _liability(pattern: str, meaning: str, *, bounded: bool = True) -> ChartRow:
    return ChartRow(pattern, "liability", bounded, meaning)


CHART: tuple[ChartRow, ...] = (
    _asset(accounts.STRIPE_PENDING, "Stripe's balance, not available yet, exactly"),
    _asset(accounts.STRIPE_AVAILABLE, "Stripe's available balance, exactly"),
    _asset(accounts.STRIPE_RESERVED, "set aside by Stripe, to be let go again"),
    _asset(
        accounts.STRIPE_UNCLEARED,
        "known facts whose balance transaction has not come, or the reverse",
    ),
    _asset(accounts.BANK, "the platform's bank account"),
    _asset(accounts.seller_receivable(ANYBODY), "owed by a seller, overdue", bounded=True),
    _asset(accounts.DISPUTES_HELD, "withdrawn by Stripe for open disputes", bounded=True),
    _liability(accounts.seller_pending(ANYBODY), "owed to a seller, on hold"),
    _liability(
        accounts.seller_reserve(ANYBODY), "owed to a seller, kept for a while after the hold"
    ),
    _liability(
        accounts.seller_refunding(ANYBODY),
        "a seller's share of refunds that Stripe has not made yet",
    ),
    _liability(accounts.seller_disputed(ANYBODY), "a seller's share of what open disputes took"),
    _liability(
        accounts.seller_available(ANYBODY),
        "owed to a seller, released; negative through refunds and disputes only",
        bounded=False,
    ),
    _liability(accounts.seller_in_payout(ANYBODY), "owed to a seller, on its way"),
    _liability(
        accounts.SUBSCRIPTIONS_DEFERRED,
        "paid for subscriptions, and not earned yet; negative while a refund and unused time gave"
        " the same days back",
        bounded=False,
    ),
    _liability(
        accounts.customer_credit(ANYBODY),
        "unused time given back, for later invoices; negative while a charge too small to collect"
        " is owed",
        bounded=False,
    ),
    _liability(
        accounts.SUSPENSE_STRIPE, "a Stripe movement nobody has explained yet", bounded=False
    ),
    ChartRow(accounts.REVENUE_COMMISSION, "income", False, "the platform's share of sales"),
    ChartRow(accounts.REVENUE_SUBSCRIPTIONS, "income", False, "subscriptions, as they are earned"),
    ChartRow(accounts.RECOVERY_PROCESSING, "income", False, "processing fees quoted to sellers"),
    ChartRow(accounts.EXPENSE_PROCESSING, "expense", False, "processing fees that Stripe took"),
    ChartRow(accounts.RECOVERY_DISPUTE, "income", False, "dispute fees borne by sellers"),
    ChartRow(
        accounts.EXPENSE_DISPUTE, "expense", False, "fees that Stripe took for disputes and refunds"
    ),
    ChartRow(accounts.EXPENSE_STRIPE_FEES, "expense", False, "Stripe's fees without a charge"),
    ChartRow(
        accounts.FX_GAIN_LOSS, "expense", False, "refunds and disputes that moved at another rate"
    ),
    ChartRow(accounts.EXPENSE_BAD_DEBT, "expense", False, "what nobody will pay back any more"),
    ChartRow(accounts.ROUNDING, "expense", False, "differences below one minor unit"),
    ChartRow(accounts.CAPITAL, "equity", False, "paid in by the owners"),
)


_FIXED = {row.pattern: row for row in CHART if "{id}" not in row.pattern}


_OWNED = {
    (row.pattern.split(":")[0], row.pattern.split(":")[2]): row
    for row in CHART
    if "{id}" in row.pattern
}


@cache
def chart_row(code: str) -> ChartRow:
    """The line of the chart that a code falls under; AccountNotFound where there is none."""
    if code in _FIXED:
        return _FIXED[code]
    parts = code.split(":")
    if len(parts) == 3 and parts[1] and (parts[0], parts[2]) in _OWNED:
        return _OWNED[parts[0], parts[2]]
    raise AccountNotFound(f"{code!r} is not in the chart of accounts")
