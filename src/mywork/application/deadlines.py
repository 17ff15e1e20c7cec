"""What the clock brings: orders expire, Stripe's funds become available, holds end.

Run as often as you like: a deadline is removed in the transaction of the events it caused, and
a command that comes twice finds nothing new to do.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg

from eventstore import EventStoreError
from mywork.application.commands import Command, envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports import Clock, Deadline, DeadlinesTable
from mywork.application.reactions import (
    END_GRACE,
    EXPIRE_ORDER,
    MAKE_BREAK_FUNDS_AVAILABLE,
    MAKE_FUNDS_AVAILABLE,
    MAKE_MOVEMENT_AVAILABLE,
    MAKE_RETURN_AVAILABLE,
    MAKE_SUBSCRIPTION_FUNDS_AVAILABLE,
    MAKE_TRANSACTION_AVAILABLE,
    PAUSE_PAYOUTS,
    RECOGNISE_REVENUE,
    RELEASE_FUNDS,
    RELEASE_RESERVE,
    RETRY_BANK_PAYOUT,
)
from mywork.domain import breaks, movement, order, payout, seller, subscription
from mywork.domain.errors import Conflict, InsufficientFunds
from mywork.domain.identifiers import (
    BreakId,
    OrderId,
    PayoutId,
    SellerId,
    TransactionId,
    UserId,
    derived_id,
)

logger = logging.getLogger(__name__)

BATCH = 200
# Errors of the commit, after which nothing was written, not even that the deadline is over.
_NOT_COMMITTED = (Conflict, EventStoreError, InsufficientFunds)


def _retry_bank_payout(subject: str, at: datetime) -> payout.RetryBankPayout:
    stream, payout_id, attempt = subject.rsplit("/", 2)
    seller_id, currency = payout.owner_of(stream)
    return payout.RetryBankPayout(seller_id, currency, PayoutId(payout_id), int(attempt), at)


def _pause_payouts(subject: str, at: datetime) -> seller.PausePayouts:
    seller_id, _, code = subject.partition("/")
    reason = f"the bank sent a payout back ({code}); check the bank account that Stripe knows"
    return seller.PausePayouts(SellerId(UserId(seller_id)), reason, at)


def _recognise(subject: str, at: datetime) -> subscription.RecogniseRevenue:
    user_id, invoice_id, *_ = subject.split("/")
    return subscription.RecogniseRevenue(UserId(user_id), invoice_id, at)


def _make_subscription_funds_available(
    subject: str, at: datetime
) -> subscription.MakeSubscriptionFundsAvailable:
    user_id, _, transaction_id = subject.partition("/")
    return subscription.MakeSubscriptionFundsAvailable(UserId(user_id), transaction_id, at)


_COMMANDS: dict[str, Callable[[str, datetime], Command]] = {
    EXPIRE_ORDER: lambda subject, at: order.ExpireOrder(OrderId(subject), at),
    MAKE_FUNDS_AVAILABLE: lambda subject, at: order.MakeFundsAvailable(OrderId(subject), at),
    RELEASE_FUNDS: lambda subject, at: order.ReleaseFunds(OrderId(subject), at),
    RELEASE_RESERVE: lambda subject, at: order.ReleaseReserve(OrderId(subject), at),
    MAKE_TRANSACTION_AVAILABLE: lambda subject, at: order.MakeTransactionAvailable(
        OrderId(_split(subject)[0]), _split(subject)[1], at
    ),
    MAKE_RETURN_AVAILABLE: lambda subject, at: breaks.MakeReturnAvailable(
        BreakId(_split(subject)[0]), _split(subject)[1], at
    ),
    MAKE_BREAK_FUNDS_AVAILABLE: lambda subject, at: breaks.MakeBreakFundsAvailable(
        BreakId(subject), at
    ),
    MAKE_MOVEMENT_AVAILABLE: lambda subject, at: movement.MakeMovementAvailable(
        TransactionId(subject), at
    ),
    RETRY_BANK_PAYOUT: _retry_bank_payout,
    PAUSE_PAYOUTS: _pause_payouts,
    RECOGNISE_REVENUE: _recognise,
    MAKE_SUBSCRIPTION_FUNDS_AVAILABLE: _make_subscription_funds_available,
    END_GRACE: lambda subject, at: subscription.EndGrace(UserId(subject.partition("/")[0]), at),
}


def _split(subject: str) -> tuple[str, str]:
    """A transaction of something: `0199...:txn_1`."""
    owner, _, transaction_id = subject.partition(":")
    return owner, transaction_id


class DeadlineRunner:
    def __init__(self, table: DeadlinesTable, handler: Handler, clock: Clock) -> None:
        self._table = table
        self._handler = handler
        self._clock = clock

    def run(self) -> int:
        """Bring about everything that is due now; returns how many deadlines were met.

        Each takes effect at its own due time, however late it is run. What cannot be committed
        now stays for the next run.
        """
        now, met = self._clock.now(), 0
        while (due := self._table.due(now, BATCH)) and (over := self._meet(due)):
            met += over
        return met

    def _meet(self, due: Sequence[Deadline]) -> int:
        envelopes = [
            envelope(
                _COMMANDS[deadline.kind](deadline.subject, deadline.due_at),
                actor="schedule",
                command_id=derived_id(deadline.kind, deadline.subject, deadline.due_at.isoformat()),
            )
            for deadline in due
        ]

        def past(cursor: psycopg.Cursor[Any], outcomes: Sequence[Outcome]) -> None:
            # A refused deadline is over too: the order moved on, or a later one will come.
            ids = {outcome.envelope.metadata.command_id for outcome in outcomes}
            over = [
                deadline
                for deadline, sent in zip(due, envelopes, strict=True)
                if sent.metadata.command_id in ids
            ]
            self._table.done(over)(cursor)

        outcomes = self._handler.handle_many(envelopes, alongside=past)
        for outcome in outcomes:
            if outcome.error is not None:
                logger.warning("deadline passed over: %s", outcome.error)
        return sum(1 for outcome in outcomes if not isinstance(outcome.error, _NOT_COMMITTED))
