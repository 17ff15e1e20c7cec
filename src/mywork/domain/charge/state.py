"""What is known of a captured payment.

Amounts that are *asked* stand in the currency in which it was paid; amounts that are *booked*, in
the one in which Stripe settled it. All are integer minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Literal, TypeVar

from mywork.domain.money import proportion

RefundStage = Literal[
    "requested", "approved", "created", "succeeded", "failed", "declined", "refused"
]
ENDED: frozenset[RefundStage] = frozenset({"failed", "declined", "refused"})
AT_STRIPE: frozenset[RefundStage] = frozenset({"created", "succeeded"})
RefundOutcome = Literal["succeeded", "failed", "canceled"]  # Stripe's words
DisputeOutcome = Literal["won", "lost", "inquiry_closed", "prevented"]

R = TypeVar("R")  # who shares what a refund costs: the owner's own value
D = TypeVar("D")  # the same of a dispute


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the payment was settled as; `exchange_rate` is decimal text, empty without one."""

    transaction_id: str
    currency: str
    amount_minor: int
    exchange_rate: str = ""


@dataclass(frozen=True, slots=True)
class Maturing:
    """A transaction of Stripe's that does not count as available before its time, if it has one."""

    currency: str
    net_minor: int
    available_on: datetime | None


@dataclass(frozen=True, slots=True)
class Refund(Generic[R]):
    """A refund, and who shares it as it stands; `excess_minor` of what is booked nobody bears."""

    refund_id: str
    asked_minor: int
    amount_minor: int
    share: R
    excess_minor: int = 0
    stage: RefundStage = "requested"
    stripe_refund_id: str = ""
    settled: frozenset[str] = frozenset()  # transactions, going out and coming back

    @property
    def claims(self) -> bool:
        """Whether it counts against the payment."""
        return self.stage not in ENDED

    def settled_by(self, transaction_id: str) -> "Refund[R]":
        return replace(self, settled=self.settled | {transaction_id})


@dataclass(frozen=True, slots=True)
class Dispute(Generic[D]):
    """A dispute or inquiry, with what Stripe holds of it now and who would bear that."""

    dispute_id: str
    asked_minor: int
    inquiry: bool
    share: D
    evidence_due_by: datetime | None = None
    disputed_minor: int = 0  # asked, while it counts against the payment
    held_minor: int = 0  # booked
    moved: frozenset[str] = frozenset()  # transactions that withdrew or gave back
    settled: frozenset[str] = frozenset()
    outcome: DisputeOutcome | None = None

    @property
    def open(self) -> bool:
        return self.outcome is None

    @property
    def exposed_minor(self) -> int:
        """What it may cost or has cost, as asked; inquiries cost nothing."""
        if self.open and not self.inquiry:
            return max(self.disputed_minor, self.asked_minor)
        return self.disputed_minor

    def settled_by(self, transaction_id: str) -> "Dispute[D]":
        return replace(self, settled=self.settled | {transaction_id})


@dataclass(frozen=True, slots=True)
class Charge(Generic[R, D]):
    """`captured_minor` of `currency` was paid; refunds and disputes are named by their ids."""

    charge_id: str
    currency: str
    captured_minor: int
    settlement: Settlement | None = None
    refunds: Mapping[str, Refund[R]] = field(default_factory=dict)
    disputes: Mapping[str, Dispute[D]] = field(default_factory=dict)
    maturing: Mapping[str, Maturing] = field(default_factory=dict)  # by transaction

    @property
    def booked_currency(self) -> str:
        return self.settlement.currency if self.settlement else self.currency

    @property
    def foreign(self) -> bool:
        """Settled in another currency than it was paid in."""
        return self.booked_currency != self.currency

    def booked(self, asked_minor: int) -> int:
        """A part of the payment as it is booked, half-up; the whole is the whole."""
        if self.settlement is None or not self.foreign:
            return asked_minor
        return proportion(asked_minor, self.settlement.amount_minor, self.captured_minor)

    def asked(self, booked_minor: int) -> int:
        """The reverse of `booked`."""
        if self.settlement is None or not self.foreign:
            return booked_minor
        return proportion(booked_minor, self.captured_minor, self.settlement.amount_minor)

    @property
    def open_dispute(self) -> Dispute[D] | None:
        """A dispute or inquiry without an outcome."""
        return next((found for found in self.disputes.values() if found.open), None)

    def refund_made(self, stripe_refund_id: str) -> Refund[R] | None:
        """By the name that Stripe gave it."""
        found = (one for one in self.refunds.values() if one.stripe_refund_id == stripe_refund_id)
        return next(found, None)

    # How facts change it ------------------------------------------------------------------

    def with_refund(self, refund: Refund[R]) -> "Charge[R, D]":
        return replace(self, refunds={**self.refunds, refund.refund_id: refund})

    def with_dispute(self, dispute: Dispute[D]) -> "Charge[R, D]":
        return replace(self, disputes={**self.disputes, dispute.dispute_id: dispute})

    def with_maturing(self, transaction_id: str, maturing: Maturing) -> "Charge[R, D]":
        """Nothing new where it is available at once."""
        if maturing.available_on is None:
            return self
        return replace(self, maturing={**self.maturing, transaction_id: maturing})

    def matured(self, transaction_id: str) -> "Charge[R, D]":
        left = {name: one for name, one in self.maturing.items() if name != transaction_id}
        return replace(self, maturing=left)
