"""What a payout asks of Stripe: looked up by our id before anything is asked twice."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from fakes import START
from shop import ADA, Shop

from mywork.application.outbox.payouts import MAX_ATTEMPTS
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.payments import Reversal
from mywork.domain.identifiers import PayoutId
from mywork.domain.payout.bank_messages import BankPayoutBegun, RecordBankOutcome
from mywork.domain.payout.decider import PAYOUT
from mywork.domain.payout.reversal_messages import RecordReversal, ReversePayout, TransferReversed
from mywork.domain.payout.state import Payout, Payouts
from mywork.domain.payout.transfer_messages import PayoutSent, QueuePayout
from mywork.domain.seller.messages import PausePayouts, PayoutsPaused, ReleasePayouts

LOST = VendorUnavailable("the connection was reset")
SHORT = VendorRefused("balance_insufficient", "not yet")


@pytest.fixture
def dispatched(shop: Shop) -> Shop:
    """With a payout of 260.13 whose transfer waits to be made."""
    shop.release("1")
    shop.onboard()
    shop.core.paying_out.request(ADA, "USD", request_id="r")
    go(shop)
    return shop


@pytest.fixture
def sent(dispatched: Shop) -> Shop:
    """With its transfer made, and its bank payout waiting to be."""
    assert perform(dispatched)
    dispatched.runner.catch_up()
    return dispatched


@pytest.fixture
def reversing(sent: Shop) -> Shop:
    """Refused by the bank for good: its reversal waits to be made."""
    at_bank(sent)
    sent.handle(outcome(sent, "account_closed"))
    sent.runner.catch_up()
    return sent


def go(shop: Shop) -> None:
    shop.core.payout_queue.run()
    shop.runner.catch_up()


def perform(shop: Shop) -> bool:
    """Try the one call that waits, now."""
    (key,) = waiting(shop)
    return shop.core.outbox_dispatcher.perform(key)


def waiting(shop: Shop) -> Sequence[str]:
    shop.change("UPDATE operations.outbox SET due_at = now() - interval '1 s'")
    return [key for key in shop.core.outbox.overdue(9) if not key.endswith("pause_payouts")]


def at_bank(shop: Shop) -> None:
    assert perform(shop)
    shop.runner.catch_up()


def the_payout(shop: Shop) -> Payout:
    state: Payouts = shop.core.handler.state(PAYOUT, "payouts-ada-USD")
    (found,) = state.by_id.values()
    return found


def outcome(shop: Shop, failure_code: str = "") -> RecordBankOutcome:
    found = the_payout(shop)
    return RecordBankOutcome(
        seller_id=ADA,
        currency="USD",
        payout_id=found.requested.payout_id,
        bank_payout_id=list(found.bank)[-1],
        paid=not failure_code,
        failure_code=failure_code,
        at=shop.clock.now(),
    )


def pause(shop: Shop) -> None:
    shop.handle(PausePayouts(ADA, "an identity check is open", shop.clock.now()))


def release(shop: Shop) -> None:
    shop.handle(ReleasePayouts(ADA, "the identity check passed", shop.clock.now()))


# The transfer -------------------------------------------------------------------------------


def test_a_balance_that_is_short_puts_the_payout_back_in_the_queue(dispatched: Shop) -> None:
    dispatched.payments.refuses = [SHORT]
    assert perform(dispatched)
    assert the_payout(dispatched).stage == "queued"
    assert waiting(dispatched) == []
    assert dispatched.balance("seller:ada:in_payout") == 26_013
    dispatched.clock.advance(minutes=1)
    go(dispatched)
    assert perform(dispatched)
    assert the_payout(dispatched).stage == "sent"
    assert len(dispatched.payments.transfers) == 1


def test_a_transfer_made_before_the_answer_was_lost_is_found_by_the_next_turn(
    dispatched: Shop,
) -> None:
    """Even when Stripe has forgotten the key and the payout was queued meanwhile."""
    dispatched.payments.hangs_up = [LOST]
    assert not perform(dispatched)
    found = the_payout(dispatched).requested
    dispatched.handle(QueuePayout(ADA, "USD", found.payout_id, dispatched.clock.now()))
    dispatched.payments.by_key.clear()
    assert perform(dispatched)  # its turn is over: it asks nothing
    dispatched.clock.advance(minutes=1)
    go(dispatched)
    assert perform(dispatched)
    assert dispatched.payments.calls.count("create_transfer") == 1
    assert len(dispatched.events(PayoutSent)) == 1


def test_a_seller_paused_at_the_last_moment_is_not_paid(dispatched: Shop) -> None:
    pause(dispatched)
    assert perform(dispatched)
    assert the_payout(dispatched).stage == "held"
    assert "create_transfer" not in dispatched.payments.calls
    go(dispatched)
    assert waiting(dispatched) == []
    release(dispatched)
    go(dispatched)
    assert perform(dispatched)
    assert the_payout(dispatched).stage == "sent"


def test_a_pause_does_not_hide_a_transfer_that_exists(dispatched: Shop) -> None:
    dispatched.payments.hangs_up = [LOST]
    assert not perform(dispatched)
    pause(dispatched)
    assert perform(dispatched)
    assert the_payout(dispatched).stage == "sent"


def test_an_effect_from_before_payouts_took_turns_asks_nothing(dispatched: Shop) -> None:
    """As `0006_stored_commands.sql` translates it: of no turn."""
    dispatched.change("""UPDATE operations.outbox SET body = body || '{"number": 0}'""")
    assert perform(dispatched)
    assert dispatched.payments.calls == []


def test_a_lock_at_stripe_is_waited_for(dispatched: Shop) -> None:
    dispatched.payments.refuses = [VendorRefused("lock_timeout", "busy")]
    assert not perform(dispatched)
    assert the_payout(dispatched).stage == "dispatched"
    assert perform(dispatched)


# The bank payout ----------------------------------------------------------------------------


def test_a_bank_payout_follows_its_transfer(sent: Shop) -> None:
    assert perform(sent)
    (begun,) = sent.events(BankPayoutBegun)
    assert begun.bank_payout_id == f"po_{begun.payout_id}_1"


def test_a_bank_payout_with_an_unknown_outcome_is_looked_up(sent: Shop) -> None:
    sent.payments.hangs_up = [LOST]
    assert not perform(sent)
    assert perform(sent)
    assert sent.payments.calls[2:] == ["create_bank_payout", "find_bank_payout"]


@pytest.mark.parametrize("code", ["insufficient_funds", "balance_insufficient"])
def test_money_that_has_not_arrived_is_waited_for_but_not_for_ever(sent: Shop, code: str) -> None:
    for _ in range(MAX_ATTEMPTS - 1):
        sent.payments.refuses = [VendorRefused(code, "not yet")]
        assert not perform(sent)
    assert the_payout(sent).stage == "sent"
    sent.payments.refuses = [VendorRefused(code, "still not")]
    assert perform(sent)
    assert the_payout(sent).stage in {"failed", "reversing"}


def test_a_bank_payout_that_stripe_refuses_goes_again_after_a_day(sent: Shop) -> None:
    sent.payments.refuses = [VendorRefused("payouts_not_allowed", "restricted")]
    assert perform(sent)
    sent.runner.catch_up()
    assert (the_payout(sent).stage, waiting(sent)) == ("failed", [])
    sent.clock.advance(days=1)
    sent.core.deadlines.run()
    sent.runner.catch_up()
    assert perform(sent)
    (begun,) = sent.events(BankPayoutBegun)
    assert begun.bank_payout_id.endswith("_2")


def test_each_attempt_at_the_bank_is_looked_up_by_its_own_number(sent: Shop) -> None:
    at_bank(sent)
    sent.handle(outcome(sent, "could_not_process"))
    sent.runner.catch_up()
    sent.clock.advance(days=1)
    sent.core.deadlines.run()
    sent.runner.catch_up()
    sent.payments.refuses = [LOST]
    assert not perform(sent)
    assert perform(sent)  # finds the first attempt's bank payout, and does not take it for this
    assert [event.bank_payout_id[-2:] for event in sent.events(BankPayoutBegun)] == [
        "_1",
        "_2",
    ]


def test_the_bank_payout_of_a_paused_seller_waits_for_the_release(sent: Shop) -> None:
    pause(sent)
    assert not perform(sent)
    assert "create_bank_payout" not in sent.payments.calls
    release(sent)
    assert perform(sent)


def test_only_what_is_left_of_the_transfer_goes_to_the_bank(sent: Shop) -> None:
    reverse_by_hand(sent, "trr_hand", 6_013)
    asked: list[Any] = []
    create: Callable[..., str] = sent.payments.create_bank_payout

    def watch(instruction: Any, **kwargs: str) -> str:
        asked.append(instruction.amount_minor)
        return create(instruction, **kwargs)

    sent.payments.create_bank_payout = watch  # type: ignore[method-assign]
    assert perform(sent)
    assert asked == [20_000]


def test_nothing_goes_to_the_bank_once_all_was_reversed(sent: Shop) -> None:
    reverse_by_hand(sent, "trr_hand", 26_013)
    assert perform(sent)
    assert "create_bank_payout" not in sent.payments.calls
    assert sent.balance("seller:ada:available") == 26_013


def reverse_by_hand(shop: Shop, reversal_id: str, amount_minor: int) -> None:
    """A person reverses it at Stripe, and Stripe tells us."""
    transfer_id = the_payout(shop).transfer_id
    made = Reversal(reversal_id, amount_minor, START, None)
    shop.payments.reversed.setdefault(transfer_id, []).append(made)
    now = shop.clock.now()
    shop.handle(RecordReversal(ADA, "USD", transfer_id, reversal_id, amount_minor, now))


# The reversal -------------------------------------------------------------------------------


def test_a_reversal_gives_the_money_back_when_it_is_confirmed(reversing: Shop) -> None:
    assert reversing.balance("seller:ada:available") == 0
    assert perform(reversing)
    assert reversing.balance("seller:ada:available") == 26_013
    assert the_payout(reversing).stage == "reversed"


def test_a_reversal_with_an_unknown_outcome_is_looked_up(reversing: Shop) -> None:
    reversing.payments.hangs_up = [LOST]
    assert not perform(reversing)
    assert reversing.balance("seller:ada:available") == 0
    reversing.payments.by_key.clear()
    assert perform(reversing)
    assert reversing.payments.calls[-2:] == ["create_reversal", "reversals"]
    assert reversing.balance("seller:ada:available") == 26_013


def test_the_webhook_and_the_answer_count_a_reversal_once(reversing: Shop) -> None:
    reverse_by_hand(reversing, "trr_1", 26_013)  # the webhook was quicker
    assert perform(reversing)
    assert len(reversing.events(TransferReversed)) == 1
    assert reversing.balance("seller:ada:available") == 26_013


def test_a_reversal_refused_because_somebody_was_first_is_recorded(reversing: Shop) -> None:
    """Stripe's webhook about it has not come yet."""
    transfer_id = the_payout(reversing).transfer_id
    reversing.payments.reversed[transfer_id] = [
        Reversal("trr_a", 6_013, START, None),
        Reversal("trr_b", 20_000, START, None),
    ]
    reversing.payments.refuses = [VendorRefused("transfer_reversed", "nothing is left")]
    assert perform(reversing)
    assert [event.reversal_id for event in reversing.events(TransferReversed)] == [
        "trr_a",
        "trr_b",
    ]
    assert reversing.balance("seller:ada:available") == 26_013


def test_a_refused_reversal_blocks_the_payout_until_a_person_decides(reversing: Shop) -> None:
    reversing.payments.refuses = [SHORT]
    assert perform(reversing)
    assert the_payout(reversing).stage == "blocked"
    payout_id = PayoutId(the_payout(reversing).requested.payout_id)
    now = reversing.clock.now()
    reversing.handle(ReversePayout(ADA, "USD", payout_id, "the funds are there", now))
    reversing.runner.catch_up()
    assert perform(reversing)
    assert reversing.balance("seller:ada:available") == 26_013


def test_a_busy_transfer_is_asked_again(reversing: Shop) -> None:
    reversing.payments.refuses = [VendorRefused("lock_timeout", "busy")]
    assert not perform(reversing)
    assert the_payout(reversing).stage == "reversing"
    assert perform(reversing)


def test_a_bank_that_refuses_for_good_pauses_the_seller(reversing: Shop) -> None:
    assert reversing.core.outbox_dispatcher.drain() == 2
    (paused,) = reversing.events(PayoutsPaused)
    assert "account_closed" in paused.reason
    assert reversing.clock.now() - START < timedelta(days=8)
