"""Paying sellers at Stripe: transfers, the bank payouts that follow, and reversals.

Everything carries our ids in its metadata, so that it can be looked up before a retry.
"""

from collections.abc import Mapping, Sequence

import stripe
from stripe._v1_services import V1Services

from mywork.adapters.stripe.amounts import from_stripe, to_stripe
from mywork.adapters.stripe.faults import translated
from mywork.adapters.stripe.reading import moment
from mywork.application.ports.payments import PayoutInstruction, Reversal, ReversalInstruction

PAGE = 100  # Stripe's largest


class StripeTransfers:
    """The part of the Payments port that pays sellers."""

    def __init__(self, client: V1Services) -> None:
        self._client = client

    def create_transfer(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        with translated():
            transfer = self._client.transfers.create(
                {
                    "amount": to_stripe(payout.amount_minor, payout.currency),
                    "currency": payout.currency.lower(),
                    "destination": payout.stripe_account_id,
                    "transfer_group": payout.payout_id,
                    "metadata": _payout_metadata(payout),
                },
                {"idempotency_key": idempotency_key},
            )
        return transfer.id

    def find_transfer(self, payout: PayoutInstruction) -> str | None:
        with translated():
            found = self._client.transfers.list({"transfer_group": payout.payout_id, "limit": 1})
        return found.data[0].id if found.data else None

    def create_bank_payout(self, payout: PayoutInstruction, *, idempotency_key: str) -> str:
        with translated():
            created = self._client.payouts.create(
                {
                    "amount": to_stripe(payout.amount_minor, payout.currency),
                    "currency": payout.currency.lower(),
                    "metadata": _payout_metadata(payout) | {"attempt": str(payout.attempt)},
                },
                {"idempotency_key": idempotency_key, "stripe_account": payout.stripe_account_id},
            )
        return created.id

    def find_bank_payout(self, payout: PayoutInstruction) -> str | None:
        with translated():
            listed = self._client.payouts.list(
                {"limit": PAGE}, {"stripe_account": payout.stripe_account_id}
            )
            for candidate in listed.auto_paging_iter():
                metadata = candidate.to_dict(for_json=True).get("metadata") or {}
                asked_by = metadata.get("payout_id"), _number(metadata, "attempt") or 1
                if asked_by == (payout.payout_id, payout.attempt):
                    return candidate.id
        return None

    def create_reversal(
        self, instruction: ReversalInstruction, *, idempotency_key: str
    ) -> Reversal:
        with translated():
            created = self._client.transfers.reversals.create(
                instruction.transfer_id,
                {
                    "amount": to_stripe(instruction.amount_minor, instruction.currency),
                    "metadata": {
                        "payout_id": instruction.payout_id,
                        "number": str(instruction.number),
                    },
                },
                {"idempotency_key": idempotency_key},
            )
        return _reversal(created)

    def reversals(self, transfer_id: str) -> Sequence[Reversal]:
        with translated():
            listed = self._client.transfers.reversals.list(transfer_id, {"limit": PAGE})
            found = [_reversal(item) for item in listed.auto_paging_iter()]
        return found[::-1]


def _reversal(found: stripe.TransferReversal) -> Reversal:
    metadata = found.to_dict(for_json=True).get("metadata") or {}
    payout_id, number = metadata.get("payout_id"), _number(metadata, "number")
    asked_by = (payout_id, number) if payout_id and number else None
    amount_minor = from_stripe(found.amount, found.currency.upper())
    return Reversal(found.id, amount_minor, moment(found.created), asked_by)


def _number(metadata: Mapping[str, str], key: str) -> int:
    """A number that we wrote; 0 where there is none, since people may write there, too."""
    text = metadata.get(key, "")
    return int(text) if text.isdecimal() else 0


def _payout_metadata(payout: PayoutInstruction) -> dict[str, str]:
    return {
        "payout_id": payout.payout_id,
        "seller_id": payout.seller_id,
        "currency": payout.currency,
    }
