"""Where each payout of a seller and currency stands, folded from its events.

Payouts that have ended are kept: the bank may send back what it had reported as paid, and a
person may reverse a transfer at Stripe at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mywork.domain.errors import PaymentDisagrees, PayoutNotFound
from mywork.domain.identifiers import PayoutId
from mywork.domain.payout.transfer_messages import PayoutRequested

Stage = Literal[
    "requested",  # the money is set aside
    "queued",  # Stripe's available balance is short
    "held",  # the seller is paused
    "dispatched",  # a transfer may exist
    "sent",  # it does; a bank payout is being made
    "banking",  # the bank payout exists
    "failed",  # the bank sent it back: the money lies in the seller's Stripe account
    "reversing",  # it was asked back; the answer is not known
    "blocked",  # Stripe refused to give it back: a person decides
    "paid",
    "reversed",
    "refused",
    "cancelled",
]


CLOSED: frozenset[Stage] = frozenset({"paid", "reversed", "refused", "cancelled"})


UNSENT: frozenset[Stage] = frozenset({"requested", "queued", "held"})  # nothing asked of Stripe


RETURNED: frozenset[Stage] = frozenset({"failed", "blocked"})  # a person may decide


# Where a payout is, in words that follow "the payout".
WORDS: dict[Stage, str] = {
    "requested": "is about to be sent; cancel it, or wait until it has arrived",
    "queued": "waits for Stripe's balance to cover it; cancel it, or wait until it has arrived",
    "held": "is held while its seller is paused; cancel it, or wait for the release",
    "dispatched": "is being sent; wait until it has arrived",
    "sent": "is being handed to the bank; wait until it has arrived",
    "banking": "is on its way to the bank; wait until it has arrived",
    "failed": "came back from the bank; it goes there again or is reversed first",
    "reversing": "is being reversed; its money is payable once Stripe has confirmed that",
    "blocked": "came back from the bank and could not be reversed; somebody of ours must decide",
    "paid": "has arrived",
    "reversed": "was reversed; its money is in the balance again",
    "refused": "was refused by Stripe; its money is in the balance again",
    "cancelled": "was cancelled; its money is in the balance again",
}


BankOutcome = Literal["begun", "paid", "failed"]


@dataclass(frozen=True, slots=True)
class Payout:
    """`attempt` counts bank payouts asked for; `settlements` are transactions by object id."""

    requested: PayoutRequested
    stage: Stage = "requested"
    dispatches: int = 0
    transfer_id: str = ""
    attempt: int = 0
    bank: Mapping[str, BankOutcome] = field(default_factory=dict)
    reversals: Mapping[str, int] = field(default_factory=dict)
    reversal_number: int = 0
    settlements: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.stage not in CLOSED

    @property
    def left_minor(self) -> int:
        """What the transfer still amounts to, after its reversals."""
        return self.requested.amount_minor - sum(self.reversals.values())

    def was_settled(self, object_id: str, transaction_id: str) -> bool:
        """Whether this very transaction settled the object; PaymentDisagrees if another did."""
        known = self.settlements.get(object_id)
        if known not in {None, transaction_id}:
            raise PaymentDisagrees(f"{transaction_id} settles what {known} has settled")
        return known is not None


@dataclass(frozen=True, slots=True)
class Payouts:
    """All payouts of a seller in a currency; more than one is open only where one was reopened."""

    by_id: Mapping[PayoutId, Payout] = field(default_factory=dict)

    @property
    def in_flight(self) -> Payout | None:
        """The newest payout that has not ended."""
        return next((p for p in reversed(tuple(self.by_id.values())) if p.open), None)

    def payout(self, payout_id: PayoutId) -> Payout:
        """Raises PayoutNotFound."""
        try:
            return self.by_id[payout_id]
        except KeyError:
            raise PayoutNotFound(f"there is no payout {payout_id}") from None

    def of_transfer(self, transfer_id: str) -> Payout | None:
        return next((p for p in self.by_id.values() if p.transfer_id == transfer_id), None)

    def of_reversal(self, reversal_id: str) -> Payout | None:
        return next((p for p in self.by_id.values() if reversal_id in p.reversals), None)
