"""The chart of accounts: every account that can exist, with its kind, bound and meaning.

An account has a code and a currency. Amounts are debit-positive everywhere; `kind` says on
which side an account normally stands, and a bounded account never crosses to the other.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from mywork.domain.errors import AccountNotFound
from mywork.domain.identifiers import SellerId, UserId

Kind = Literal["asset", "liability", "income", "expense", "equity"]
DEBIT_NORMAL: frozenset[Kind] = frozenset({"asset", "expense"})

STRIPE_PENDING = "stripe:pending"
STRIPE_AVAILABLE = "stripe:available"
STRIPE_RESERVED = "stripe:reserved"
STRIPE_UNCLEARED = "stripe:uncleared"
BANK = "bank"
SUSPENSE_STRIPE = "suspense:stripe"
SUBSCRIPTIONS_DEFERRED = "subscriptions:deferred"
REVENUE_COMMISSION = "revenue:commission"
REVENUE_SUBSCRIPTIONS = "revenue:subscriptions"
RECOVERY_PROCESSING = "recovery:processing"
EXPENSE_PROCESSING = "expense:processing"
EXPENSE_STRIPE_FEES = "expense:stripe_fees"
EXPENSE_DISPUTE = "expense:dispute"
EXPENSE_BAD_DEBT = "expense:bad_debt"
RECOVERY_DISPUTE = "recovery:dispute"
DISPUTES_HELD = "disputes:held"
FX_GAIN_LOSS = "fx:gain_loss"


def seller_pending(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:pending"


def seller_available(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:available"


def seller_reserve(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:reserve"


def seller_refunding(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:refunding"


def seller_disputed(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:disputed"


def seller_in_payout(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:in_payout"


def customer_credit(user_id: UserId) -> str:
    return f"customer:{user_id}:credit"


def seller_receivable(seller_id: SellerId) -> str:
    return f"seller:{seller_id}:receivable"


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


def _asset(pattern: str, meaning: str, *, bounded: bool = False) -> ChartRow:
    return ChartRow(pattern, "asset", bounded, meaning)


def _liability(pattern: str, meaning: str, *, bounded: bool = True) -> ChartRow:
    return ChartRow(pattern, "liability", bounded, meaning)


CHART: tuple[ChartRow, ...] = (
    _asset(STRIPE_PENDING, "Stripe's balance, not available yet, exactly"),
    _asset(STRIPE_AVAILABLE, "Stripe's available balance, exactly"),
    _asset(STRIPE_RESERVED, "set aside by Stripe, to be let go again"),
    _asset(STRIPE_UNCLEARED, "known facts whose balance transaction has not come, or the reverse"),
    _asset(BANK, "the platform's bank account"),
    _asset("seller:{id}:receivable", "owed by a seller, overdue", bounded=True),
    _asset(DISPUTES_HELD, "withdrawn by Stripe for open disputes", bounded=True),
    _liability("seller:{id}:pending", "owed to a seller, on hold"),
    _liability("seller:{id}:reserve", "owed to a seller, kept for a while after the hold"),
    _liability("seller:{id}:refunding", "a seller's share of refunds that Stripe has not made yet"),
    _liability("seller:{id}:disputed", "a seller's share of what open disputes took"),
    _liability(
        "seller:{id}:available",
        "owed to a seller, released; negative through refunds and disputes only",
        bounded=False,
    ),
    _liability("seller:{id}:in_payout", "owed to a seller, on its way"),
    _liability(
        SUBSCRIPTIONS_DEFERRED,
        "paid for subscriptions, and not earned yet; negative while a refund and unused time gave"
        " the same days back",
        bounded=False,
    ),
    _liability(
        "customer:{id}:credit",
        "unused time given back, for later invoices; negative while a charge too small to collect"
        " is owed",
        bounded=False,
    ),
    _liability(SUSPENSE_STRIPE, "a Stripe movement nobody has explained yet", bounded=False),
    ChartRow(REVENUE_COMMISSION, "income", False, "the platform's share of sales"),
    ChartRow(REVENUE_SUBSCRIPTIONS, "income", False, "subscriptions, as they are earned"),
    ChartRow(RECOVERY_PROCESSING, "income", False, "processing fees quoted to sellers"),
    ChartRow(EXPENSE_PROCESSING, "expense", False, "processing fees that Stripe took"),
    ChartRow(RECOVERY_DISPUTE, "income", False, "dispute fees borne by sellers"),
    ChartRow(EXPENSE_DISPUTE, "expense", False, "fees that Stripe took for disputes and refunds"),
    ChartRow(EXPENSE_STRIPE_FEES, "expense", False, "Stripe's fees without a charge"),
    ChartRow(FX_GAIN_LOSS, "expense", False, "refunds and disputes that moved at another rate"),
    ChartRow(EXPENSE_BAD_DEBT, "expense", False, "what nobody will pay back any more"),
    ChartRow("rounding", "expense", False, "differences below one minor unit"),
    ChartRow("capital", "equity", False, "paid in by the owners"),
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
