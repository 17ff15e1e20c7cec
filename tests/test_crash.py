"""kill -9 of API and worker at random moments under load: what was answered 200 happens once.

On a durable PostgreSQL of its own, with the real processes of `mywork serve` and `mywork worker`;
as many kills as `--kills` says, and orders that keep their senders busy meanwhile.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2
import pytest
from waiting import wait_until

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.adapters.clocks import SystemClock
from mywork.adapters.stripe.webhooks import signature_header
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.bench.sales import PRICE_MINOR, order_id, place, receipt_body
from mywork.bootstrap import migrate
from mywork.domain.catalogue import EVENTS
from mywork.domain.order.sale_messages import InitiatePayment, OrderPaid
from mywork.ledger.book import Book
from mywork.ledger.trial_balance import trial_balance
from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.processes import free_port
from mywork.sandbox.redis import EmbeddedRedis

pytestmark = pytest.mark.long

SECRET = "whsec_crash"
ORDERS_A_KILL = 50
CLIENTS = 8


class Processes:
    """An API and a worker that are killed without warning and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self.api_port, self._worker_port = free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        port = self.api_port if name == "serve" else self._worker_port
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "mywork", name, "--port", str(port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def await_both(self) -> None:
        for port in (self.api_port, self._worker_port):
            self.await_true(partial(_listens, port))

    def await_true(self, condition: Callable[[], object]) -> None:
        wait_until(condition, *self._running.values())

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[str, Processes]]:
    with ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(tmp_path / "postgres"))
        redis = stack.enter_context(EmbeddedRedis(tmp_path / "redis"))
        migrate(postgres.url)
        dead_end = f"http://127.0.0.1:{free_port()}"  # Stripe is away all the time
        environment = os.environ | {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "STRIPE_SECRET_KEY": "sk_test_crash",
            "STRIPE_API_BASE": dead_end,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_CONNECT_WEBHOOK_SECRET": SECRET,
            "CLERK_ISSUER": dead_end,
            "CLERK_JWKS_URL": f"{dead_end}/jwks.json",
            "APP_URL": "http://localhost:3000",
            "MYWORK_LEASE_SECONDS": "1",
        }
        processes = Processes(environment, tmp_path)
        stack.callback(processes.stop)
        yield postgres.url, processes


def test_every_webhook_answered_200_has_its_effect_exactly_once(
    world: tuple[str, Processes], pytestconfig: pytest.Config
) -> None:
    url, processes = world
    random.seed(pytestconfig.getoption("seed"))  # the same victims; what they meet is chance
    kills = pytestconfig.getoption("kills")
    numbers = range(ORDERS_A_KILL * kills)
    with EventStore(url, Catalogue(EVENTS)) as store:
        _place_orders(store, numbers)
        for name in ("serve", "worker"):
            processes.start(name)
        processes.await_both()
        with _sending(processes.api_port, numbers) as accepted:
            _kill_at_random(processes, kills)
        processes.await_true(lambda: _is_drained(store))
        assert accepted == set(numbers)
        _assert_each_once(store, numbers)


def _place_orders(store: EventStore, numbers: range) -> None:
    handler, now = Handler(store, Book(store), SystemClock()), datetime.now(UTC)
    handler.handle_many([envelope(place(n, now), actor="test") for n in numbers])
    handler.handle_many(
        [envelope(InitiatePayment(order_id(n), f"pi_{n}", now), actor="test") for n in numbers]
    )


@contextmanager
def _sending(port: int, numbers: range) -> Iterator[set[int]]:
    """Clients that send each webhook until it is answered 200, and now and then once more."""
    accepted: set[int] = set()
    given_up = threading.Event()

    def send(own: range) -> None:
        shuffled = random.sample(own, len(own))
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
            for number in shuffled:
                while not _post(client, number):
                    if given_up.wait(0.02):
                        return
                accepted.add(number)
                if random.random() < 0.2:
                    _post(client, number)
                time.sleep(0.1)

    threads = [
        threading.Thread(target=send, args=(numbers[first::CLIENTS],)) for first in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield accepted
    except BaseException:
        given_up.set()
        raise
    finally:
        for thread in threads:
            thread.join()


def _post(client: httpx2.Client, number: int) -> bool:
    body = receipt_body(number)
    headers = {"Stripe-Signature": signature_header(body, SECRET, int(time.time()))}
    try:
        answer = client.post("/api/webhooks/stripe", content=body, headers=headers)
    except httpx2.HTTPError:
        return False
    assert answer.status_code in {200, 503}, answer.text
    return answer.status_code == 200


def _kill_at_random(processes: Processes, kills: int) -> None:
    for _ in range(kills):
        time.sleep(random.uniform(0.1, 1.0))
        victims = random.choice([("serve",), ("worker",), ("serve", "worker")])
        for name in victims:
            processes.kill(name)
        for name in victims:
            processes.start(name)
        processes.await_both()


def _is_drained(store: EventStore) -> bool:
    with store.connection() as connection:
        row = connection.execute("SELECT count(*) FROM operations.inbox_work").fetchone()
    return row == (0,)


def _assert_each_once(store: EventStore, numbers: range) -> None:
    history = store.page(0, limit=100_000)
    paid = Counter(
        recorded.event.order_id for recorded in history if isinstance(recorded.event, OrderPaid)
    )
    assert paid == Counter({order_id(number): 1 for number in numbers})
    balance = trial_balance(store)
    assert balance.balanced
    uncleared = [row for row in balance.rows if row.account == "stripe:uncleared"]
    assert [row.balance_minor for row in uncleared] == [len(numbers) * PRICE_MINOR]
