"""What a seller is owed, by where it stands, with the sales and payouts that explain it."""

from collections.abc import Mapping

from msgspec.structs import asdict

from mywork.documents.document import Amount, Currency, Document, Id, money
from mywork.documents.examples import SELLER_ID
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


class SellerStanding(Balance):
    """All that one seller is owed in one currency, and was paid so far."""

    seller_id: Id
    paid_out: Amount
    paid_out_minor: int


def standing_of(seller_id: str, currency: str, stages: Mapping[str, int]) -> SellerStanding:
    """Like a balance; one of the stages is `paid_out`."""
    return SellerStanding(
        **asdict(balance_of(currency, stages)),
        seller_id=seller_id,
        **money("paid_out", stages.get("paid_out", 0), currency),
    )


SELLER_STANDING = standing_of(SELLER_ID, "USD", {"pending": 26_013})


class SellerBalance(Document):
    """`not_yet` are the sales of which something is not available yet, the oldest first;
    `payouts` those that make up what is `in_payout`."""

    balances: tuple[Balance, ...]
    not_yet: tuple[Sale, ...]
    payouts: tuple[Payout, ...]


SELLER_BALANCE = SellerBalance(balances=(BALANCE,), not_yet=(SALE,), payouts=(PAYOUT,))
