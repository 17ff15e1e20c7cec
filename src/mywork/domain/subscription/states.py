"""What is known of a user's subscription and of the money that was paid for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mywork.domain.subscription.contract import (
    PlanChangeRequested,
    Status,
    SubscriptionRequested,
)
from mywork.domain.subscription.deferral import Refund, unearned
from mywork.domain.subscription.invoice import InvoicePaid, InvoiceSettled
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
    """A refund and what it took of what was deferred; `failed_at` is when that came back."""

    refund: Refund
    deferred_minor: int
    succeeded: bool = False
    failed_at: datetime | None = None

    def counts_at(self, at: datetime) -> bool:
        """Whether it had been made, and had not failed."""
        return self.refund.at <= at and (self.failed_at is None or at < self.failed_at)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A paid invoice; `recognised` is what was booked as revenue at each moment."""

    paid: InvoicePaid
    recognised: Mapping[datetime, int] = field(default_factory=dict)
    refunds: Mapping[str, InvoiceRefund] = field(default_factory=dict)
    settlement: InvoiceSettled | None = None
    transactions: frozenset[str] = frozenset()  # that settled its refunds

    @property
    def earned_by(self) -> datetime | None:
        """When all of it is earned; None where nothing was charged for."""
        return max((line.period_end for line in self.paid.lines), default=None)

    @property
    def standing(self) -> Sequence[Refund]:
        """The refunds that have not failed."""
        return [one.refund for one in self.refunds.values() if one.failed_at is None]

    def deferred_at(self, at: datetime) -> int:
        """What the books hold deferred of it at a moment, by the times of what is booked."""
        total_minor = sum(line.amount_minor for line in self.paid.lines)
        total_minor -= sum(
            amount_minor for through, amount_minor in self.recognised.items() if through <= at
        )
        refunds = self.refunds.values()
        return total_minor - sum(one.deferred_minor for one in refunds if one.counts_at(at))

    def unearned_at(self, at: datetime) -> int:
        """What should be deferred of it then."""
        refunds = [one.refund for one in self.refunds.values() if one.counts_at(at)]
        return unearned(self.paid.lines, refunds, at)

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
