"""What is known of a user's subscription and of the money that was paid for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mywork.domain.subscription.contract import (
    PlanChangeRequested,
    Status,
    SubscriptionRequested,
)
from mywork.domain.subscription.deferral import Refund, deferred
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


@dataclass(frozen=True, slots=True)
class Ended:
    subscription_id: str
    status: Status


Contract = Nothing | Requested | Running | Ended


# The money ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invoice:
    """A paid invoice; `through` is the moment up to which its revenue is booked."""

    paid: InvoicePaid
    through: datetime | None = None
    refunds: Mapping[str, Refund] = field(default_factory=dict)  # those that count
    succeeded: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    settlement: InvoiceSettled | None = None
    transactions: frozenset[str] = frozenset()  # that settled its refunds

    @property
    def deferred_minor(self) -> int:
        """What the books hold deferred of it now."""
        return deferred(self.paid.lines, self.refunds.values(), self.through)

    @property
    def refunded_minor(self) -> int:
        return sum(refund.amount_minor for refund in self.refunds.values())

    def booked_through(self, moment: datetime) -> "Invoice":
        return replace(self, through=moment)

    def with_refund(self, refund: Refund) -> "Invoice":
        return replace(self, refunds={**self.refunds, refund.stripe_refund_id: refund})

    def without_refund(self, stripe_refund_id: str) -> "Invoice":
        left = {name: one for name, one in self.refunds.items() if name != stripe_refund_id}
        return replace(self, refunds=left)

    def knows_refund(self, stripe_refund_id: str) -> bool:
        return stripe_refund_id in self.refunds or stripe_refund_id in self.failed


@dataclass(frozen=True, slots=True)
class Maturing:
    """A transaction of Stripe's that is not available yet."""

    currency: str
    net_minor: int
    available_on: datetime


@dataclass(frozen=True, slots=True)
class State:
    """`requests` counts what the user asked for; `ended` are subscriptions that came to nothing
    more."""

    requests: int = 0
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
        return next((one for one in found if one.knows_refund(stripe_refund_id)), None)
