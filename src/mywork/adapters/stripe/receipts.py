"""From what Stripe told us to what it means: stored bytes to a command. Pure, and no SDK.

Terminal facts (succeeded, failed, paid) are taken from the payload, in Stripe's own amounts and
times; an account, which changes back and forth, is fetched again.
"""

from collections.abc import Callable

import orjson

from mywork.adapters.stripe import billing_receipts, dispute_receipts, refund_receipts
from mywork.adapters.stripe.reading import Json, id_of, metadata, moment, money
from mywork.adapters.stripe.webhooks import SUBSCRIPTION_EVENTS, TRANSACTION
from mywork.application.inbox.exceptions import unexpected_payment
from mywork.application.ports.meaning import (
    Commands,
    Decidable,
    Ignored,
    Meaning,
    StaleAccount,
    UnnamedPayment,
)
from mywork.application.ports.tables import Receipt
from mywork.domain.balance_transaction import PAYMENTS, BalanceTransaction
from mywork.domain.identifiers import OrderId, PayoutId, SellerId, UserId, is_opaque
from mywork.domain.order.sale_messages import FailPaymentAttempt, PayOrder
from mywork.domain.payout.bank_messages import RecordBankOutcome
from mywork.domain.payout.reversal_messages import RecordReversal


class StripeTranslator:
    """The Translator port; `live` says whether our own key is a live one."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._by_kind: dict[str, Callable[[Json], Meaning]] = {
            "payment_intent.succeeded": self._paid,
            "payment_intent.payment_failed": _attempt_failed,
            "account.updated": _account_updated,
            "payout.paid": _bank_outcome,
            "payout.failed": _bank_outcome,
            "payout.canceled": _bank_outcome,
            "transfer.reversed": _reversed,
            "refund.created": refund_receipts.told,
            "refund.updated": refund_receipts.told,
            "refund.failed": refund_receipts.told,
            "charge.dispute.created": dispute_receipts.told,
            "charge.dispute.updated": dispute_receipts.told,
            "charge.dispute.funds_withdrawn": dispute_receipts.told,
            "charge.dispute.funds_reinstated": dispute_receipts.told,
            "charge.dispute.closed": dispute_receipts.told,
            "radar.early_fraud_warning.created": dispute_receipts.warned,
            **dict.fromkeys(SUBSCRIPTION_EVENTS, billing_receipts.subscription_changed),
            "invoice.paid": billing_receipts.invoice_paid,
            "invoice.payment_failed": billing_receipts.invoice_failed,
        }

    def __call__(self, receipt: Receipt) -> Meaning:
        if receipt.source == TRANSACTION:
            return transaction_of(receipt.body)
        translate = self._by_kind.get(receipt.kind)
        if translate is None:
            return Ignored(f"{receipt.kind} tells nothing that we keep")
        return translate(orjson.loads(receipt.body))

    def _paid(self, event: Json) -> Commands | UnnamedPayment:
        intent = event["data"]["object"]
        order_id = metadata(intent, "order_id")
        currency, amount_minor = money(intent, "amount_received")
        command = PayOrder(
            order_id=OrderId(order_id),
            payment_intent_id=intent["id"],
            charge_id=id_of(intent["latest_charge"]),
            currency=currency,
            amount_minor=amount_minor,
            live=event["livemode"],
            live_expected=self._live,
            at=moment(event["created"]),
        )
        if is_opaque(order_id):
            return Commands((command,))
        nobodys = Commands((unexpected_payment(command, "", "the payment names no order of ours"),))
        if not intent.get("customer"):
            return nobodys
        return UnnamedPayment(intent["id"], nobodys, command.at)


def _attempt_failed(event: Json) -> Decidable:
    intent = event["data"]["object"]
    order_id = metadata(intent, "order_id")
    if not is_opaque(order_id):
        return Ignored("the payment names no order of ours")
    error = intent.get("last_payment_error") or {}
    failed = FailPaymentAttempt(
        order_id=OrderId(order_id),
        payment_intent_id=intent["id"],
        failure_code=error.get("decline_code") or error.get("code") or "unknown",
        at=moment(event["created"]),
    )
    return Commands((failed,))


def _account_updated(event: Json) -> StaleAccount | Ignored:
    account = event["data"]["object"]
    if not metadata(account, "seller_id"):
        return Ignored("the account names no seller of ours")
    return StaleAccount(account["id"], moment(event["created"]))


def _bank_outcome(event: Json) -> Decidable:
    bank_payout, ended = event["data"]["object"], event["type"].removeprefix("payout.")
    payout_id = metadata(bank_payout, "payout_id")
    if not event.get("account") or not payout_id:
        return Ignored("the bank payout is none of ours")
    outcome = RecordBankOutcome(
        seller_id=SellerId(UserId(metadata(bank_payout, "seller_id"))),
        currency=metadata(bank_payout, "currency"),
        payout_id=PayoutId(payout_id),
        bank_payout_id=bank_payout["id"],
        paid=ended == "paid",
        failure_code="" if ended == "paid" else bank_payout.get("failure_code") or ended,
        at=moment(event["created"]),
    )
    return Commands((outcome,))


def _reversed(event: Json) -> Decidable:
    """One for each reversal, whoever made it: the transfer shows its ten latest."""
    transfer = event["data"]["object"]
    if not metadata(transfer, "payout_id"):
        return Ignored("the transfer is of no payout of ours")
    found = tuple(
        RecordReversal(
            seller_id=SellerId(UserId(metadata(transfer, "seller_id"))),
            currency=metadata(transfer, "currency"),
            transfer_id=transfer["id"],
            reversal_id=reversal["id"],
            amount_minor=money(reversal, "amount")[1],
            at=moment(reversal["created"]),
        )
        for reversal in reversed(transfer["reversals"]["data"])
    )
    return Commands(found) if found else Ignored("the transfer shows no reversal")


def transaction_of(body: bytes) -> BalanceTransaction:
    """A balance transaction of Stripe's from its stored JSON."""
    found: Json = orjson.loads(body)
    created, available_on = moment(found["created"]), moment(found["available_on"])
    rate = found.get("exchange_rate")
    currency, amount_minor = money(found, "amount")
    _, fee_minor = money(found, "fee")
    return BalanceTransaction(
        id=found["id"],
        category=found["reporting_category"],
        object_id=id_of(found.get("source")),
        currency=currency,
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        available_on=available_on if available_on > created else None,
        exchange_rate="" if rate is None else str(rate),
        created=created,
        balance=found.get("balance_type") or PAYMENTS,
    )
