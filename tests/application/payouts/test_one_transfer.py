"""Two hundred requests, runs and retries at once, and a crash between any two steps: one transfer.

Real threads, real PostgreSQL, and the real Stripe SDK against the stand-in.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from lives import Lives
from marketplace import ADA, Marketplace

from eventstore.follow import Overtaken, Runner
from mywork.domain.errors import Conflict, NotPossibleNow
from mywork.domain.payout.reversal_messages import TransferReversed
from mywork.domain.payout.transfer_messages import PayoutRequested, PayoutSent
from mywork.sandbox.stripe import payouts
from mywork.sandbox.stripe.world import PLATFORM

MONEY = 26_013


def release(marketplace: Marketplace) -> None:
    """260.13 available to Ada."""
    marketplace.onboarded_seller()
    marketplace.pay(marketplace.placed_order(marketplace.published_product()))
    marketplace.settle()
    marketplace.advance(days=7)
    marketplace.settle()


@pytest.fixture
def released(marketplace: Marketplace, lives: Lives) -> Marketplace:
    lives.live(marketplace, release)
    return marketplace


def transfers(marketplace: Marketplace) -> list[int]:
    return [found.amount for found in marketplace.stripe.transfers.list().data]


def test_two_hundred_requests_runs_and_retries_at_once_are_one_transfer(
    released: Marketplace,
) -> None:
    core, numbers, cutoff = released.core, count(), released.clock.now()

    def request() -> None:
        core.paying_out.request(ADA, "USD", request_id=str(next(numbers)))

    def same_request() -> None:
        core.paying_out.request(ADA, "USD", request_id="the same")

    def retry() -> None:
        core.payout_queue.run()
        with suppress(Overtaken):
            Runner(core.store, [core.policies.follower()]).catch_up()
        with core.store.transaction() as cursor:
            cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")
        core.outbox_dispatcher.drain()

    kinds: list[Callable[[], Any]] = [
        request, same_request, lambda: core.paying_out.run(cutoff), core.paying_out.run_scheduled,
        core.payout_queue.run, retry,
    ]  # fmt: skip

    def attempt(number: int) -> None:
        with suppress(NotPossibleNow, Conflict):  # told why not
            kinds[number % len(kinds)]()

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(attempt, range(200)))
    released.runner = Runner(core.store, core.followers())  # others have moved the positions
    released.settle()
    assert transfers(released) == [MONEY]
    assert len(released.events(PayoutRequested)) == 1
    assert released.seller() == (0, 0, 0)
    released.check_at_rest()


class Crash(BaseException):
    """The process ends here: nothing may catch it."""


# What is called between a request and the end of a reversal.
STEPS = [
    "payments.find_transfer", "payments.create_transfer", "payments.create_bank_payout",
    "payments.create_reversal", "payments.balance", "outbox.claim", "outbox.done",
    "handler.handle", "handler.handle_many", "book.write", "runner.catch_up",
]  # fmt: skip


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("method", STEPS)
def test_a_crash_anywhere_and_a_restart_end_in_one_transfer(
    released: Marketplace, method: str, moment: str
) -> None:
    """The first two calls of a kind die; whoever comes next finds what they left."""
    core = released.core
    owner = {
        "payments": released.payments, "outbox": core.outbox, "handler": core.handler,
        "book": core.book, "runner": released.runner,
    }[method.partition(".")[0]]  # fmt: skip
    name = method.partition(".")[2]
    original, calls = getattr(owner, name), []

    def dying(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        if len(calls) > 2:
            return original(*args, **kwargs)
        if moment == "after":
            original(*args, **kwargs)
        raise Crash

    def steps() -> None:
        core.paying_out.request(ADA, "USD", request_id="r")
        released.settle()
        bank_fails(released)
        released.settle()

    setattr(owner, name, dying)
    for _ in range(4):
        try:
            steps()
            break
        except Crash:
            make_due(released)
        except NotPossibleNow:
            break  # what an attempt before had done is seen
    setattr(owner, name, original)
    assert calls, "nothing crashed"
    make_due(released)
    released.settle()
    bank_fails(released)
    released.settle()
    assert transfers(released) == [MONEY]
    assert len(released.events(PayoutSent)) == 1
    assert len(released.events(TransferReversed)) == 1
    assert released.seller() == (0, MONEY, 0)
    released.check_at_rest()


def make_due(marketplace: Marketplace) -> None:
    """Leases of the dead run out."""
    with marketplace.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.outbox SET due_at = now() - interval '1 second'")


def bank_fails(marketplace: Marketplace) -> None:
    """The bank sends back whatever it has, for good."""
    world = marketplace.world
    for account in [row["id"] for row in world.all(PLATFORM, "account")]:
        for found in world.all(account, "payout"):
            payouts.fail(world, account, found["id"], "account_closed")
