"""A difference's words: the books say one thing and Stripe, or the bank, another.

Reconciliation finds it, and ends it once it has gone. No money of its own lies in suspense; a
person explains it, or corrects the books by an entry that names the transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mywork.domain.accounts import BANK, STRIPE_AVAILABLE
from mywork.domain.identifiers import BreakId

DifferenceKind = Literal[
    "missing_here",  # Stripe has a balance transaction that these books never posted
    "missing_there",  # these books posted a transaction that Stripe does not have
    "amount_differs",  # one transaction, two amounts
    "fee_differs",  # one transaction, the same amount, two fees
    "currency_differs",  # one transaction, two currencies
    "date_differs",  # one transaction, two times
    "duplicate",  # one transaction, told or posted more than once
    "balance_differs",  # Stripe's reported balance, after every transaction was compared
    "bank_amount_differs",  # one payout to our bank, two amounts
    "bank_line_unexplained",  # the bank booked what no payout of ours explains
    "payout_not_at_bank",  # a payout to our bank that its statement does not show
]
Source = Literal["stripe", "stripe_csv", "bank"]  # who told the other side
# What an entry of a person's may set right, and the account that it corrects.
CORRECTABLE: Mapping[DifferenceKind, str] = {
    "missing_there": STRIPE_AVAILABLE,
    "amount_differs": STRIPE_AVAILABLE,
    "fee_differs": STRIPE_AVAILABLE,
    "duplicate": STRIPE_AVAILABLE,
    "balance_differs": STRIPE_AVAILABLE,
    "bank_amount_differs": BANK,
    "bank_line_unexplained": BANK,
    "payout_not_at_bank": BANK,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One side's view: `amount_minor` before the fee, signed as Stripe or the bank signs it."""

    currency: str
    amount_minor: int
    fee_minor: int
    at: datetime

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows a difference, for whoever must explain it.

    `references` are the ids of the other side (transactions, objects, lines of a statement),
    `positions` the events of these books. A side that knows nothing of it is None.
    """

    source: Source
    references: tuple[str, ...]
    positions: tuple[int, ...]
    theirs: Figures | None
    ours: Figures | None

    def effect_minor(self, currency: str) -> int:
        """By how much their balance of a currency is above ours because of this."""
        theirs, ours = self.theirs, self.ours
        net_minor = theirs.net_minor if theirs and theirs.currency == currency else 0
        return net_minor - (ours.net_minor if ours and ours.currency == currency else 0)


# Commands --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindDifference:
    """`amount_minor` is by how much theirs is above ours, or the amount of the side that is
    alone. `transaction_id` is empty where no single transaction differs."""

    break_id: BreakId
    kind: DifferenceKind
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    concerns: str
    detail: str
    evidence: Evidence
    at: datetime


@dataclass(frozen=True, slots=True)
class EndDifference:
    """A later run looked for it and it has gone."""

    break_id: BreakId
    reason: str
    at: datetime


# Events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DifferenceFound:
    """Found, found again after it had ended, or found with other figures than before."""

    break_id: BreakId
    kind: DifferenceKind
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    concerns: str
    detail: str
    evidence: Evidence

    def same_as(self, found: FindDifference) -> bool:
        """Whether a run found just this again; balances go on while they differ by the same."""
        known, seen = self.evidence, found.evidence
        if self.kind == "balance_differs":
            return (self.currency, self.amount_minor) == (found.currency, found.amount_minor)
        return (self.currency, self.amount_minor, known.theirs, known.ours) == (
            found.currency, found.amount_minor, seen.theirs, seen.ours,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DifferenceEnded:
    break_id: BreakId
    reason: str


@dataclass(frozen=True, slots=True)
class DifferenceCorrected:
    """A person's entry: `corrected` takes the amount, and `account` bears it."""

    break_id: BreakId
    object_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    corrected: str
    account: str
    reason: str


EVENTS = {
    "break.difference_found.v1": DifferenceFound,
    "break.difference_ended.v1": DifferenceEnded,
    "break.difference_corrected.v1": DifferenceCorrected,
}
