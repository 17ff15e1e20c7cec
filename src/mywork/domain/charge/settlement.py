"""Settling: what Stripe's own lines say of a payment, and of what takes it back.

Facts are never refused; what does not fit is unforeseen, and becomes a break.
"""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.charge.state import Charge, D, Maturing, R, Refund, Settlement
from mywork.domain.errors import HoldNotOver, PaymentDisagrees, PredecessorMissing
from mywork.domain.money import Money


def is_settled_by(transaction: BalanceTransaction, charge: Charge[R, D]) -> bool:
    """Whether it is booked already; raises PaymentDisagrees where another one is."""
    known = charge.settlement
    if known is not None and known.transaction_id != transaction.id:
        raise PaymentDisagrees(f"{transaction.id} settles what {known.transaction_id} has settled")
    return known is not None


def check_amount(transaction: BalanceTransaction, charge: Charge[R, D]) -> None:
    """What was captured is settled in full, unless in another currency."""
    expected = Money(charge.captured_minor, charge.currency)
    found = Money(transaction.amount_minor, transaction.currency)
    if found.currency == expected.currency and found != expected:
        raise PaymentDisagrees(f"{transaction.object_id} was {expected}, and settled as {found}")


def settlement_of(transaction: BalanceTransaction) -> Settlement:
    return Settlement(
        transaction.id, transaction.currency, transaction.amount_minor, transaction.exchange_rate
    )


@dataclass(frozen=True, slots=True)
class RefundMoved:
    """What a refund was booked at and what really moved; both positive going out."""

    amount_minor: int
    moved_minor: int

    @property
    def exchange_loss_minor(self) -> int:
        return self.moved_minor - self.amount_minor


def refund_moved(
    transaction: BalanceTransaction, charge: Charge[R, D], refund: Refund[R]
) -> RefundMoved | None:
    """A refund's way out, or its way back after a failure; None where that is booked already.

    Rates differ from day to day; in one currency it moves just what was refunded.
    """
    if transaction.id in refund.settled:
        return None
    if transaction.currency != charge.booked_currency and charge.settlement is None:
        raise PredecessorMissing(f"{transaction.id} waits for its charge to be settled")
    out = transaction.amount_minor < 0
    moved = RefundMoved(
        refund.amount_minor if out else -refund.amount_minor, -transaction.amount_minor
    )
    differs = moved.exchange_loss_minor != 0 and not charge.foreign
    if transaction.currency != charge.booked_currency or differs:
        raise PaymentDisagrees(f"{transaction.id} does not settle what was refunded")
    return moved


def mature(transaction_id: str, charge: Charge[R, D], at: datetime) -> Maturing | None:
    """What becomes available now; None where that has been, or was at once."""
    maturing = charge.maturing.get(transaction_id)
    due = maturing.available_on if maturing is not None else None
    if due is not None and at < due:
        raise HoldNotOver(f"Stripe makes these funds available on {due}")
    return maturing
