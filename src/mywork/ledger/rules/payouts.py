"""Payouts: from what is owed to what is on its way, and Stripe's transfers."""

from typing import assert_never

from mywork.domain.accounts import (
    EXPENSE_STRIPE_FEES,
    STRIPE_AVAILABLE,
    STRIPE_UNCLEARED,
    seller_available,
    seller_in_payout,
)
from mywork.domain.payout.decider import PayoutMoneyEvent
from mywork.domain.payout.reversal_messages import ReversalSettled, TransferReversed
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    TransferSettled,
)
from mywork.ledger.entry import Entry, entry


def payout_posts(event: PayoutMoneyEvent) -> Entry | None:
    match event:
        case PayoutRequested():
            return _set_aside(event)
        case PayoutSent():
            return _sent(event)
        case PayoutRefused() | PayoutCancelled():
            return _given_back(event)
        case TransferReversed():
            return _reversed(event)
        case TransferSettled():
            return _transfer_settled(event)
        case ReversalSettled():
            return _reversal_settled(event)
        case _:
            assert_never(event)


def _set_aside(event: PayoutRequested) -> Entry | None:
    """A payout was requested: the seller's balance is set aside for it, if it is there."""
    available = seller_available(event.seller_id)
    return entry(
        event.currency,
        debit=[(available, event.amount_minor)],
        credit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        not_negative=(available,),
    )


def _sent(event: PayoutSent) -> Entry | None:
    """Stripe made the transfer: what was set aside has left for the seller's account."""
    return entry(
        event.currency,
        debit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.transfer_id)],
    )


def _given_back(event: PayoutRefused | PayoutCancelled) -> Entry | None:
    """The payout was refused or cancelled: its money is the seller's balance again."""
    return entry(
        event.currency,
        debit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def _transfer_settled(event: TransferSettled) -> Entry | None:
    """Stripe's balance transaction of a transfer: its available balance falls."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.transfer_id),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_AVAILABLE, event.amount_minor + event.fee_minor)],
    )


def _reversed(event: TransferReversed) -> Entry | None:
    """The transfer was reversed: its money is the seller's balance again."""
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.reversal_id)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def _reversal_settled(event: ReversalSettled) -> Entry | None:
    """Stripe's balance transaction of a reversal: its available balance grows."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_AVAILABLE, event.amount_minor - event.fee_minor),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.reversal_id)],
    )
