"""Faults and webhooks of the stand-in without a server, by the world's own chance."""

from pathlib import Path
from typing import Any

import pytest
import stripe
from stand_in import Sandbox

from mywork.sandbox.stripe.carrier import Carrier
from mywork.sandbox.stripe.delivery import Behaviour
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.faults import Fault


def customers(sandbox: Sandbox) -> int:
    return len(sandbox.world.all("", "customer"))


# Faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "error", "performed"),
    [
        ("500", stripe.APIError, False),
        ("429", stripe.RateLimitError, False),
        ("reset", stripe.APIConnectionError, False),
        ("timeout", stripe.APIConnectionError, True),
        ("drop_after_commit", stripe.APIConnectionError, True),
    ],
)
def test_a_fault_goes_wrong_as_often_as_asked(
    sandbox: Sandbox, kind: str, error: type[Exception], performed: bool
) -> None:
    sandbox.faults.ask(Fault(kind, 2, method="POST", path="/v1/customers"))
    sandbox.v1.balance.retrieve()
    bo, key = {"email": "bo@example.com"}, {"idempotency_key": "k"}
    for _ in range(2):
        with pytest.raises(error):
            sandbox.v1.customers.create(bo, key)
    assert customers(sandbox) == int(performed)
    assert sandbox.v1.customers.create(bo, key).email == "bo@example.com"
    assert customers(sandbox) == 1
    assert sandbox.faults.asked == []


def test_the_sdk_tries_again_without_waiting(sandbox: Sandbox) -> None:
    sandbox.faults.ask(Fault("drop_after_commit"))
    sandbox.faults.ask(Fault("reset"))
    made = sandbox.v1.customers.create({"email": "bo@example.com"}, {"max_network_retries": 2})
    assert [row["id"] for row in sandbox.world.all("", "customer")] == [made.id]


def met(folder: Path, seed: int) -> list[bool]:
    """Which of forty calls went wrong in a world of its own."""
    folder.mkdir()
    sandbox, calls = Sandbox(folder, seed=seed), []
    sandbox.faults.ask(Fault("500", None, 0.5))
    for _ in range(40):
        try:
            sandbox.v1.balance.retrieve()
            calls.append(False)
        except stripe.APIError:
            calls.append(True)
    sandbox.world.close()
    return calls


def test_a_fault_by_chance_can_be_replayed(tmp_path: Path) -> None:
    first, again, other = (
        met(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again != other
    assert 10 < sum(first) < 30


def test_what_is_no_fault_is_refused(sandbox: Sandbox) -> None:
    for fault in (Fault("whim"), Fault("500", probability=0.0), Fault("500", probability=1.5)):
        with pytest.raises(StripeFault):
            sandbox.faults.ask(fault)


# Webhooks -----------------------------------------------------------------------------------

PAID = ("payment_intent.succeeded", "charge.updated")


def kinds(events: list[Any]) -> list[str]:
    return [event["type"] for event in events]


def test_events_that_were_wanted_arrive_once_and_in_order(sandbox: Sandbox) -> None:
    carrier = Carrier(sandbox.world, PAID)
    sandbox.charged()
    assert kinds(carrier.waiting) == list(PAID)
    assert kinds(carrier.take(1)) == ["payment_intent.succeeded"]
    (event,) = carrier.take()
    carrier.return_(event)
    assert carrier.take() == [event]
    assert carrier.take() == carrier.waiting == []


def test_events_are_doubled_lost_and_found_in_stripes_list(sandbox: Sandbox) -> None:
    carrier = Carrier(sandbox.world, PAID, Behaviour(duplicate=1.0))
    sandbox.charged()
    assert kinds(carrier.take()) == [PAID[0], PAID[0], PAID[1], PAID[1]]
    carrier.behaviour = Behaviour(drop=1.0)
    sandbox.charged()
    assert carrier.take() == []
    assert kinds(carrier.lost) == list(PAID)
    listed = sandbox.v1.events.list({"types": list(PAID), "limit": 2}).data
    assert [row.id for row in listed] == [row["id"] for row in reversed(carrier.lost)]


def test_events_are_late_and_out_of_order_by_the_worlds_clock(sandbox: Sandbox) -> None:
    carrier = Carrier(sandbox.world, PAID, Behaviour(delay_seconds=60, shuffle=True))
    for _ in range(10):
        sandbox.charged()
    first = carrier.take()
    sandbox.advance(seconds=30)
    second = carrier.take()
    sandbox.advance(seconds=30)
    third = carrier.take()
    assert len(first) < 20
    assert first != second != third
    found = [event["id"] for event in first + second + third]
    told = [row["id"] for row in sandbox.world.all("", "event") if row["type"] in PAID]
    assert sorted(found) == sorted(told)
    assert found != told
    assert carrier.waiting == []
