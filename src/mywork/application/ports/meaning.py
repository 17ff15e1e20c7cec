"""What a receipt turns out to mean: exactly one of five, and no other object.

Commands are decided as they are; a BalanceTransaction or Placeable facts need the stream that
their Stripe object belongs to; what may be stale is fetched again first; the rest is Ignored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mywork.application.ports.tables import Receipt
from mywork.domain.balance_transaction import BalanceTransaction
from mywork.domain.decider import Command


@dataclass(frozen=True, slots=True)
class Commands:
    """What is to be decided, in this order; each command carries its own time."""

    commands: tuple[Command, ...]

    def __post_init__(self) -> None:
        if not self.commands:
            raise ValueError("no command at all: what means nothing is Ignored, and says why")


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing of ours, or nothing new; `because` is for people who wonder."""

    because: str


Decidable = Commands | Ignored


@dataclass(frozen=True, slots=True)
class Placeable:
    """Facts about a Stripe object that names nothing of ours.

    The ledger knows its stream: the one whose posting first named the object. `in_stream` is told
    that stream, and answers what the facts mean there.
    """

    object_id: str
    in_stream: Callable[[str], Decidable]


# What must be asked for again ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaleAccount:
    """An account changed; what the webhook says of it may be stale."""

    account_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StaleSubscription:
    """A subscription changed; what the webhook says of it may be stale."""

    subscription_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice was paid; the webhook does not say by which charge."""

    invoice_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnnamedPayment:
    """A payment that names no order: an invoice's, or else what `otherwise` says."""

    payment_intent_id: str
    otherwise: Commands
    at: datetime


Refetch = StaleAccount | StaleSubscription | PaidInvoice | UnnamedPayment
Meaning = Commands | BalanceTransaction | Placeable | Refetch | Ignored


class Translator(Protocol):
    """A vendor's payload to what it means. Whatever it raises is the receipt's own failure."""

    def __call__(self, receipt: Receipt) -> Meaning: ...
