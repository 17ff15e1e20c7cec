"""The payouts of one seller in one currency: at most one in flight, whoever asks.

The stream itself is the lock: cron, retry and request meet the same version, so two of them can
never pay twice. A payout is a transfer to the seller's Stripe account, then a bank payout there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from mywork.domain.decider import Decider
from mywork.domain.errors import (
    NothingToPayOut,
    PaymentDisagrees,
    PayoutBelowMinimum,
    PayoutInFlight,
    PredecessorMissing,
    SellerNotOnboarded,
)
from mywork.domain.identifiers import PayoutId, SellerId
from mywork.domain.money import Money

Trigger = Literal["request", "weekly"]


# Commands -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestPayout:
    """`available_minor` is the balance now; `released_minor` what was released by the cutoff."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    stripe_account_id: str
    payouts_enabled: bool
    available_minor: int
    released_minor: int
    minimum_minor: int
    trigger: Trigger
    at: datetime


@dataclass(frozen=True, slots=True)
class SendPayout:
    """The transfer exists at Stripe."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    transfer_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SettleTransfer:
    """The transfer's balance transaction; `amount_minor` is positive: what left the balance."""

    seller_id: SellerId
    currency: str
    transaction_id: str
    transfer_id: str
    amount_minor: int
    fee_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusePayout:
    """Stripe refused the transfer for good; nothing has moved."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BeginBankPayout:
    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    bank_payout_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordBankOutcome:
    """`payout.paid` or `payout.failed` on the connected account."""

    seller_id: SellerId
    currency: str
    payout_id: PayoutId
    bank_payout_id: str
    paid: bool
    failure_code: str
    at: datetime


Command = (
    RequestPayout | SendPayout | SettleTransfer | RefusePayout | BeginBankPayout | RecordBankOutcome
)


# Events -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PayoutRequested:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    stripe_account_id: str
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class PayoutSent:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    transfer_id: str


@dataclass(frozen=True, slots=True)
class TransferSettled:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    transaction_id: str
    transfer_id: str
    amount_minor: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class PayoutRefused:
    payout_id: PayoutId
    seller_id: SellerId
    currency: str
    amount_minor: int
    reason: str


@dataclass(frozen=True, slots=True)
class BankPayoutBegun:
    payout_id: PayoutId
    bank_payout_id: str


@dataclass(frozen=True, slots=True)
class PayoutCompleted:
    payout_id: PayoutId
    bank_payout_id: str


@dataclass(frozen=True, slots=True)
class BankPayoutFailed:
    """The money lies in the seller's Stripe account; no posting of ours."""

    payout_id: PayoutId
    bank_payout_id: str
    failure_code: str


Event = (
    PayoutRequested
    | PayoutSent
    | TransferSettled
    | PayoutRefused
    | BankPayoutBegun
    | PayoutCompleted
    | BankPayoutFailed
)


# States -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A transfer that exists: which payout it was, and what its balance transaction was."""

    payout_id: PayoutId
    amount_minor: int
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Payouts:
    """`transfers` by transfer id, `bank` by payout id; `in_flight` is the one open payout."""

    in_flight: PayoutRequested | None = None
    transfers: tuple[tuple[str, Sent], ...] = ()
    bank: tuple[tuple[PayoutId, str], ...] = ()
    closed: frozenset[PayoutId] = frozenset()
    failed: frozenset[PayoutId] = frozenset()

    def transfer(self, transfer_id: str) -> Sent | None:
        return dict(self.transfers).get(transfer_id)

    def is_sent(self, payout_id: PayoutId) -> bool:
        return any(sent.payout_id == payout_id for _, sent in self.transfers)

    def bank_payout(self, payout_id: PayoutId) -> str:
        return dict(self.bank).get(payout_id, "")


# Verbs --------------------------------------------------------------------------------------


def _request(command: RequestPayout, state: Payouts) -> Sequence[Event]:
    if command.payout_id in state.closed:
        return ()
    if state.in_flight is not None:
        if state.in_flight.payout_id == command.payout_id:
            return ()
        raise PayoutInFlight(
            f"payout {state.in_flight.payout_id} is in flight; wait until it has arrived"
        )
    if not command.payouts_enabled:
        raise SellerNotOnboarded("finish the onboarding at Stripe before asking for a payout")
    amount_minor = min(command.available_minor, command.released_minor)
    if amount_minor <= 0:
        raise NothingToPayOut(f"there is no released {command.currency} to pay out")
    if amount_minor < command.minimum_minor:
        minimum = Money(command.minimum_minor, command.currency)
        available = Money(amount_minor, command.currency)
        raise PayoutBelowMinimum(f"the minimum is {minimum}; {available} is released so far")
    requested = PayoutRequested(
        payout_id=command.payout_id,
        seller_id=command.seller_id,
        currency=command.currency,
        amount_minor=amount_minor,
        stripe_account_id=command.stripe_account_id,
        trigger=command.trigger,
    )
    return (requested,)


def _send(command: SendPayout, state: Payouts) -> Sequence[Event]:
    known = state.transfer(command.transfer_id)
    if known is not None:
        return ()
    payout = _in_flight(state, command.payout_id)
    return (
        PayoutSent(
            payout_id=payout.payout_id,
            seller_id=payout.seller_id,
            currency=payout.currency,
            amount_minor=payout.amount_minor,
            transfer_id=command.transfer_id,
        ),
    )


def _settle(command: SettleTransfer, state: Payouts) -> Sequence[Event]:
    sent = state.transfer(command.transfer_id)
    if sent is None:
        raise PredecessorMissing(f"transfer {command.transfer_id} is not recorded yet")
    if sent.transaction_id == command.transaction_id:
        return ()
    if sent.transaction_id:
        raise PaymentDisagrees(
            f"{command.transaction_id} settles what {sent.transaction_id} has settled"
        )
    return (
        TransferSettled(
            payout_id=sent.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            transaction_id=command.transaction_id,
            transfer_id=command.transfer_id,
            amount_minor=command.amount_minor,
            fee_minor=command.fee_minor,
        ),
    )


def _refuse(command: RefusePayout, state: Payouts) -> Sequence[Event]:
    if command.payout_id in state.closed:
        return ()
    payout = _in_flight(state, command.payout_id)
    if state.is_sent(command.payout_id):
        raise PayoutInFlight("a payout that was sent cannot be refused any more; reverse it")
    return (
        PayoutRefused(
            payout_id=payout.payout_id,
            seller_id=payout.seller_id,
            currency=payout.currency,
            amount_minor=payout.amount_minor,
            reason=command.reason,
        ),
    )


def _begin_bank(command: BeginBankPayout, state: Payouts) -> Sequence[Event]:
    if state.bank_payout(command.payout_id):
        return ()
    _sent(state, command.payout_id)
    return (BankPayoutBegun(command.payout_id, command.bank_payout_id),)


def _record_outcome(command: RecordBankOutcome, state: Payouts) -> Sequence[Event]:
    if state.bank_payout(command.payout_id) != command.bank_payout_id:
        raise PredecessorMissing(f"bank payout {command.bank_payout_id} is not recorded yet")
    if command.paid:
        if command.payout_id in state.closed:
            return ()
        return (PayoutCompleted(command.payout_id, command.bank_payout_id),)
    if command.payout_id in state.failed:
        return ()
    return (BankPayoutFailed(command.payout_id, command.bank_payout_id, command.failure_code),)


def _in_flight(state: Payouts, payout_id: PayoutId) -> PayoutRequested:
    if state.in_flight is None or state.in_flight.payout_id != payout_id:
        raise PredecessorMissing(f"payout {payout_id} is not in flight")
    return state.in_flight


def _sent(state: Payouts, payout_id: PayoutId) -> None:
    if not state.is_sent(payout_id):
        raise PredecessorMissing(f"payout {payout_id} has not been sent yet")


# The decider --------------------------------------------------------------------------------


def decide(command: Command, state: Payouts) -> Sequence[Event]:
    match command:
        case RequestPayout():
            return _request(command, state)
        case SendPayout():
            return _send(command, state)
        case SettleTransfer():
            return _settle(command, state)
        case RefusePayout():
            return _refuse(command, state)
        case BeginBankPayout():
            return _begin_bank(command, state)
        case RecordBankOutcome():
            return _record_outcome(command, state)
        case _:
            assert_never(command)


def evolve(state: Payouts, event: Event) -> Payouts:
    match event:
        case PayoutRequested():
            return replace(state, in_flight=event)
        case PayoutSent(payout_id=payout_id, amount_minor=amount_minor, transfer_id=transfer):
            sent = Sent(payout_id, amount_minor)
            return replace(state, transfers=(*state.transfers, (transfer, sent)))
        case TransferSettled(transfer_id=settled, transaction_id=transaction):
            return replace(
                state,
                transfers=tuple(
                    (id_, replace(sent, transaction_id=transaction) if id_ == settled else sent)
                    for id_, sent in state.transfers
                ),
            )
        case PayoutRefused(payout_id=payout_id) | PayoutCompleted(payout_id=payout_id):
            return replace(state, in_flight=None, closed=state.closed | {payout_id})
        case BankPayoutBegun(payout_id=payout_id, bank_payout_id=bank_payout_id):
            return replace(state, bank=(*state.bank, (payout_id, bank_payout_id)))
        case BankPayoutFailed(payout_id=payout_id):
            return replace(state, failed=state.failed | {payout_id})
        case _:
            assert_never(event)


def stream(command: Command) -> str:
    return stream_of(command.seller_id, command.currency)


def stream_of(seller_id: SellerId, currency: str) -> str:
    return f"payouts-{seller_id}-{currency}"


decider: Decider[Command, Event, Payouts] = Decider(Payouts(), decide, evolve, stream)
