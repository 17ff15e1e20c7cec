"""What people of finance and administration do, and what goes wrong that they look into."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import stripe

from eventstore.follow import Follower
from machine.canonical.scene import Row, Scene
from machine.canonical.subscribers import days_pass
from machine.rules.registry import Rule, one_of
from machine.rules.sales import PRICES
from machine.town import START
from mywork.adapters.bank.csv import read_bank_csv
from mywork.application.usecases.refunding import Asked
from mywork.bootstrap.core import Core
from mywork.domain.breaks.explanation_messages import AssignBreak, ReopenBreak
from mywork.domain.identifiers import BreakId, OrderId, PayoutId, SellerId, UserId
from mywork.domain.money import decimal_text
from mywork.domain.payout.bank_messages import RetryBankPayout
from mywork.domain.payout.reversal_messages import ReversePayout
from mywork.domain.payout.transfer_messages import CancelPayout
from mywork.domain.product import PriceProduct
from mywork.domain.seller.messages import PausePayouts, ReleasePayouts
from mywork.domain.user import GrantRole, RevokeRole
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe.outcomes import decide
from mywork.sandbox.stripe.world import PLATFORM

FINANCE = [UserId("user_fin"), UserId("user_boss")]
_OPENING = ("opened", "difference_found")
_ENDING = ("resolved", "difference_ended", "difference_corrected", "fact_written_off")
PLACES = ("", "bank", "capital", "expense:bad_debt", "expense:processing", "rounding")
_UNDER_WAY = ("pending", "in_transit", "paid")
_TOLD = """
SELECT originator_id, convert_from(state, 'UTF8')::json -> 'data' FROM eventstore.events
 WHERE topic = %s ORDER BY notification_id
"""
_OWED = """
SELECT owner, currency, balance_minor FROM ledger.accounts
 WHERE code LIKE 'seller:%:receivable' AND balance_minor > 0 ORDER BY id
"""


class Office(Scene):
    def __init__(self, database_url: str, seed: int, answers: list[Row]) -> None:
        self.mistaken: dict[str, dict[str, Any]] = {}  # transactions as they were before
        super().__init__(database_url, seed, answers)

    def followers(self, core: Core) -> list[Follower]:
        """All of them: a month is closed only when every reader has caught up."""
        return core.followers()

    def told(self, event: str) -> list[tuple[str, dict[str, Any]]]:
        """Streams and fields of an event's every occurrence, oldest first."""
        return self.database.execute(_TOLD, (event,)).fetchall()

    def someone(self, chance: Random) -> UserId:
        return chance.choice(FINANCE)


# Reconciling and breaks ---------------------------------------------------------------------


def reconcile(office: Office, _: Random) -> None:
    office.ask(lambda: office.core.stripe_reconciliation.with_stripe(START - timedelta(days=1)))


def reconcile_with_the_bank(office: Office, chance: Random) -> None:
    """Its statement has every payout so far, but perhaps one, or with another amount."""
    rows = ["date,amount,currency,reference"]
    for found in office.world.all(PLATFORM, "payout"):
        seen, wrong = chance.choice([(1, 0)] * 8 + [(0, 0), (1, 100)])
        currency = found["currency"].upper()
        amount = decimal_text(found["amount"] + wrong, currency)
        day = (START + timedelta(seconds=found["created"] - START.timestamp())).date()
        rows += [f"{day},{amount},{currency},STRIPE PAYOUT"] * seen
    text = "\n".join(rows).encode()
    if len(rows) > 1:
        office.ask(lambda: office.core.bank_reconciliation.with_statement(read_bank_csv(text)))


def stripe_is_mistaken(office: Office, chance: Random) -> None:
    """It says something else of a transaction from now on."""
    rows = office.world.all(PLATFORM, stripe_balance.TRANSACTIONS)
    found = one_of(chance, rows)
    if found is None or found["id"] in office.mistaken:
        return
    office.mistaken[found["id"]] = dict(found)
    more = chance.choice([1, 100])
    changes: list[dict[str, Any]] = [
        {"fee": found["fee"] + more, "net": found["net"] - more},
        {"amount": found["amount"] + more, "net": found["net"] + more},
        {"created": found["created"] - 60},
    ]
    found.update(chance.choice(changes))
    office.world.totals.clear()


def stripe_corrects_itself(office: Office, chance: Random) -> None:
    transaction = one_of(chance, office.mistaken)
    if transaction is not None:
        before = office.mistaken.pop(transaction)
        office.world.find(PLATFORM, stripe_balance.TRANSACTIONS, transaction).update(before)
        office.world.totals.clear()


def some_break(office: Office, chance: Random) -> BreakId | None:
    """One that is open, mostly."""
    opened, over = (
        [fields["break_id"] for name in names for _, fields in office.told(f"break.{name}.v1")]
        for names in (_OPENING, _ENDING)
    )
    left = [break_id for break_id in opened if break_id not in over]
    found = one_of(chance, left if chance.random() < 0.8 else opened)
    return None if found is None else BreakId(found)


def explain_a_break(office: Office, chance: Random) -> None:
    break_id, place = some_break(office, chance), chance.choice(PLACES)
    if break_id is not None:
        explained = office.core.aged_items.explanation(break_id, place, "it was looked into")
        office.command(explained, office.someone(chance))


def assign_a_break(office: Office, chance: Random) -> None:
    break_id = some_break(office, chance)
    if break_id is not None:
        owner = chance.choice(["", *FINANCE])
        office.command(AssignBreak(break_id, owner, office.clock.now()), FINANCE[0])


def reopen_a_break(office: Office, chance: Random) -> None:
    break_id = some_break(office, chance)
    if break_id is not None:
        again = ReopenBreak(break_id, "it was something else", office.clock.now())
        office.command(again, office.someone(chance))


# Months -------------------------------------------------------------------------------------


def close_a_month(office: Office, chance: Random) -> None:
    closing, by = office.core.closing_periods, office.someone(chance)
    months = [item.period for item in closing.listed().data if item.status == "open"]
    if months:
        office.ask(lambda: closing.close(months[-1], by=by))


def reopen_a_month(office: Office, chance: Random) -> None:
    closing, by = office.core.closing_periods, office.someone(chance)
    months = [item.period for item in closing.listed().data if item.status == "closed"]
    if months:
        office.ask(lambda: closing.reopen(months[0], reason="something was wrong", by=by))


# Sellers ------------------------------------------------------------------------------------


def ask_for_payout(office: Office, chance: Random) -> None:
    seller_id, currency = one_of(chance, office.sellers), chance.choice(["USD", "USD", *PRICES])
    request_id = f"p{chance.randrange(10**9)}"
    if seller_id is not None:
        paying_out = office.core.paying_out
        office.ask(lambda: paying_out.request(seller_id, currency, request_id=request_id))


def decide_about_a_payout(office: Office, chance: Random) -> None:
    found = one_of(chance, office.told("payout.requested.v1"))
    if found is None:
        return
    fields, now = found[1], office.clock.now()
    key = SellerId(fields["seller_id"]), fields["currency"], PayoutId(fields["payout_id"])
    decisions = [
        CancelPayout(*key, "changed my mind", now),
        ReversePayout(*key, "the seller asked for it", now),
        RetryBankPayout(*key, 0, now),
    ]
    office.command(chance.choice(decisions), office.someone(chance))


def pause_or_release(office: Office, chance: Random) -> None:
    seller_id, now = one_of(chance, office.sellers), office.clock.now()
    if seller_id is not None:
        pause = PausePayouts(seller_id, "to be looked into", now)
        release = ReleasePayouts(seller_id, "it was looked into", now)
        office.command(chance.choice([pause, release, release, release]), office.someone(chance))


def choose_schedule(office: Office, chance: Random) -> None:
    seller_id = one_of(chance, office.sellers)
    schedule = chance.choice(["weekly", "monthly", "on_request"])
    if seller_id is not None:
        office.ask(lambda: office.core.selling.choose_schedule(seller_id, schedule))


def stripe_refuses_a_transfer(office: Office, chance: Random) -> None:
    """Something is the matter with the account since the payout was let go; then no more."""
    account = one_of(chance, office.world.all(PLATFORM, "account"))
    if account is None:
        return
    seller_id, request_id = SellerId(account["metadata"]["seller_id"]), f"p{chance.random()}"
    office.ask(lambda: office.core.paying_out.request(seller_id, "USD", request_id=request_id))
    office.ask(office.core.payout_queue.run)
    decide(office.world, "accounts", account["id"], "restrict")
    office.runner.catch_up()
    office.core.outbox_dispatcher.drain()
    decide(office.world, "accounts", account["id"], "onboard")


def a_reversal_finds_nothing(office: Office, chance: Random) -> None:
    """The bank sends a payout back for good, and the seller sends it to another by hand."""
    accounts = [row["id"] for row in office.world.all(PLATFORM, "account")]
    rows = [(row, account) for account in accounts for row in office.world.all(account, "payout")]
    found = one_of(chance, [pair for pair in rows if pair[0]["status"] in _UNDER_WAY])
    if found is None:
        return
    bank_payout, account = found
    decide(office.world, "payouts", bank_payout["id"], "failed", {"code": "account_closed"})
    wish = {name: bank_payout[name] for name in ("amount", "currency")}
    with suppress(stripe.StripeError):
        office.people.payouts.create(wish, {"stripe_account": account})


def change_a_price(office: Office, chance: Random) -> None:
    found = one_of(chance, office.products.values())
    if found is not None:
        prices = {"standard": chance.choice(PRICES[found.currency])}
        now = office.clock.now()
        command = PriceProduct(found.id, found.seller, found.currency, prices, now)
        office.command(command, found.seller)


# Buyers, debts, roles -----------------------------------------------------------------------


def refund(office: Office, chance: Random) -> None:
    found = one_of(chance, office.told("order.paid.v1"))
    if found is None:
        return
    order_id, request_id = OrderId(found[1]["order_id"]), f"r{chance.randrange(10**9)}"
    asked = Asked("admin", chance.choice([None, None, "1.00"]), "", chance.random() < 0.2)
    admin, request = UserId("admin"), office.core.refunding.request
    office.ask(lambda: request(order_id, admin, asked, request_id=request_id))


def give_up_a_debt(office: Office, chance: Random) -> None:
    found = one_of(chance, office.database.execute(_OWED).fetchall())
    if found is None:
        return
    key, amount, collecting = (SellerId(found[0]), found[1]), found[2], office.core.collecting
    office.ask(lambda: collecting.propose(*key, amount, reason="gone", by=FINANCE[0]))
    office.ask(lambda: collecting.approve(*key, amount, by=office.someone(chance)))


def stripe_takes_a_fee(office: Office, chance: Random) -> None:
    """Out of what becomes available in two days."""
    stripe_balance.record(
        office.world,
        PLATFORM,
        amount=-chance.choice([500, 77]),
        currency="usd",
        source=office.world.new_id("fee"),
        category="fee",
        available_on=office.world.now() + 2 * 86_400,
    )


def change_roles(office: Office, chance: Random) -> None:
    change = chance.choice([GrantRole, RevokeRole])
    office.command(change(office.someone(chance), "finance", office.clock.now()), "admin")


RULES: dict[Rule, int] = {
    reconcile: 5,
    reconcile_with_the_bank: 1,
    stripe_is_mistaken: 2,
    stripe_corrects_itself: 2,
    explain_a_break: 6,
    assign_a_break: 2,
    reopen_a_break: 2,
    close_a_month: 5,
    reopen_a_month: 2,
    ask_for_payout: 6,
    decide_about_a_payout: 2,
    pause_or_release: 3,
    choose_schedule: 1,
    stripe_refuses_a_transfer: 2,
    a_reversal_finds_nothing: 2,
    days_pass: 8,
    change_a_price: 1,
    refund: 4,
    give_up_a_debt: 3,
    stripe_takes_a_fee: 1,
    change_roles: 1,
}
