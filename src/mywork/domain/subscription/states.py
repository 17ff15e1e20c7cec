"""What is known of a user's subscription and of the money that was paid for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from mywork.domain.identifiers import DisputeId
from mywork.domain.money import proportion, rounded_up
from mywork.domain.subscription.contract import (
    PlanChangeRequested,
    Status,
    SubscriptionRequested,
)
from mywork.domain.subscription.deferral import Refund, unearned
from mywork.domain.subscription.dispute import InvoiceDisputed
from mywork.domain.subscription.funds import InvoiceConverted, InvoiceSettled
from mywork.domain.subscription.invoice import InvoicePaid
from mywork.domain.subscription.plans import Tier

# The contract's life stages ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """Never subscribed, or refused by Stripe."""


@dataclass(frozen=True, slots=True)
class Requested:
    """Terms that Stripe has not answered yet."""

    terms: SubscriptionRequested


@dataclass(frozen=True, slots=True)
class Running:
    """It exists at Stripe, paid for or not. `change` waits for Stripe's answer; so does a wish
    to end (`ending`) or to go on after all (`resuming`)."""

    subscription_id: str
    tier: Tier
    currency: str
    price_minor: int
    status: Status
    period_start: datetime
    period_end: datetime
    cancels_at: datetime | None = None
    grace_until: datetime | None = None
    grace_over: bool = False
    change: PlanChangeRequested | None = None
    ending: bool = False
    at_once: bool = False
    resuming: bool = False

    @property
    def awaits(self) -> str:
        """What was asked and is not answered yet: a tier, "cancellation", "resumption", or ""."""
        if self.change is not None:
            return self.change.tier
        if self.ending:
            return "cancellation"
        return "resumption" if self.resuming else ""


@dataclass(frozen=True, slots=True)
class Ended:
    subscription_id: str
    status: Status


Contract = Nothing | Requested | Running | Ended


# The money ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceRefund:
    """A refund as it is booked: what it cost, and how much of that was deferred.

    `failed_at` is when that came back.
    """

    refund: Refund
    currency: str
    amount_minor: int
    deferred_minor: int
    succeeded: bool = False
    failed_at: datetime | None = None

    def counts_at(self, at: datetime) -> bool:
        """Whether it had been made, and had not failed."""
        return self.refund.at <= at and (self.failed_at is None or at < self.failed_at)


@dataclass(frozen=True, slots=True)
class InvoiceDispute:
    """A dispute, with what Stripe holds of it now, in the currency of the settlement."""

    disputed: InvoiceDisputed
    held_minor: int = 0
    moved: frozenset[str] = frozenset()  # transactions that withdrew or gave back
    settled: frozenset[str] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Invoice:
    """A paid invoice; `recognised` is what was booked as revenue, by currency and moment."""

    paid: InvoicePaid
    converted: InvoiceConverted | None = None
    recognised: Mapping[tuple[str, datetime], int] = field(default_factory=dict)
    refunds: Mapping[str, InvoiceRefund] = field(default_factory=dict)
    disputes: Mapping[DisputeId, InvoiceDispute] = field(default_factory=dict)
    settlement: InvoiceSettled | None = None
    transactions: frozenset[str] = frozenset()  # that settled its refunds

    # What it is worth ---------------------------------------------------------------------

    @property
    def total_minor(self) -> int:
        """What all lines sum to, in the currency in which they were charged."""
        return sum(line.amount_minor for line in self.paid.lines)

    @property
    def funds(self) -> Mapping[str, int]:
        """What its lines were paid with, by the currency in which that is booked."""
        if self.converted is None:
            return {self.paid.currency: self.total_minor}
        settled = {self.converted.settlement_currency: self.converted.settled_minor}
        credit_minor = self.total_minor - self.converted.amount_minor
        return settled | ({self.paid.currency: credit_minor} if credit_minor else {})

    @property
    def charge_currency(self) -> str:
        """The currency in which the charge, and what goes back of it, is booked."""
        return self.converted.settlement_currency if self.converted else self.paid.currency

    def booked(self, charged_minor: int) -> int:
        """A part of the charge as it is booked, after conversion."""
        if self.converted is None:
            return charged_minor
        return proportion(charged_minor, self.converted.settled_minor, self.converted.amount_minor)

    # What is earned of it -----------------------------------------------------------------

    @property
    def earned_by(self) -> datetime | None:
        """When all of it is earned; None where nothing was charged for."""
        return max((line.period_end for line in self.paid.lines), default=None)

    @property
    def earned_through(self) -> datetime | None:
        """The latest moment for which revenue was booked."""
        return max((through for _, through in self.recognised), default=None)

    @property
    def standing(self) -> Sequence[Refund]:
        """The refunds that have not failed, and the disputes that were lost."""
        return [one.refund for one in self.refunds.values() if one.failed_at is None]

    @property
    def left_minor(self) -> int:
        """What the card was charged and has not got back."""
        return self.paid.amount_minor - sum(refund.amount_minor for refund in self.standing)

    def loss(self, dispute: InvoiceDispute, at: datetime) -> Refund:
        """A lost dispute, as far as what is left of the charge covers it."""
        found = dispute.disputed
        return Refund(found.dispute_id, min(found.amount_minor, self.left_minor), at)

    def deferred_at(self, currency: str, at: datetime) -> int:
        """What the books hold deferred of it at a moment, by the times of what is booked."""
        earned_minor = sum(
            amount_minor
            for (booked_in, through), amount_minor in self.recognised.items()
            if booked_in == currency and through <= at
        )
        refunded_minor = sum(
            one.deferred_minor
            for one in self.refunds.values()
            if one.currency == currency and one.counts_at(at)
        )
        return self.funds[currency] - earned_minor - refunded_minor

    def unearned_at(self, currency: str, at: datetime) -> int:
        """What should be deferred of it then."""
        refunds = [one.refund for one in self.refunds.values() if one.counts_at(at)]
        left_minor = unearned(self.paid.lines, refunds, at)
        if self.converted is None or not self.total_minor:
            return left_minor
        return rounded_up(Fraction(left_minor * self.funds[currency], self.total_minor))

    def with_dispute(self, found: InvoiceDispute) -> "Invoice":
        return replace(self, disputes={**self.disputes, found.disputed.dispute_id: found})

    def with_refund(self, found: InvoiceRefund) -> "Invoice":
        name = found.refund.stripe_refund_id
        return replace(self, refunds={**self.refunds, name: found})


@dataclass(frozen=True, slots=True)
class Maturing:
    """A transaction of Stripe's that is not available yet."""

    currency: str
    net_minor: int
    available_on: datetime


@dataclass(frozen=True, slots=True)
class State:
    """`requests` are what the user asked for; `ended`, subscriptions that came to an end."""

    requests: frozenset[str] = frozenset()
    customer_id: str = ""
    contract: Contract = Nothing()
    ended: frozenset[str] = frozenset()
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    maturing: Mapping[str, Maturing] = field(default_factory=dict)

    def invoice_of_charge(self, charge_id: str) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if one.paid.charge_id == charge_id), None)

    def invoice_of_refund(self, stripe_refund_id: str) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if stripe_refund_id in one.refunds), None)
