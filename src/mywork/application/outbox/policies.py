"""What follows from an event: vendor calls, commands, notices and deadlines, as a pure function.

A follower of the history turns them into rows, with its own position, in one transaction; so
nothing is missed and nothing is asked twice, whatever crashes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg

from eventstore.envelope import Recorded
from eventstore.follow import Follower
from mywork.application.notifications.notices import tells
from mywork.application.outbox.break_policy import break_policy
from mywork.application.outbox.calls import SendNotice
from mywork.application.outbox.order_policy import order_policy
from mywork.application.outbox.payout_policy import payout_policy
from mywork.application.outbox.rows import FollowUps, call_row, deadline_row
from mywork.application.outbox.subscription_policy import subscription_policy
from mywork.application.ports.tables import (
    Deadline,
    DeadlinesTable,
    OutboxQueue,
    OutboxRow,
    OutboxTable,
)
from mywork.application.stored import SEND_NOTICE
from mywork.domain.balance_adjustment import AdjustmentRecorded, MakeAdjustmentAvailable
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.subscription.evolve import SubscriptionEvent


def follow_ups(recorded: Recorded) -> FollowUps:
    """The vendor calls, commands, notices and deadlines that one event asks for."""
    return (*_calls_and_deadlines(recorded), *_notices(recorded))


def _notices(recorded: Recorded) -> FollowUps:
    if not tells(recorded.event):
        return ()
    return (call_row(recorded, SendNotice(recorded.stream, recorded.version)),)


def _calls_and_deadlines(recorded: Recorded) -> FollowUps:
    event = recorded.event
    match event:
        case _ if isinstance(event, OrderEvent):
            return order_policy(recorded, event)
        case _ if isinstance(event, PayoutEvent):
            return payout_policy(recorded, event)
        case _ if isinstance(event, SubscriptionEvent):
            return subscription_policy(recorded, event)
        case _ if isinstance(event, BreakEvent):
            return break_policy(recorded, event)
        case AdjustmentRecorded(transaction_id=name, available_on=datetime() as at):
            return (deadline_row(recorded, name, MakeAdjustmentAvailable(name, at)),)
        case _:
            return ()


class Policies:
    """The follower that writes them down, and hands new keys to the queue after the commit."""

    def __init__(self, outbox: OutboxTable, deadlines: DeadlinesTable, queue: OutboxQueue) -> None:
        self._outbox = outbox
        self._deadlines = deadlines
        self._queue = queue
        self._fresh: list[str] = []

    def follower(self) -> Follower:
        return Follower("policies", self._apply, after_commit=self._send)

    def _apply(self, cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        wanted = [follow_up for recorded in page for follow_up in follow_ups(recorded)]
        rows = [item for item in wanted if isinstance(item, OutboxRow)]
        deadlines = {(d.asked.name, d.subject): d for d in wanted if isinstance(d, Deadline)}
        if rows:
            self._outbox.add(rows)(cursor)
        if deadlines:
            self._deadlines.add(list(deadlines.values()))(cursor)
        # Notices wait for their own turn, so that letters never stand before money.
        self._fresh = [row.key for row in rows if row.asked.name != SEND_NOTICE]

    def _send(self) -> None:
        if self._fresh:
            self._queue.send(self._fresh)
