"""What is known of a user's subscription and of the money that was paid for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal

from mywork.domain.charge import state as charge_state
from mywork.domain.charge.bearing import Bearing, Standing, bearing
from mywork.domain.identifiers import DisputeId
from mywork.domain.money import rounded_up
from mywork.domain.subscription.contract_messages import (
    PlanChangeRequested,
    Status,
    SubscriptionRequested,
)
from mywork.domain.subscription.deferral import Refund, unearned
from mywork.domain.subscription.invoice_messages import InvoicePaid
from mywork.domain.subscription.plans import Tier
from mywork.domain.subscription.settlement_messages import InvoiceConverted

# The contract's life stages ----------------------------------------------------------------


Wish = Tier | Literal["cancellation", "resumption"]


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
    def awaits(self) -> Wish | None:
        """What was asked and is not answered yet."""
        if self.change is not None:
            return self.change.tier
        if self.ending:
            return "cancellation"
        return "resumption" if self.resuming else None


@dataclass(frozen=True, slots=True)
class Ended:
    subscription_id: str
    status: Status


Contract = Nothing | Requested | Running | Ended


# The money ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """What a refund, made at a moment, took of what was deferred, as booked; the rest was revenue.

    `failed_at` is when it came back.
    """

    at: datetime
    deferred_minor: int
    failed_at: datetime | None = None

    def counts_at(self, at: datetime) -> bool:
        """Whether it had been made, and had not failed."""
        return self.at <= at and (self.failed_at is None or at < self.failed_at)


# To be named in types; values are made by the classes themselves.
Charge = charge_state.Charge[Share, None]
InvoiceRefund = charge_state.Refund[Share]
InvoiceDispute = charge_state.Dispute[None]


@dataclass(frozen=True, slots=True)
class Invoice:
    """A paid invoice; `recognised` is what was booked as revenue, by currency and moment."""

    paid: InvoicePaid
    charge: Charge
    converted: InvoiceConverted | None = None
    recognised: Mapping[tuple[str, datetime], int] = field(default_factory=dict)

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
        return [_dated(one) for one in self.charge.refunds.values() if one.claims]

    def claim(self, asked_minor: int) -> Bearing:
        """What is left of the charge bears of a further claim."""
        claimed = sum(refund.amount_minor for refund in self.standing)
        return bearing(self.charge, asked_minor, Standing(claimed, self.charge.booked(claimed)))

    def deferred_at(self, currency: str, at: datetime) -> int:
        """What the books hold deferred of it at a moment, by the times of what is booked."""
        earned_minor = sum(
            amount_minor
            for (booked_in, through), amount_minor in self.recognised.items()
            if booked_in == currency and through <= at
        )
        refunds = self.charge.refunds.values() if currency == self.charge.booked_currency else ()
        taken = (one.share.deferred_minor for one in refunds if one.share.counts_at(at))
        return self.funds[currency] - earned_minor - sum(taken)

    def unearned_at(self, currency: str, at: datetime) -> int:
        """What should be deferred of it then."""
        refunds = [_dated(one) for one in self.charge.refunds.values() if one.share.counts_at(at)]
        left_minor = unearned(self.paid.lines, refunds, at)
        if self.converted is None or not self.total_minor:
            return left_minor
        return rounded_up(Fraction(left_minor * self.funds[currency], self.total_minor))


def _dated(refund: InvoiceRefund) -> Refund:
    return Refund(refund.refund_id, refund.asked_minor, refund.share.at)


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """`requests` are what the user asked for; `ended`, subscriptions that came to an end."""

    requests: frozenset[str] = frozenset()
    customer_id: str = ""
    contract: Contract = Nothing()
    ended: frozenset[str] = frozenset()
    invoices: Mapping[str, Invoice] = field(default_factory=dict)

    def invoice_of_charge(self, charge_id: str) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if one.charge.charge_id == charge_id), None)

    def invoice_of_refund(self, stripe_refund_id: str) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if stripe_refund_id in one.charge.refunds), None)

    def invoice_of_dispute(self, dispute_id: DisputeId) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if dispute_id in one.charge.disputes), None)

    def invoice_maturing(self, transaction_id: str) -> Invoice | None:
        found = self.invoices.values()
        return next((one for one in found if transaction_id in one.charge.maturing), None)
