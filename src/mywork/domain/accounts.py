"""The codes of accounts: what the chart, events and rules call them, and nobody else spells out."""

from mywork.domain.identifiers import SellerId, UserId

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
ROUNDING = "rounding"
CAPITAL = "capital"
# Accounts that are somebody's: whose, by which id, and of which stage of their money.
SELLERS = "seller:"
CUSTOMERS = "customer:"


def stage_in_sql(code: str = "code") -> str:
    """An expression for the stage of a column of such codes."""
    return f"split_part({code}, ':', 3)"


def seller_account(seller_id: str, stage: str) -> str:
    return f"{SELLERS}{seller_id}:{stage}"


def seller_pending(seller_id: SellerId) -> str:
    return seller_account(seller_id, "pending")


def seller_available(seller_id: SellerId) -> str:
    return seller_account(seller_id, "available")


def seller_reserve(seller_id: SellerId) -> str:
    return seller_account(seller_id, "reserve")


def seller_refunding(seller_id: SellerId) -> str:
    return seller_account(seller_id, "refunding")


def seller_disputed(seller_id: SellerId) -> str:
    return seller_account(seller_id, "disputed")


def seller_in_payout(seller_id: SellerId) -> str:
    return seller_account(seller_id, "in_payout")


def customer_credit(user_id: UserId) -> str:
    return f"{CUSTOMERS}{user_id}:credit"


def seller_receivable(seller_id: SellerId) -> str:
    return seller_account(seller_id, "receivable")
