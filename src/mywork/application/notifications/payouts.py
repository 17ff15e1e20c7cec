"""Payouts: where a seller's money is, and what to do when it did not get there."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import FINANCE, Notice, Staff, Write, amount, last
from mywork.domain.identifiers import UserId
from mywork.domain.payout.bank_messages import BankPayoutFailed
from mywork.domain.payout.reversal_messages import ReversalFailed, TransferReversed
from mywork.domain.payout.transfer_messages import PayoutCancelled, PayoutRefused, PayoutSent
from mywork.domain.seller.messages import PayoutsPaused, PayoutsReleased


def _sent(event: PayoutSent, _: Sequence[Any]) -> Sequence[Notice]:
    paid = amount(event.amount_minor, event.currency)
    text = f"{paid} was sent to your Stripe account, and goes on to your bank from there."
    return (_about(event.seller_id, f"Payout of {paid} sent", text, event.payout_id),)


def _refused(event: PayoutRefused, _: Sequence[Any]) -> Sequence[Notice]:
    paid = amount(event.amount_minor, event.currency)
    text = (
        f"Stripe refused the payout of {paid} ({event.reason}).\n"
        "The money is back in your available balance. Look at your Stripe account, then ask again."
    )
    return (_about(event.seller_id, f"Payout of {paid} refused", text, event.payout_id),)


def _cancelled(event: PayoutCancelled, _: Sequence[Any]) -> Sequence[Notice]:
    paid = amount(event.amount_minor, event.currency)
    text = (
        f"The payout of {paid} was called off: {event.reason}\n"
        "The money is back in your available balance."
    )
    return (_about(event.seller_id, f"Payout of {paid} cancelled", text, event.payout_id),)


def _bank_failed(event: BankPayoutFailed, earlier: Sequence[Any]) -> Sequence[Notice]:
    sent = last(PayoutSent, earlier, payout_id=event.payout_id)
    paid = amount(sent.amount_minor, sent.currency)
    text = (
        f"Your bank did not take the payout of {paid} ({event.failure_code}).\n"
        "We try again where that may help; otherwise the money comes back to your balance. "
        "Check the bank account that Stripe knows of you."
    )
    return (_about(sent.seller_id, f"Payout of {paid} failed", text, event.payout_id),)


def _reversed(event: TransferReversed, _: Sequence[Any]) -> Sequence[Notice]:
    back = amount(event.amount_minor, event.currency)
    text = (
        f"{back} of a payout came back from your Stripe account to your available balance.\n"
        "Check the bank account that Stripe knows of you before you ask again."
    )
    return (_about(event.seller_id, f"{back} came back", text, event.payout_id),)


def _reversal_failed(event: ReversalFailed, earlier: Sequence[Any]) -> Sequence[Notice]:
    sent = last(PayoutSent, earlier, payout_id=event.payout_id)
    paid = amount(sent.amount_minor, sent.currency)
    text = (
        f"Stripe refused to reverse the payout of {paid} to {sent.seller_id} ({event.reason}).\n"
        "It is blocked until somebody decides."
    )
    return (_about(FINANCE, f"Payout of {paid} is blocked", text, event.payout_id),)


def _paused(event: PayoutsPaused, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your payouts are paused: {event.reason}\nThey go on when we have released them."
    return (Notice(event.seller_id, "Your payouts are paused", text),)


def _released(event: PayoutsReleased, _: Sequence[Any]) -> Sequence[Notice]:
    text = f"Your payouts go on: {event.reason}"
    return (Notice(event.seller_id, "Your payouts go on", text),)


def _about(to: UserId | Staff, subject: str, text: str, payout_id: str) -> Notice:
    return Notice(to, subject, f"{text}\nPayout {payout_id}.")


NOTICES: Mapping[type, Write] = {
    PayoutSent: _sent,
    PayoutRefused: _refused,
    PayoutCancelled: _cancelled,
    BankPayoutFailed: _bank_failed,
    TransferReversed: _reversed,
    ReversalFailed: _reversal_failed,
    PayoutsPaused: _paused,
    PayoutsReleased: _released,
}
