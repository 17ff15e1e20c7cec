"""Releasing: when the hold is over, what is left of the seller's share can be paid out.

A part may be kept as a reserve for a while. An open dispute or inquiry stops both; closing it
says when they are due (`DisputeClosed.release_at`). What refunds claim was set aside before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mywork.domain.decider import Decisions
from mywork.domain.errors import HoldNotOver, OrderNotPayable, ReleaseStopped
from mywork.domain.money import share
from mywork.domain.order.settlement_messages import (
    FundsEvent,
    FundsReleased,
    ReleaseFunds,
    ReleaseReserve,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.order.state import OrderState, Paid


def release(command: ReleaseFunds, state: OrderState) -> Sequence[FundsEvent]:
    match state:
        case Paid(released=True):
            return ()
        case Paid(payment=payment):
            if command.at < payment.hold_until:
                raise HoldNotOver(f"the hold ends on {payment.hold_until}")
            _check_undisputed(state)
            kept = _kept(state, command.at)
            released = FundsReleased(
                order_id=command.order_id,
                seller_id=payment.seller_id,
                currency=state.division.currency,
                amount_minor=state.buckets.pending_minor - (kept.amount_minor if kept else 0),
            )
            return (kept, released) if kept else (released,)
        case _:
            raise OrderNotPayable(f"order {command.order_id} holds no funds")


def release_reserve(command: ReleaseReserve, state: OrderState) -> Sequence[FundsEvent]:
    if not isinstance(state, Paid) or not state.buckets.reserve_minor:
        return ()
    if state.reserve_until is not None and command.at < state.reserve_until:
        raise HoldNotOver(f"the reserve is kept until {state.reserve_until}")
    _check_undisputed(state)
    return (
        ReserveReleased(
            order_id=command.order_id,
            seller_id=state.payment.seller_id,
            currency=state.division.currency,
            amount_minor=state.buckets.reserve_minor,
        ),
    )


def due_after_dispute(state: Paid, at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the order's money and its reserve are due, a dispute being closed at `at`."""
    release_at = None if state.released else max(at, state.payment.hold_until)
    reserve_until = state.reserve_until if state.buckets.reserve_minor else None
    return release_at, max(at, reserve_until) if reserve_until else None


def _check_undisputed(state: Paid) -> None:
    dispute = state.charge.open_dispute
    if dispute is not None:
        raise ReleaseStopped(f"{dispute.dispute_id} must be closed first")


def _kept(state: Paid, at: datetime) -> ReserveKept | None:
    """The reserve that was agreed, of what is left, half-up."""
    agreed = state.reserve
    amount_minor = share(state.buckets.pending_minor, agreed.basis_points) if agreed else 0
    if agreed is None or not amount_minor:
        return None
    return ReserveKept(
        order_id=state.payment.order_id,
        seller_id=state.payment.seller_id,
        currency=state.division.currency,
        amount_minor=amount_minor,
        until=at + timedelta(days=agreed.days),
    )


DECISIONS: Decisions = {
    ReleaseFunds: release,
    ReleaseReserve: release_reserve,
}
