"""From the seller's Stripe account to the bank, and what follows when the bank sends it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mywork.domain.decider import Decisions
from mywork.domain.errors import PayoutUnderWay, PredecessorMissing, SellerPaused
from mywork.domain.identifiers import PayoutId
from mywork.domain.payout.bank_messages import (
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    BeginBankPayout,
    PayoutCompleted,
    RecordBankOutcome,
    RefuseBankPayout,
    RetryBankPayout,
)
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.reversal_messages import ReversalRequested
from mywork.domain.payout.state import RETURNED, WORDS, Payout, Payouts

# How long to wait before each further attempt; after the last the transfer is reversed.
RETRY_AFTER = (timedelta(days=1), timedelta(days=2), timedelta(days=4))
# Stripe's failure codes of what may pass by itself. With any other, such as `account_closed`, the
# seller must act first, so the money comes back to where it can be seen and paid again.
MAY_PASS = frozenset({"could_not_process", "declined", "insufficient_funds", "payouts_not_allowed"})


def begin(command: BeginBankPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = _sent(state, command.payout_id)
    if command.bank_payout_id in payout.bank:
        return ()
    return (BankPayoutBegun(command.payout_id, command.bank_payout_id),)


def refuse(command: RefuseBankPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = _sent(state, command.payout_id)
    if payout.stage != "sent" or payout.attempt != command.attempt:
        return ()
    failed = BankPayoutFailed(command.payout_id, "", command.failure_code)
    return (failed, *_after_failure(payout, command.failure_code, command.at))


def record_outcome(command: RecordBankOutcome, state: Payouts) -> Sequence[PayoutEvent]:
    """`paid` may become `failed`, never the reverse: a failed one that was paid is stale news."""
    payout = _sent(state, command.payout_id)
    outcome = payout.bank.get(command.bank_payout_id)
    if outcome is None:
        raise PredecessorMissing(f"bank payout {command.bank_payout_id} is not recorded yet")
    if outcome == "failed" or (command.paid and outcome == "paid"):
        return ()
    if command.paid:
        return (PayoutCompleted(command.payout_id, command.bank_payout_id),)
    code = command.failure_code
    failed = BankPayoutFailed(command.payout_id, command.bank_payout_id, code)
    return (failed, *_after_failure(payout, code, command.at))


def _after_failure(payout: Payout, code: str, at: datetime) -> Sequence[PayoutEvent]:
    if payout.stage in {"reversing", "reversed"}:
        return ()  # it is back already, or on its way
    payout_id = payout.requested.payout_id
    retries = payout.attempt - 1
    if code in MAY_PASS and retries < len(RETRY_AFTER):
        retry_at = at + RETRY_AFTER[retries]
        return (BankRetryScheduled(payout_id, payout.attempt + 1, retry_at),)
    return (reversal_of(payout, code, automatic=True),)


def reversal_of(payout: Payout, reason: str, *, automatic: bool) -> ReversalRequested:
    """The request to give back all that is left of the transfer."""
    return ReversalRequested(
        payout_id=payout.requested.payout_id,
        transfer_id=payout.transfer_id,
        amount_minor=payout.left_minor,
        number=payout.reversal_number + 1,
        reason=reason,
        automatic=automatic,
    )


def retry(command: RetryBankPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    following = payout.attempt + 1
    if command.attempt:
        due = payout.stage == "failed" and command.attempt == following
        return (BankPayoutRetried(command.payout_id, following),) if due else ()
    if payout.stage not in RETURNED:
        raise PayoutUnderWay(
            f"payout {command.payout_id} {WORDS[payout.stage]}; only what the bank has sent back"
            " can go there again"
        )
    if command.paused_because:
        raise SellerPaused(f"release the seller first; paused: {command.paused_because}")
    return (BankPayoutRetried(command.payout_id, following),)


def _sent(state: Payouts, payout_id: PayoutId) -> Payout:
    payout = state.by_id.get(payout_id)
    if payout is None or not payout.transfer_id:
        raise PredecessorMissing(f"payout {payout_id} has not been sent yet")
    return payout


DECISIONS: Decisions = {
    BeginBankPayout: begin,
    RefuseBankPayout: refuse,
    RecordBankOutcome: record_outcome,
    RetryBankPayout: retry,
}
