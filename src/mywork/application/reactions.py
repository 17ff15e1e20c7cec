"""What follows from an event: vendor calls, notices and deadlines, as a pure function.

A follower of the history turns them into rows, with its own position, in one transaction; so
nothing is missed and nothing is asked twice, whatever crashes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg

from eventstore import Follower, Recorded
from mywork.application import notices
from mywork.application.ports import (
    Deadline,
    DeadlinesTable,
    Effect,
    EffectQueue,
    EffectsTable,
    PayoutInstruction,
)
from mywork.domain import breaks, movement, order, payout

EXPIRE_ORDER = "expire_order"
MAKE_FUNDS_AVAILABLE = "make_funds_available"
RELEASE_FUNDS = "release_funds"
MAKE_BREAK_FUNDS_AVAILABLE = "make_break_funds_available"
MAKE_MOVEMENT_AVAILABLE = "make_movement_available"

CREATE_TRANSFER = "create_transfer"
CREATE_BANK_PAYOUT = "create_bank_payout"
CANCEL_PAYMENT_INTENT = "cancel_payment_intent"
SEND_NOTICE = "send_notice"


def react(recorded: Recorded) -> Sequence[Effect | Deadline]:
    """The vendor calls, notices and deadlines that one event asks for."""
    return (*_calls_and_deadlines(recorded), *_notices(recorded))


def _notices(recorded: Recorded) -> Sequence[Effect]:
    if not notices.tells(recorded.event):
        return ()
    told = {"stream": recorded.stream, "version": recorded.version}
    return (_effect(recorded, SEND_NOTICE, told),)


def _calls_and_deadlines(recorded: Recorded) -> Sequence[Effect | Deadline]:
    event = recorded.event
    match event:
        case order.OrderPlaced() if event.price_minor:
            return (Deadline(EXPIRE_ORDER, event.order_id, event.expires_at),)
        case order.OrderPaid():
            return (Deadline(RELEASE_FUNDS, event.order_id, event.hold_until),)
        case order.PaymentSettled():
            return (Deadline(MAKE_FUNDS_AVAILABLE, event.order_id, event.available_on),)
        case order.OrderExpired() if event.payment_intent_id:
            return (_effect(recorded, CANCEL_PAYMENT_INTENT, {"id": event.payment_intent_id}),)
        case payout.PayoutRequested():
            return (_effect(recorded, CREATE_TRANSFER, _instruction(event)),)
        case payout.PayoutSent():
            asked = {"payout_id": event.payout_id, "stream": recorded.stream}
            return (_effect(recorded, CREATE_BANK_PAYOUT, asked),)
        case breaks.BreakOpened() | breaks.BreakSettled():
            return _ripening(MAKE_BREAK_FUNDS_AVAILABLE, event.break_id, event.available_on)
        case movement.MovementRecorded():
            return _ripening(MAKE_MOVEMENT_AVAILABLE, event.transaction_id, event.available_on)
        case _:
            return ()


def _effect(recorded: Recorded, kind: str, payload: dict[str, Any]) -> Effect:
    return Effect(f"{recorded.stream}:{recorded.version}:{kind}", kind, payload)


def _instruction(event: payout.PayoutRequested) -> dict[str, Any]:
    return asdict(
        PayoutInstruction(
            payout_id=event.payout_id,
            seller_id=event.seller_id,
            stripe_account_id=event.stripe_account_id,
            currency=event.currency,
            amount_minor=event.amount_minor,
        )
    )


def _ripening(kind: str, subject: str, available_on: datetime | None) -> Sequence[Deadline]:
    """The deadline of funds that Stripe makes available later, if it does not at once."""
    return () if available_on is None else (Deadline(kind, subject, available_on),)


class Reactions:
    """The follower that writes them down, and hands new keys to the queue after the commit."""

    def __init__(
        self, effects: EffectsTable, deadlines: DeadlinesTable, queue: EffectQueue
    ) -> None:
        self._effects = effects
        self._deadlines = deadlines
        self._queue = queue
        self._fresh: list[str] = []

    def follower(self) -> Follower:
        return Follower("reactions", self._apply, after_commit=self._send)

    def _apply(self, cursor: psycopg.Cursor[Any], page: Sequence[Recorded]) -> None:
        wanted = [follow_up for recorded in page for follow_up in react(recorded)]
        effects = [item for item in wanted if isinstance(item, Effect)]
        deadlines = {(d.kind, d.subject): d for d in wanted if isinstance(d, Deadline)}
        if effects:
            self._effects.add(effects)(cursor)
        if deadlines:
            self._deadlines.add(list(deadlines.values()))(cursor)
        # Notices wait for their own turn, so that letters never stand before money.
        self._fresh = [effect.key for effect in effects if effect.kind != SEND_NOTICE]

    def _send(self) -> None:
        if self._fresh:
            self._queue.send(self._fresh)
