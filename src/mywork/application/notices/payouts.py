"""Payouts: where a seller's money is, and what to do when it did not get there."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notices.notice import Notice, Write, amount, last
from mywork.domain import payout


def _sent(event: payout.PayoutSent, _: Sequence[Any]) -> Sequence[Notice]:
    paid = amount(event.amount_minor, event.currency)
    text = f"{paid} was sent to your Stripe account, and goes on to your bank from there."
    return (_about(event.seller_id, f"Payout of {paid} sent", text, event.payout_id),)


def _refused(event: payout.PayoutRefused, _: Sequence[Any]) -> Sequence[Notice]:
    paid = amount(event.amount_minor, event.currency)
    text = (
        f"Stripe refused the payout of {paid} ({event.reason}).\n"
        "The money is back in your available balance. Look at your Stripe account, then ask again."
    )
    return (_about(event.seller_id, f"Payout of {paid} refused", text, event.payout_id),)


def _bank_failed(event: payout.BankPayoutFailed, earlier: Sequence[Any]) -> Sequence[Notice]:
    sent = last(payout.PayoutSent, earlier, payout_id=event.payout_id)
    paid = amount(sent.amount_minor, sent.currency)
    text = (
        f"Your bank did not take the payout of {paid} ({event.failure_code}).\n"
        "The money lies in your Stripe account. Check the bank account that Stripe knows of you."
    )
    return (_about(sent.seller_id, f"Payout of {paid} failed", text, event.payout_id),)


def _about(to: Any, subject: str, text: str, payout_id: str) -> Notice:
    return Notice(to, subject, f"{text}\nPayout {payout_id}.")


NOTICES: Mapping[type, Write] = {
    payout.PayoutSent: _sent,
    payout.PayoutRefused: _refused,
    payout.BankPayoutFailed: _bank_failed,
}
