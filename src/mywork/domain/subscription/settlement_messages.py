"""Words of Stripe's balance: what charges and refunds did to it, and when that can be used."""

from dataclasses import dataclass
from datetime import datetime

from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.identifiers import UserId

# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettleSubscription:
    """What an invoice's charge, refund or dispute did to Stripe's balance."""

    user_id: UserId
    transaction: BalanceTransaction

    @property
    def at(self) -> datetime:
        return self.transaction.created


@dataclass(frozen=True, slots=True)
class MakeSubscriptionFundsAvailable:
    """Stripe's `available_on` has passed: no webhook says so, the clock does."""

    user_id: UserId
    transaction_id: str
    at: datetime


# Events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceSettled:
    """What the charge did to Stripe's balance: `amount_minor` less the actual fee."""

    user_id: UserId
    invoice_id: str
    transaction_id: str
    charge_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime
    exchange_rate: str


@dataclass(frozen=True, slots=True)
class InvoiceConverted:
    """Stripe settled in another currency, so the invoice is earned in that one from now on.

    `amount_minor`, the charge, became `settled_minor`; of both, what is deferred and what was
    revenue until `earned_through` sum to the whole. Paid from credit, a part stays as it was.
    """

    user_id: UserId
    invoice_id: str
    charge_id: str
    currency: str
    amount_minor: int
    deferred_minor: int
    revenue_minor: int
    settlement_currency: str
    settled_minor: int
    settled_deferred_minor: int
    settled_revenue_minor: int
    exchange_rate: str
    earned_through: datetime | None


@dataclass(frozen=True, slots=True)
class InvoiceRefundSettled:
    """What the refund, or its return, did to Stripe's balance.

    `amount_minor` is what the refund was booked at; `moved_minor` what really moved; both
    positive going out, negative coming back. They differ only where rates do.
    """

    user_id: UserId
    invoice_id: str
    stripe_refund_id: str
    transaction_id: str
    currency: str
    amount_minor: int
    moved_minor: int
    exchange_loss_minor: int
    fee_minor: int
    available_on: datetime | None


@dataclass(frozen=True, slots=True)
class SubscriptionFundsAvailable:
    user_id: UserId
    transaction_id: str
    currency: str
    net_minor: int


SubscriptionFundsEvent = (
    InvoiceSettled | InvoiceConverted | InvoiceRefundSettled | SubscriptionFundsAvailable
)
EVENTS = {
    "subscription.invoice_settled.v1": InvoiceSettled,
    "subscription.invoice_converted.v1": InvoiceConverted,
    "subscription.funds_available.v1": SubscriptionFundsAvailable,
    "subscription.invoice_refund_settled.v1": InvoiceRefundSettled,
}
