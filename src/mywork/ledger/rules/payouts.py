"""Payouts: from what is owed to what is on its way, and Stripe's transfers."""

from mywork.domain import payout
from mywork.ledger.accounts import (
    EXPENSE_STRIPE_FEES,
    STRIPE_AVAILABLE,
    STRIPE_UNCLEARED,
    seller_available,
    seller_in_payout,
)
from mywork.ledger.entry import Entry, entry


def payout_posts(event: payout.Event) -> Entry | None:
    match event:
        case payout.PayoutRequested():
            return _set_aside(event)
        case payout.PayoutSent():
            return _sent(event)
        case payout.PayoutRefused() | payout.PayoutCancelled():
            return _given_back(event)
        case payout.TransferReversed():
            return _reversed(event)
        case payout.TransferSettled():
            return _transfer_settled(event)
        case payout.ReversalSettled():
            return _reversal_settled(event)
        case _:
            _moves_no_money(event)
            return None


def _set_aside(event: payout.PayoutRequested) -> Entry | None:
    """A payout was requested: the seller's balance is set aside for it, if it is there."""
    available = seller_available(event.seller_id)
    return entry(
        event.currency,
        debit=[(available, event.amount_minor)],
        credit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        not_negative=(available,),
    )


def _sent(event: payout.PayoutSent) -> Entry | None:
    """Stripe made the transfer: what was set aside has left for the seller's account."""
    return entry(
        event.currency,
        debit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.transfer_id)],
    )


def _given_back(event: payout.PayoutRefused | payout.PayoutCancelled) -> Entry | None:
    """The payout was refused or cancelled: its money is the seller's balance again."""
    return entry(
        event.currency,
        debit=[(seller_in_payout(event.seller_id), event.amount_minor)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def _transfer_settled(event: payout.TransferSettled) -> Entry | None:
    """Stripe's balance transaction of a transfer: its available balance falls."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.transfer_id),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_AVAILABLE, event.amount_minor + event.fee_minor)],
    )


def _reversed(event: payout.TransferReversed) -> Entry | None:
    """The transfer was reversed: its money is the seller's balance again."""
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.reversal_id)],
        credit=[(seller_available(event.seller_id), event.amount_minor)],
    )


def _reversal_settled(event: payout.ReversalSettled) -> Entry | None:
    """Stripe's balance transaction of a reversal: its available balance grows."""
    return entry(
        event.currency,
        debit=[
            (STRIPE_AVAILABLE, event.amount_minor - event.fee_minor),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.reversal_id)],
    )


def _moves_no_money(
    event: payout.PayoutQueued
    | payout.PayoutHeld
    | payout.PayoutDispatched
    | payout.BankPayoutBegun
    | payout.PayoutCompleted
    | payout.BankPayoutFailed
    | payout.BankRetryScheduled
    | payout.BankPayoutRetried
    | payout.ReversalRequested
    | payout.ReversalFailed,
) -> None:
    """What happens at the bank moves money that is not ours any more."""
    del event
