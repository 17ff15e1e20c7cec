"""Sellers ask for their money; banks take it, send it back, or say so late."""

from contextlib import suppress
from random import Random

from machine.rules.registry import agreed, one_of, rule
from machine.rules.sales import PRICES
from machine.town import Town
from mywork.domain.identifiers import PayoutId, SellerId, UserId
from mywork.domain.payout.bank_messages import RetryBankPayout
from mywork.domain.payout.reversal_messages import ReversePayout
from mywork.domain.payout.transfer_messages import CancelPayout
from mywork.domain.seller.messages import PausePayouts, ReleasePayouts
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.outcomes import decide
from mywork.sandbox.stripe.world import PLATFORM

CODES = ("account_closed", "could_not_process", "declined")


@rule(4)
def ask_for_payout(town: Town, chance: Random) -> None:
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    currency, request_id = chance.choice(list(PRICES)), f"p{chance.randrange(10**9)}"
    now = town.clock.now()
    expected = town.model.payouts.refusals(seller_id, currency, now, now)
    paying_out = town.core.paying_out
    answer = town.ask(lambda: paying_out.request(seller_id, currency, request_id=request_id))
    agreed(answer, expected, {"SellerHasOpenBreak"} if town.model.breaks.all else ())


@rule(1)
def cancel_payout(town: Town, chance: Random) -> None:
    found = one_of(chance, town.model.payouts.all.values())
    if found is None:
        return
    owner = SellerId(UserId(found.seller))
    command = CancelPayout(
        owner, found.currency, PayoutId(found.id), "changed my mind", town.clock.now()
    )
    unsent = found.stage in {"requested", "queued", "held", "cancelled"}
    agreed(town.command(command, found.seller), set() if unsent else {"PayoutUnderWay"})


@rule(2)
def bank_answers(town: Town, chance: Random) -> None:
    """In transit, arrived, or back: also what had arrived may still come back."""
    accounts = [PLATFORM, *(row["id"] for row in town.world.all(PLATFORM, "account"))]
    payouts = [row for account in accounts for row in town.world.all(account, "payout")]
    found = one_of(chance, [row for row in payouts if row["status"] not in {"failed", "canceled"}])
    if found is None:
        return
    outcome = chance.choice(["in_transit", "paid", "failed", "canceled"])
    wish = {"code": chance.choice(CODES)} if outcome == "failed" else {}
    with suppress(StripeFault):  # called off too late
        decide(town.world, "payouts", found["id"], outcome, wish)


@rule(1)
def retry_or_reverse(town: Town, chance: Random) -> None:
    """A person of ours decides about what the bank has sent back."""
    returned = [p for p in town.model.payouts.all.values() if p.stage == "returned"]
    found = one_of(chance, returned)
    if found is None:
        return
    key = SellerId(UserId(found.seller)), found.currency, PayoutId(found.id)
    now = town.clock.now()
    if chance.random() < 0.5:
        town.command(ReversePayout(*key, "the seller asked for it", now), "admin")
    else:
        town.command(RetryBankPayout(*key, 0, now), "admin")


@rule(1)
def somebody_reverses_at_stripe(town: Town, chance: Random) -> None:
    """By hand, a part or the whole of a transfer whose money still lies in the account."""
    found = one_of(chance, town.model.payouts.by_transfer.values())
    if found is None or found.stage != "returned":
        return
    amount = chance.choice([found.left, max(found.left // 3, 1)])
    with suppress(Exception):
        town.people.transfers.reversals.create(found.transfer, {"amount": amount})


@rule(2)
def pause_or_release(town: Town, chance: Random) -> None:
    seller_id = one_of(chance, town.sellers)
    if seller_id is None:
        return
    now = town.clock.now()
    if seller_id in town.model.payouts.paused:
        town.command(ReleasePayouts(seller_id, "it was looked into", now), "admin")
    elif chance.random() < 0.3:
        town.command(PausePayouts(seller_id, "to be looked into", now), "admin")


@rule(1)
def stripe_changes_its_mind(town: Town, chance: Random) -> None:
    """An account is onboarded, or restricted for a while."""
    account = one_of(chance, town.world.all("", "account"))
    if account is not None:
        outcome = "restrict" if chance.random() < 0.2 else "onboard"
        decide(town.world, "accounts", account["id"], outcome)
