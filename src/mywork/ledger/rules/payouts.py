"""Payouts: from what is owed to what is on its way, and Stripe's transfers."""

from typing import assert_never

from mywork.domain import payout
from mywork.ledger.accounts import (
    EXPENSE_STRIPE_FEES,
    STRIPE_AVAILABLE,
    STRIPE_UNCLEARED,
    seller_available,
    seller_in_payout,
)
from mywork.ledger.entry import Entry, entry


def payout_moved(
    event: payout.PayoutRequested | payout.PayoutSent | payout.PayoutRefused,
) -> Entry | None:
    available, in_payout = seller_available(event.seller_id), seller_in_payout(event.seller_id)
    amount_minor = event.amount_minor
    match event:
        case payout.PayoutRequested():
            return entry(
                event.currency,
                debit=[(available, amount_minor)],
                credit=[(in_payout, amount_minor)],
                not_negative=(available,),
            )
        case payout.PayoutSent(transfer_id=transfer_id):
            return entry(
                event.currency,
                debit=[(in_payout, amount_minor)],
                credit=[(STRIPE_UNCLEARED, amount_minor, transfer_id)],
            )
        case payout.PayoutRefused():
            return entry(
                event.currency,
                debit=[(in_payout, amount_minor)],
                credit=[(available, amount_minor)],
            )
        case _:
            assert_never(event)


def transfer_settled(event: payout.TransferSettled) -> Entry | None:
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.transfer_id),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_AVAILABLE, event.amount_minor + event.fee_minor)],
    )
