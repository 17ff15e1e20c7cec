"""An invoice's words: it is paid, earned day by day, perhaps refunded.

What is paid for a period is not earned yet: it is deferred, line by line, and becomes revenue
with the days. A customer's credit is what Stripe keeps on their balance: unused time given back,
and consumed by later invoices.
"""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.charge.state import RefundOutcome
from mywork.domain.identifiers import UserId


@dataclass(frozen=True, slots=True)
class Line:
    """What was charged for a period; negative where unused time was given back."""

    line_id: str
    amount_minor: int
    period_start: datetime
    period_end: datetime


# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordInvoice:
    """An invoice was paid, as Stripe has it.

    `amount_minor` was charged to the card as `charge_id`, which is empty where nothing was.
    `credit_minor` came from the customer's balance; negative where it went there. Lines sum to
    both together.
    """

    user_id: UserId
    invoice_id: str
    subscription_id: str
    charge_id: str
    currency: str
    amount_minor: int
    credit_minor: int
    lines: tuple[Line, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class FailInvoice:
    """An attempt to collect failed; `next_attempt_at` is None when it was the last."""

    user_id: UserId
    invoice_id: str
    subscription_id: str
    attempt: int
    next_attempt_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RecogniseRevenue:
    """Book what an invoice has earned by `at`: a month's end, normally."""

    user_id: UserId
    invoice_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordInvoiceRefund:
    """The refund exists at Stripe; what of it was earned depends on `at`, when it was made."""

    user_id: UserId
    stripe_refund_id: str
    charge_id: str
    currency: str
    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ConcludeInvoiceRefund:
    user_id: UserId
    stripe_refund_id: str
    outcome: RefundOutcome
    failure_reason: str
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoicePaid:
    """`amount_minor` was charged; lines sum to it, and to the credit applied or granted."""

    user_id: UserId
    invoice_id: str
    subscription_id: str
    charge_id: str
    currency: str
    amount_minor: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CreditApplied:
    """An invoice was paid, or in part, from the customer's balance."""

    user_id: UserId
    invoice_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CreditGranted:
    """Unused time was given back to the customer's balance."""

    user_id: UserId
    invoice_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceFailed:
    user_id: UserId
    invoice_id: str
    subscription_id: str
    attempt: int
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevenueRecognised:
    """What an invoice earned until `through`, and was not booked yet; the rest stays deferred.

    Negative where more time was given back than charged, or a refund became known late.
    """

    user_id: UserId
    invoice_id: str
    currency: str
    through: datetime
    amount_minor: int
    deferred_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceRefunded:
    """`deferred_minor` was not earned yet when the refund was made; the rest was revenue.

    The customer gets `asked_minor` of `asked_currency`; the other amounts are what it costs, in
    the currency that the charge was settled in. All is earned by `earned_by`.
    """

    user_id: UserId
    invoice_id: str
    stripe_refund_id: str
    charge_id: str
    asked_currency: str
    asked_minor: int
    currency: str
    amount_minor: int
    deferred_minor: int
    revenue_minor: int
    refunded_at: datetime
    earned_by: datetime


@dataclass(frozen=True, slots=True)
class InvoiceRefundSucceeded:
    user_id: UserId
    invoice_id: str
    stripe_refund_id: str


@dataclass(frozen=True, slots=True)
class InvoiceRefundFailed:
    """The money came back: failed at the bank, or cancelled. It goes back to where it was."""

    user_id: UserId
    invoice_id: str
    stripe_refund_id: str
    cancelled: bool
    failure_reason: str
    currency: str
    amount_minor: int
    deferred_minor: int
    revenue_minor: int
    failed_at: datetime
    earned_by: datetime


InvoiceMoneyEvent = (
    InvoicePaid
    | CreditApplied
    | CreditGranted
    | RevenueRecognised
    | InvoiceRefunded
    | InvoiceRefundFailed
)
InvoiceEvent = InvoiceMoneyEvent | InvoiceFailed | InvoiceRefundSucceeded
EVENTS = {
    "subscription.invoice_paid.v1": InvoicePaid,
    "subscription.credit_applied.v1": CreditApplied,
    "subscription.credit_granted.v1": CreditGranted,
    "subscription.invoice_failed.v1": InvoiceFailed,
    "subscription.revenue_recognised.v1": RevenueRecognised,
    "subscription.invoice_refunded.v1": InvoiceRefunded,
    "subscription.invoice_refund_succeeded.v1": InvoiceRefundSucceeded,
    "subscription.invoice_refund_failed.v1": InvoiceRefundFailed,
}
