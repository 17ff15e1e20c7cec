"""The two sides of a balance transaction: the statement's and the ledger's."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StatementSide:
    """A balance transaction as Stripe, or a file of Stripe's, tells it.

    Amounts in minor units, signed as Stripe signs them; `net` is amount less fee.
    """

    id: str
    category: str
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    at: datetime

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class LedgerSide:
    """What one event's entry moved: read from its postings, not from the event.

    `net_minor` is what `stripe:pending` and `stripe:available` gained, `expense_minor` what the
    expense accounts did. `is_fee` says that the whole amount is a fee; `corrects`, that a
    person's entry set right what another event had posted. `category` is Stripe's, of a movement.
    """

    position: int
    event: str
    stream: str
    currency: str
    net_minor: int
    expense_minor: int
    at: datetime
    is_fee: bool = False
    corrects: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One transaction's two sides; each holds more than one where it came more than once."""

    transaction_id: str
    statement: tuple[StatementSide, ...]
    ledger: tuple[LedgerSide, ...]
