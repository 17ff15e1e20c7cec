"""The Stripe stand-in through Stripe's own SDK: honest, idempotent, in balance."""

import time
from pathlib import Path
from typing import Any

import orjson
import pytest
import stripe
from stand_in import START, Sandbox, checked

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.api import Request, parse_parameters, respond
from mywork.sandbox.stripe.delivery import signature
from mywork.sandbox.stripe.routes import ROUTES
from mywork.sandbox.stripe.routing import PAGING

# Honest -------------------------------------------------------------------------------------


def refused(sandbox: Sandbox, method: str, path: str, *, key: str = "sk_test_x") -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {key}"}
    answer = respond(sandbox.world, Request(method, path, "", headers, b"", "http://sandbox"))
    return answer.status, orjson.loads(answer.body)["error"]


def test_live_keys_and_strangers_are_refused(sandbox: Sandbox) -> None:
    assert refused(sandbox, "GET", "/v1/balance", key="sk_live_x")[0] == 401
    assert refused(sandbox, "GET", "/v1/balance", key="")[0] == 401


def test_what_is_not_imitated_is_refused(sandbox: Sandbox) -> None:
    status, error = refused(sandbox, "POST", "/v1/quotes")
    assert (status, "Unrecognized request URL" in error["message"]) == (404, True)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sandbox.v1.payment_intents.create({"amount": 100, "currency": "usd", "nonsense": 1})
    assert caught.value.code == "parameter_unknown"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        sandbox.v1.payment_intents.retrieve("pi_nothing")
    assert caught.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/payment_intents", "PaymentIntentCreateParams"),
        ("/v1/payment_intents/{id}/confirm", "PaymentIntentConfirmParams"),
        ("/v1/payment_intents/{id}/cancel", "PaymentIntentCancelParams"),
        ("/v1/refunds", "RefundCreateParams"),
        ("/v1/disputes/{id}", "DisputeModifyParams"),
        ("/v1/accounts", "AccountCreateParams"),
        ("/v1/account_links", "AccountLinkCreateParams"),
        ("/v1/transfers", "TransferCreateParams"),
        ("/v1/payouts", "PayoutCreateParams"),
        ("/v1/topups", "TopupCreateParams"),
        ("/v1/customers", "CustomerCreateParams"),
        ("/v1/webhook_endpoints", "WebhookEndpointCreateParams"),
    ],
)
def test_every_parameter_that_is_known_is_stripes_own(path: str, name: str) -> None:
    known = getattr(stripe.params, name).__annotations__.keys()
    (route,) = [
        r for r in ROUTES if r.method == "POST" and r.pattern.fullmatch(path.format(id="x"))
    ]
    assert route.parameters - PAGING <= set(known)


def test_answers_have_the_shapes_of_the_sdks_own_types(sandbox: Sandbox) -> None:
    intent = sandbox.paid()
    account = sandbox.account()  # any request: the moment after has come
    sandbox.advance(days=2)
    transfer = {"amount": 100, "currency": "usd", "destination": account}
    found = [
        intent,
        sandbox.v1.charges.retrieve(intent.latest_charge),
        sandbox.v1.balance_transactions.list().data[0],
        sandbox.v1.transfers.create(transfer),
        sandbox.v1.payouts.create({"amount": 50, "currency": "usd"}, {"stripe_account": account}),
        sandbox.v1.customers.create({"email": "bo@example.com"}),
        sandbox.v1.events.list().data[0],
        sandbox.v1.balance.retrieve(),
    ]
    for item in found:
        checked(item)
        assert item.to_dict().get("livemode", False) is False


# Payments -----------------------------------------------------------------------------------


def test_capture_is_asynchronous(sandbox: Sandbox) -> None:
    intent = sandbox.paid()
    (charge,) = sandbox.world.all("", "charge")
    assert charge["balance_transaction"] is None
    found = sandbox.v1.charges.retrieve(intent.latest_charge, {"expand": ["balance_transaction"]})
    transaction = found.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (10_000, 320, 9_680)
    assert transaction.available_on == int(START.timestamp()) + 2 * 86_400
    assert sandbox.told()[-3:] == ["charge.succeeded", "payment_intent.succeeded", "charge.updated"]


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_decline_leaves_the_intent_payable(sandbox: Sandbox, card: str, code: str) -> None:
    intent = sandbox.intent()
    with pytest.raises(stripe.CardError) as caught:
        sandbox.v1.payment_intents.confirm(intent.id, {"payment_method": card})
    assert caught.value.error.decline_code == code
    assert caught.value.error.payment_intent.id == intent.id
    assert sandbox.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    paid = sandbox.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        sandbox.v1.payment_intents.cancel(intent.id)


def test_the_same_key_is_the_same_answer(sandbox: Sandbox) -> None:
    first = sandbox.intent(idempotency_key="k")
    again = sandbox.intent(idempotency_key="k")
    assert first.id == again.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    sandbox.v1.payment_intents.cancel(first.id)
    assert sandbox.intent(idempotency_key="k").status == "requires_payment_method"
    with pytest.raises(stripe.IdempotencyError):
        sandbox.intent(amount=999, idempotency_key="k")


# Balance and Connect ------------------------------------------------------------------------


def test_the_balance_is_the_sum_of_its_transactions(sandbox: Sandbox) -> None:
    sandbox.paid()
    sandbox.advance(days=1)
    sandbox.paid("pm_card_bypassPending")
    sandbox.v1.balance.retrieve()
    now = sandbox.world.now()
    transactions = sandbox.world.all("", "balance_transaction")
    assert all(row["net"] == row["amount"] - row["fee"] for row in transactions)
    found = sandbox.v1.balance.retrieve()
    pending = sum(row["net"] for row in transactions if row["available_on"] > now)
    available = sum(row["net"] for row in transactions if row["available_on"] <= now)
    assert (found.pending[0].amount, found.available[0].amount) == (pending, available)
    assert pending
    assert available


def test_lists_are_paged_both_ways(sandbox: Sandbox) -> None:
    made = [sandbox.intent().id for _ in range(7)]
    listed = sandbox.v1.payment_intents.list({"limit": 3})
    assert [item.id for item in listed.auto_paging_iter()] == made[::-1]
    before = sandbox.v1.payment_intents.list({"limit": 2, "ending_before": made[3]})
    assert [item.id for item in before.data] == [made[5], made[4]]
    assert before.has_more


# State, events and webhooks -----------------------------------------------------------------


def test_everything_survives_a_restart_and_a_torn_last_line(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    intent = sandbox.paid()
    sandbox.v1.balance.retrieve()
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'[["/charge","ch_torn",{"id"')
    again = Sandbox(tmp_path)
    kept = {table: rows for table, rows in again.world.tables.items() if rows}
    assert kept == {table: rows for table, rows in sandbox.world.tables.items() if rows}
    assert again.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert again.clock.now() == START
    again.world.close()


def test_endpoints_are_told_what_they_asked_for(sandbox: Sandbox) -> None:
    url = "http://127.0.0.1:1/hook"
    wanted = {"url": url, "enabled_events": ["payment_intent.succeeded"]}
    endpoint = sandbox.v1.webhook_endpoints.create(wanted)
    assert endpoint.secret.startswith("whsec_")
    assert "secret" not in sandbox.v1.webhook_endpoints.list().data[0].to_dict()
    sandbox.paid()
    assert len(sandbox.world.all("", events.DELIVERIES)) == 1
    sandbox.v1.webhook_endpoints.delete(endpoint.id)
    sandbox.paid()
    assert len(sandbox.world.all("", events.DELIVERIES)) == 1


def test_webhooks_are_signed_as_stripe_signs_them() -> None:
    body = b'{"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}'
    header = signature(body, "whsec_x", int(time.time()))
    assert stripe.Webhook.construct_event(body, header, "whsec_x").id == "evt_1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_y")


def test_nested_parameters_are_read_as_the_sdk_writes_them() -> None:
    text = "a[b][c]=1&list[0]=x&list[1]=y&plain=z&more[]=1&more[]=2&empty="
    assert parse_parameters(text) == {
        "a": {"b": {"c": "1"}},
        "list": ["x", "y"],
        "plain": "z",
        "more": ["1", "2"],
        "empty": "",
    }
