"""The names of streams: what each is about, and whose it is. Their grammar stands nowhere else.

A name is a prefix and what it is about, whose own hyphens do no harm: a prefix has none but its
last. SQL is composed with the same prefixes.
"""

from mywork.domain.identifiers import BreakId, OrderId, ProductId, SellerId, TransactionId, UserId

USERS = "user-"
SELLERS = "seller-"
PRODUCTS = "product-"
ORDERS = "order-"
PAYOUTS = "payouts-"
SUBSCRIPTIONS = "subscription-"
DEBTS = "debt-"
ADJUSTMENTS = "movement-"
BREAKS = "break-"
RECONCILIATIONS = "reconciliation-"
PERIODS = "periods"  # one stream for all months
# A regular expression: the seller whose payouts or debt in a currency a stream is about.
OF_SELLER = f"^(?:{PAYOUTS}|{DEBTS})(.+)-[A-Z]{{3}}$"


def split(stream: str) -> tuple[str, str]:
    """The prefix of a stream's name, and what follows it."""
    prefix, hyphen, key = stream.partition("-")
    return prefix + hyphen, key


def user_stream(user_id: UserId) -> str:
    return f"{USERS}{user_id}"


def seller_stream(seller_id: SellerId) -> str:
    return f"{SELLERS}{seller_id}"


def product_stream(product_id: ProductId) -> str:
    return f"{PRODUCTS}{product_id}"


def order_stream(order_id: OrderId) -> str:
    return f"{ORDERS}{order_id}"


def payouts_stream(seller_id: SellerId, currency: str) -> str:
    """One stream for a seller's payouts in a currency: it is the lock on that balance."""
    return f"{PAYOUTS}{seller_id}-{currency}"


def payouts_owner(stream: str) -> tuple[SellerId, str]:
    """The seller and the currency that a stream's name has: the reverse of `payouts_stream`."""
    owner, _, currency = stream.removeprefix(PAYOUTS).rpartition("-")
    return SellerId(UserId(owner)), currency


def subscription_stream(user_id: UserId) -> str:
    """One stream per user: nobody has two subscriptions at once."""
    return f"{SUBSCRIPTIONS}{user_id}"


def debt_stream(seller_id: SellerId, currency: str) -> str:
    return f"{DEBTS}{seller_id}-{currency}"


def adjustment_stream(transaction_id: TransactionId) -> str:
    return f"{ADJUSTMENTS}{transaction_id}"


def break_stream(break_id: BreakId) -> str:
    return f"{BREAKS}{break_id}"


def reconciliation_stream(source: str) -> str:
    return f"{RECONCILIATIONS}{source}"
