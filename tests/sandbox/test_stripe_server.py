"""The stand-in as a server: webhooks that misbehave, faults on purpose, a page for people."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
import stripe
from waiting import GUARD_SECONDS, wait_until

from mywork.sandbox.processes import free_port


class Server:
    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._command = [sys.executable, "-m", "mywork.sandbox.stripe", "--data", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None
        self.control = httpx2.Client(base_url=f"{self.url}/_sandbox", timeout=GUARD_SECONDS)

    def start(self) -> None:
        port = self.url.rpartition(":")[2]
        self._process = subprocess.Popen([*self._command, "--port", port])
        self.await_true(self._answers)

    def await_true(self, condition: Callable[[], object]) -> None:
        assert self._process is not None
        wait_until(condition, self._process)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/.well-known/jwks.json").status_code == 200
        except httpx2.HTTPError:
            return False

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def sdk(self) -> Any:
        client = stripe.StripeClient(
            "sk_test_x",
            base_addresses={"api": self.url},  # type: ignore[typeddict-item]
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=GUARD_SECONDS),
        )
        return client.v1

    def say(self, path: str, **body: Any) -> Any:
        return self.control.post(path, json=body).raise_for_status().json()


class Receiver(ThreadingHTTPServer):
    """Takes webhooks; refuses the first few."""

    def __init__(self) -> None:
        self.bodies: list[tuple[bytes, str]] = []
        self.refuse_first = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.refuse_first -= 1
        refused = self.server.refuse_first >= 0
        if not refused:
            self.server.bodies.append((body, self.headers["Stripe-Signature"]))
        self.send_response(500 if refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    found.start()
    yield found
    found.kill()
    found.control.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def pay(sdk: Any) -> Any:
    wanted = {"amount": 10_000, "currency": "usd", "metadata": {"order_id": "o"}}
    intent = sdk.payment_intents.create(wanted)
    return sdk.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})


def test_webhooks_arrive_signed_often_retried_and_after_a_restart(
    server: Server, receiver: Receiver
) -> None:
    url = f"http://127.0.0.1:{receiver.server_port}/"
    wanted = {"url": url, "enabled_events": ["payment_intent.succeeded", "charge.updated"]}
    secret = server.sdk().webhook_endpoints.create(wanted).secret
    server.say("/webhooks/behaviour", duplicate=1.0, shuffle=True)
    receiver.refuse_first = 2
    pay(server.sdk())
    server.await_true(lambda: len(receiver.bodies) == 4)
    for body, signature in receiver.bodies:
        stripe.Webhook.construct_event(body, signature, secret)
    kinds = sorted(orjson.loads(body)["type"] for body, _ in receiver.bodies)
    assert kinds == ["charge.updated"] * 2 + ["payment_intent.succeeded"] * 2

    server.say("/webhooks/behaviour", delay_seconds=60)
    pay(server.sdk())
    server.await_true(lambda: server.control.get("/webhooks").json()["pending"] == 2)
    server.kill()
    server.start()
    server.await_true(lambda: len(receiver.bodies) == 6)
    server.await_true(lambda: server.control.get("/webhooks").json()["pending"] == 0)
    server.say("/webhooks/behaviour", drop=1.0)
    pay(server.sdk())
    server.await_true(lambda: server.control.get("/webhooks").json()["dropped"] == 2)
    assert len(receiver.bodies) == 6


def test_a_fault_is_asked_for_and_an_answer_lost_after_the_commit_is_replayed(
    server: Server,
) -> None:
    server.say("/faults", kind="500", match={"method": "POST", "path": "/v1/customers"})
    with pytest.raises(stripe.APIError):
        server.sdk().customers.create({"email": "a@example.com"})
    server.say("/faults", kind="429")
    with pytest.raises(stripe.RateLimitError):
        server.sdk().balance.retrieve()
    server.say("/faults", kind="drop_after_commit")
    bo, key = {"email": "bo@example.com"}, {"idempotency_key": "k"}
    with pytest.raises(stripe.APIConnectionError):
        server.sdk().customers.create(bo, key)
    again = server.sdk().customers.create(bo, key)
    assert [customer.id for customer in server.sdk().customers.list().data] == [again.id]
    server.say("/faults", kind="reset")
    with pytest.raises(stripe.APIConnectionError):
        server.sdk().balance.retrieve()
    server.say("/faults", kind="reset", probability=1.0)
    for _ in range(3):
        with pytest.raises(stripe.APIConnectionError):
            server.sdk().balance.retrieve()
    server.control.delete("/faults")
    server.sdk().balance.retrieve()
    assert server.control.post("/faults", json={"kind": "nonsense"}).status_code == 400


def test_the_calendar_is_turned_and_survives(server: Server) -> None:
    pay(server.sdk())
    server.sdk().balance.retrieve()
    server.say("/clock", now="2026-11-10T12:00:00+00:00", mode="frozen")
    assert server.control.get("/clock").json()["now"].startswith("2026-11-10T12:00:00")
    server.say("/clock", advance_seconds=3600)
    server.kill()
    server.start()
    assert server.control.get("/clock").json()["now"].startswith("2026-11-10T13:00:00")


def test_a_person_can_be_onboarded_with_a_link_that_works_once(server: Server) -> None:
    sdk = server.sdk()
    account = sdk.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    link = sdk.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "http://localhost:3000/done",
            "refresh_url": "http://localhost:3000/again",
        }
    )
    assert "<button>Complete onboarding</button>" in httpx2.get(link.url).text
    done = httpx2.post(link.url)
    assert (done.status_code, done.headers["location"]) == (303, "http://localhost:3000/done")
    assert httpx2.post(link.url).status_code == 410
    assert sdk.accounts.retrieve(account.id).payouts_enabled is True


def test_a_bank_payout_is_failed_on_purpose(server: Server) -> None:
    sdk = server.sdk()
    account = sdk.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    ).id
    server.say(f"/accounts/{account}/onboard")
    intent = sdk.payment_intents.create({"amount": 10_000, "currency": "usd"})
    sdk.payment_intents.confirm(intent.id, {"payment_method": "pm_card_bypassPending"})
    sdk.transfers.create({"amount": 500, "currency": "usd", "destination": account})
    there = {"stripe_account": account}
    payout = sdk.payouts.create({"amount": 500, "currency": "usd"}, there)
    failed = server.say(f"/payouts/{payout.id}/failed", code="account_closed")
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert server.control.post("/payouts/po_none/paid").status_code == 404


def test_terms_movements_and_outcomes_are_turned_over_http(server: Server) -> None:
    sdk = server.sdk()
    assert server.say("/terms", refunds_begin="pending")["refunds_begin"] == "pending"
    intent = sdk.payment_intents.create({"amount": 10_000, "currency": "usd"})
    charge = sdk.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_bypassPending"}
    ).latest_charge
    refund = sdk.refunds.create({"charge": charge, "amount": 500})
    assert server.say(f"/refunds/{refund.id}/failed", reason="declined")["status"] == "failed"
    dispute = server.say(f"/charges/{charge}/dispute", amount=700, inquiry=True)
    assert server.say(f"/disputes/{dispute['id']}/escalated")["status"] == "needs_response"
    fee = server.say("/movements/stripe_fee", amount=5, currency="usd")
    assert sdk.balance_transactions.retrieve(fee["id"]).reporting_category == "fee"
    for path, wish in (
        ("/terms", {"whim": 1}),
        ("/movements/whim", {"amount": 5}),
        (f"/disputes/{dispute['id']}/closed", {}),
    ):
        assert server.control.post(path, json=wish).status_code == 400
    server.kill()
    server.start()
    assert server.control.get("/terms").json()["refunds_begin"] == "pending"
    assert sdk.disputes.retrieve(dispute["id"]).amount == 700
