"""What a seller is owed, by where it stands, with the sales and payouts that explain it."""

from collections.abc import Mapping

from mywork.documents.document import Amount, Currency, Document, money
from mywork.documents.payouts import PAYOUT, Payout
from mywork.documents.sales import SALE, Sale
from mywork.ledger.statements.statement import STAGES


class Balance(Document):
    """What is owed in one currency. `receivable` is negative: what the seller owes us."""

    currency: Currency
    pending: Amount
    pending_minor: int
    reserve: Amount
    reserve_minor: int
    refunding: Amount
    refunding_minor: int
    disputed: Amount
    disputed_minor: int
    available: Amount
    available_minor: int
    in_payout: Amount
    in_payout_minor: int
    receivable: Amount
    receivable_minor: int


def balance_of(currency: str, stages: Mapping[str, int]) -> Balance:
    """Of amounts by stage; a stage that is not there has none."""
    pairs = (money(stage, stages.get(stage, 0), currency) for stage in STAGES)
    fields = {name: value for pair in pairs for name, value in pair.items()}
    return Balance(currency=currency, **fields)


BALANCE = balance_of("USD", {"pending": 26_013})


class SellerBalance(Document):
    """`not_yet` are the sales of which something is not available yet, the oldest first;
    `payouts` those that make up what is `in_payout`."""

    balances: tuple[Balance, ...]
    not_yet: tuple[Sale, ...]
    payouts: tuple[Payout, ...]


SELLER_BALANCE = SellerBalance(balances=(BALANCE,), not_yet=(SALE,), payouts=(PAYOUT,))
