"""Random traffic: whatever is sent, in whatever order, the books agree with themselves."""

import random
from collections import Counter

import pytest
from shop import ADA, Shop
from transactions import moved

from mywork.application.commands import envelope
from mywork.application.handle import Outcome
from mywork.domain.decider import Command
from mywork.domain.errors import MyWorkError
from mywork.domain.fees import SCHEDULES
from mywork.domain.identifiers import OrderId, PayoutId, ProductId, SellerId, UserId
from mywork.domain.money import Money
from mywork.domain.order.sale_messages import ExpireOrder, PayOrder, PlaceOrder
from mywork.domain.order.settlement_messages import MakeFundsAvailable, ReleaseFunds, SettleOrder
from mywork.domain.payout.transfer_messages import RefusePayout, RequestPayout, SendPayout
from mywork.ledger.rules.posting import post
from mywork.ledger.trial_balance import trial_balance

SELLERS = (ADA, SellerId(UserId("cy")))
CURRENCIES = ("USD", "JPY", "KWD")


def random_command(shop: Shop, chance: random.Random) -> Command:
    number = chance.randrange(30)
    order_id, now = OrderId(str(number)), shop.clock.now()
    seller_id, currency = SELLERS[number % 2], CURRENCIES[number % 3]
    price = Money(1_000 + 7 * number, currency)
    available = chance.choice([1_000, 5_000, 20_000])
    return chance.choice([
        PlaceOrder(
            order_id, f"MW-{number}", UserId("bo"), seller_id, ProductId("p"), "Title", 1,
            "standard", price.amount_minor, SCHEDULES[currency], now,
        ),
        PayOrder(
            order_id, f"pi_{number}", f"ch_{number}", currency, price.amount_minor,
            False, False, now,
        ),
        SettleOrder(
            order_id,
            moved(
                f"txn_{number}", "charge", f"ch_{number}", price.amount_minor, now,
                currency=currency, fee_minor=chance.randrange(100),
            ),
        ),
        MakeFundsAvailable(order_id, now),
        ReleaseFunds(order_id, now),
        ExpireOrder(order_id, now),
        RequestPayout(
            seller_id, currency, PayoutId(f"po-{chance.randrange(9)}"), "acct", True,
            available, available, 1_000, "request", now,
        ),
        SendPayout(
            seller_id, currency, PayoutId(f"po-{chance.randrange(9)}"), f"tr_{number}", now
        ),
        RefusePayout(seller_id, currency, PayoutId(f"po-{chance.randrange(9)}"), "no", now),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_books_agree_with_themselves_whatever_comes(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    outcomes: list[Outcome] = []
    for _ in range(40):
        shop.clock.advance(hours=chance.choice([0, 1, 30]))
        commands = [random_command(shop, chance) for _ in range(chance.randint(1, 30))]
        outcomes += shop.core.handler.handle_many([envelope(c, actor="t") for c in commands])
    refusals = Counter(type(outcome.error).__name__ for outcome in outcomes if outcome.error)
    assert all(isinstance(outcome.error, MyWorkError | None) for outcome in outcomes)
    assert {"InsufficientFunds", "AlreadyExists", "PredecessorMissing"} <= set(refusals)
    check(shop)


def check(shop: Shop) -> None:
    sums = """
        SELECT a.code, a.currency, a.balance_minor, coalesce(sum(p.amount_minor), 0)::bigint
          FROM ledger.accounts a LEFT JOIN ledger.postings p ON p.account_id = a.id
         GROUP BY a.id"""
    replayed: Counter[tuple[str, str]] = Counter()
    entries = 0
    for recorded in shop.core.store.page(0, 100_000):
        entry = post(recorded.event)
        entries += entry is not None
        for line in entry.postings if entry else ():
            replayed[line.account, line.currency] += line.amount_minor
    for code, currency, balance, posted in shop.rows(sums):
        assert balance == posted == replayed[code, currency]
    assert shop.rows("SELECT count(*) FROM ledger.entries") == [(entries,)]
    assert entries > 10
    assert trial_balance(shop.core.store).balanced
    # At any moment of the past, by effect and by booking, debits were equal to credits too.
    for (moment,) in shop.rows("SELECT DISTINCT booked_at FROM ledger.entries LIMIT 5"):
        assert trial_balance(shop.core.store, at=moment).balanced
        assert trial_balance(shop.core.store, as_known_at=moment).balanced
    bounded = "SELECT count(*) FROM ledger.accounts WHERE balance_minor * bound_sign < 0"
    assert shop.rows(bounded) == [(0,)]
    periods = "SELECT count(*) FROM ledger.entries WHERE period <> to_char(effective_at AT TIME ZONE 'UTC', 'YYYY-MM')"  # noqa: E501
    assert shop.rows(periods) == [(0,)]
