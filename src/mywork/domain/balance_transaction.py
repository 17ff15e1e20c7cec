"""Stripe's own line: one movement of its balance, as Stripe has it.

Only these move Stripe's balance, so only these may be booked to its accounts
(https://docs.stripe.com/reports/balance-transaction-types).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PAYMENTS = "payments"  # the balance that everything is paid from
Subject = Literal["payment", "refund", "dispute", "transfer", "reversal"]
# The reporting categories of what facts of ours explain
# (https://docs.stripe.com/reports/reporting-categories), and what each is about.
SUBJECTS: dict[str, Subject] = {
    "charge": "payment",
    "refund": "refund",
    "refund_failure": "refund",
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "transfer": "transfer",
    "transfer_reversal": "reversal",
}


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

    @property
    def subject(self) -> Subject | None:
        """What it settles; None where no fact of ours explains such a movement."""
        return SUBJECTS.get(self.category)

    @property
    def usable_at(self) -> datetime:
        """When what it moved counts as available."""
        return self.available_on or self.created
