"""The write path: one effect for each command, whatever fails on the way."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from committing import die_while_committing
from shop import ADA, Shop

from eventstore.catalogue import Catalogue
from eventstore.errors import AppendOutcomeUnknown, StreamConflict
from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.application.handle import ATTEMPTS, Handler
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.catalogue import EVENTS
from mywork.domain.errors import (
    AlreadyExists,
    Conflict,
    InsufficientFunds,
    PaymentDisagrees,
    Refusal,
)
from mywork.domain.identifiers import BreakId, OrderId, PayoutId
from mywork.domain.order.sale_messages import FailPaymentAttempt, OrderPaid, OrderPlaced
from mywork.domain.payout.transfer_messages import RequestPayout
from mywork.ledger.book import Book


class Faulty(EventStore):
    """A store that fails a number of times, before or after the commit."""

    def __init__(self, url: str, *, before: Sequence[Exception] = (), after: int = 0) -> None:
        super().__init__(url, Catalogue(EVENTS))
        self.before, self.after, self.appends = list(before), after, 0

    def append(self, *arguments: Any, **named: Any) -> Sequence[int]:
        self.appends += 1
        if self.before:
            raise self.before.pop(0)
        positions = super().append(*arguments, **named)
        if self.after:
            self.after -= 1
            raise AppendOutcomeUnknown("the answer was lost")
        return positions


def handler_on(store: EventStore, shop: Shop) -> Handler:
    return Handler(store, Book(store), shop.clock)


def test_events_postings_and_balances_are_committed_together(shop: Shop) -> None:
    shop.place("1")
    outcome = shop.handle(shop.paying("1"))
    assert [type(event) for event in outcome.events] == [OrderPaid]
    assert outcome.position == shop.core.store.head()
    assert shop.rows("SELECT position, size FROM ledger.entries") == [(outcome.position, 4)]
    assert shop.balance("seller:ada:pending") == 26_013


def test_events_carry_who_why_and_what_caused_them(shop: Shop) -> None:
    sent = envelope(
        shop.placing("1"), actor="bo", reason="wanted it", causation="cart-7", command_id="c"
    )
    shop.core.handler.handle(sent)
    (recorded,) = shop.core.store.read(["order-1"])["order-1"]
    assert recorded.metadata == sent.metadata
    assert recorded.metadata.correlation == "cart-7"
    assert recorded.metadata.effective_at == shop.clock.now()


def test_the_same_command_twice_has_one_effect(shop: Shop) -> None:
    first = shop.handle(shop.placing("1"), "place-1")
    again = shop.handle(shop.placing("1"), "place-1")
    assert (again.events, again.position) == ((), first.position)
    with pytest.raises(AlreadyExists):
        shop.handle(shop.placing("1"), "another")


def test_the_same_command_twice_in_one_batch_has_one_effect(shop: Shop) -> None:
    sent = envelope(shop.placing("1"), actor="bo", command_id="place-1")
    one, two = shop.core.handler.handle_many([sent, sent])
    assert (len(one.events), two.events, two.error) == (1, (), None)


def test_commands_of_a_batch_build_on_each_other(shop: Shop) -> None:
    commands = [shop.placing("1"), shop.paying("1"), shop.placing("2")]
    outcomes = shop.core.handler.handle_many([envelope(c, actor="t") for c in commands])
    assert [outcome.position for outcome in outcomes] == [1, 2, 3]


def test_a_refused_command_does_not_sink_the_others(shop: Shop) -> None:
    shop.place("1")
    commands = [shop.placing("2"), shop.placing("1"), shop.paying("1", 1), shop.paying("2")]
    outcomes = shop.core.handler.handle_many([envelope(c, actor="t") for c in commands])
    assert [type(outcome.error) for outcome in outcomes] == [
        type(None), AlreadyExists, PaymentDisagrees, type(None),
    ]  # fmt: skip
    assert len(shop.events(OrderPaid)) == 1


def too_large_a_payout(shop: Shop) -> RequestPayout:
    return RequestPayout(
        seller_id=ADA,
        currency="USD",
        payout_id=PayoutId("too-large"),
        stripe_account_id="acct_ada",
        payouts_enabled=True,
        available_minor=1_000_000,
        released_minor=1_000_000,
        minimum_minor=1_000,
        trigger="request",
        at=shop.clock.now(),
    )


def test_a_broken_bound_is_a_refusal_and_sinks_nothing_else(shop: Shop) -> None:
    shop.release("1")
    with pytest.raises(InsufficientFunds):
        shop.handle(too_large_a_payout(shop))
    commands = [shop.placing("2"), too_large_a_payout(shop), shop.placing("3")]
    outcomes = shop.core.handler.handle_many([envelope(c, actor="t") for c in commands])
    assert [type(outcome.error) for outcome in outcomes] == [
        type(None), InsufficientFunds, type(None),
    ]  # fmt: skip
    assert shop.balance("seller:ada:available") == 26_013


def test_a_command_that_postgresql_cannot_store_sinks_nothing_else(shop: Shop) -> None:
    """An amount beyond eight bytes, say: a fault, but of one command only."""
    impossible = OpenBreak(
        BreakId("b"),
        "unexplained_transaction",
        "o",
        "USD",
        10**30,
        0,
        None,
        "",
        "",
        shop.clock.now(),
    )
    done: list[str] = []
    commands = [shop.placing("1"), impossible, shop.placing("2")]
    envelopes = [envelope(c, actor="t", command_id=str(n)) for n, c in enumerate(commands)]
    outcomes = shop.core.handler.handle_many(
        envelopes,
        alongside=lambda _, told: done.extend(
            outcome.envelope.metadata.command_id for outcome in told if outcome.error is None
        ),
    )
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert not isinstance(outcomes[1].error, Refusal)
    assert len(shop.events(OrderPlaced)) == 2


def test_writers_of_one_stream_decide_again_until_each_has_had_its_say(shop: Shop) -> None:
    shop.place("1")

    def fail(number: int) -> None:
        attempt = FailPaymentAttempt(OrderId("1"), "pi_1", "declined", shop.clock.now())
        shop.handle(attempt, f"attempt-{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(12)))
    history = shop.core.store.read(["order-1"])["order-1"]
    assert [recorded.version for recorded in history] == list(range(1, 14))


def test_a_command_that_is_always_late_is_told_to_come_again(shop: Shop) -> None:
    with Faulty(shop.core.store.url, before=[StreamConflict("order-1")] * ATTEMPTS) as store:
        with pytest.raises(Conflict):
            handler_on(store, shop).handle(envelope(shop.placing("1"), actor="t"))
        assert store.appends == ATTEMPTS


@pytest.mark.parametrize("committed", [True, False])
def test_a_command_with_an_unknown_outcome_has_one_effect(shop: Shop, committed: bool) -> None:
    before = [] if committed else [AppendOutcomeUnknown("the connection broke")]
    told: list[int] = []
    with Faulty(shop.core.store.url, before=before, after=int(committed)) as store:
        outcome = handler_on(store, shop).handle(
            envelope(shop.placing("1"), actor="t"),
            alongside=lambda _, outcomes: told.append(len(outcomes)),
        )
    assert outcome.position == 1
    assert len(shop.events(OrderPlaced)) == 1
    assert told[-1] == 1


def test_a_backend_that_dies_while_committing_leaves_one_effect(shop: Shop) -> None:
    url, died = shop.core.store.url, threading.Event()

    def die_once(cursor: psycopg.Cursor[Any], _: object) -> None:
        if not died.is_set():
            died.set()
            die_while_committing(cursor, url)

    sent = envelope(shop.placing("1"), actor="t")
    shop.core.handler.handle(sent, alongside=die_once)
    assert died.is_set()
    assert len(shop.events(OrderPlaced)) == 1


def test_what_is_written_alongside_fails_with_everything_else(shop: Shop) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        shop.core.handler.handle(envelope(shop.placing("1"), actor="t"), alongside=fail)
    assert shop.core.store.head() == 0


def test_what_is_written_alongside_is_written_when_nothing_is_new(shop: Shop) -> None:
    shop.handle(shop.placing("1"), "place-1")
    sent = envelope(shop.placing("1"), actor="t", command_id="place-1")
    insert = "INSERT INTO operations.cursors VALUES ('x', 'y')"
    shop.core.handler.handle(sent, alongside=lambda cursor, _: cursor.execute(insert) and None)
    assert shop.rows("SELECT value FROM operations.cursors") == [("y",)]
