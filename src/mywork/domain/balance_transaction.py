"""Stripe's own line: one movement of its balance, as Stripe has it.

Only these move Stripe's balance, so only these may be booked to its accounts
(https://docs.stripe.com/reports/balance-transaction-types).
"""

from dataclasses import dataclass
from datetime import datetime

PAYMENTS = "payments"  # the balance that everything is paid from


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """`amount_minor` is signed, positive when the balance grew; the fee is not netted.

    `object_id` is the Stripe object that it is of, empty where there is none; `category`, Stripe's
    reporting category. `available_on` is None where the money is available at once. `exchange_rate`
    is decimal text, empty without one. `balance` says which of Stripe's balances moved.
    """

    id: str
    category: str
    object_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    available_on: datetime | None
    exchange_rate: str
    created: datetime
    balance: str = PAYMENTS
