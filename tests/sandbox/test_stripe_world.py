"""The stand-in's state: what it finds, forgets and keeps, however long its history is."""

import contextlib
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stand_in import START, Sandbox, checked

from mywork.sandbox.stripe import balance, movements
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.faults import KINDS, Fault
from mywork.sandbox.stripe.listing import Shelf

# Lists --------------------------------------------------------------------------------------

_CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["keep", "keep", "keep", "forget"]),
        st.integers(0, 15),
        st.sampled_from(["a", "b"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


def naive(rows: list[Any], wanted: dict[str, Any], params: dict[str, Any]) -> list[str]:
    """The same page by looking at everything."""
    low, high = (int(params.get("created", {}).get(name, edge)) for name, edge in _EDGES.items())
    found = [
        row["id"]
        for row in reversed(rows)
        if row["kind"] == wanted.get("kind", row["kind"]) and low <= row["created"] < high
    ]
    order = [row["id"] for row in reversed(rows)]
    if "starting_after" in params:
        after = order.index(params["starting_after"])
        found = [one for one in found if order.index(one) > after]
    if "ending_before" in params:
        before = order.index(params["ending_before"])
        return [one for one in found if order.index(one) < before][-3:]
    return found[:3]


_EDGES = {"gte": 0, "lt": 100}


@given(_CHANGES, st.data())
def test_a_page_is_what_looking_at_everything_finds(changes: Any, data: st.DataObject) -> None:
    rows: dict[str, Any] = {}
    shelf = Shelf(rows)
    shelf.where("kind", "a")
    for verb, number, kind, created in changes:
        identifier = f"x_{number}"
        if verb == "forget":
            if rows.pop(identifier, None):
                shelf.forget(identifier)
        else:
            known = rows.get(identifier, {"id": identifier, "created": created})
            rows[identifier] = known | {"kind": kind}
            shelf.keep(rows[identifier])
    wanted = data.draw(st.sampled_from([{}, {"kind": "a"}, {"kind": "b"}]))
    params: dict[str, Any] = {"limit": "3"}
    if data.draw(st.booleans()):
        params["created"] = {"gte": "2", "lt": "5"}
    if rows and data.draw(st.booleans()):
        cursor = data.draw(st.sampled_from(["starting_after", "ending_before"]))
        params[cursor] = data.draw(st.sampled_from(sorted(rows)))
    page, _ = shelf.page(wanted, params)
    assert [row["id"] for row in page] == naive(list(rows.values()), wanted, params)
    assert [row["id"] for row in shelf.where("kind", "a")] == [
        row["id"] for row in rows.values() if row["kind"] == "a"
    ]


def test_what_is_no_page_is_refused(sandbox: Sandbox) -> None:
    for params in (
        {"limit": 0},
        {"limit": 101},
        {"starting_after": "pi_none"},
        {"created": {"gte": "soon"}},
        {"created": {"around": 5}},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            sandbox.v1.payment_intents.list(params)


# What a request costs -----------------------------------------------------------------------


def lines(call: Callable[[], object]) -> int:
    """How many lines of the stand-in a call runs through."""
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        if "sandbox/stripe" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def test_a_request_costs_the_same_in_a_small_world_and_in_a_large_one(sandbox: Sandbox) -> None:
    account = sandbox.account()
    charge = sandbox.charged(amount=100_000)

    def requests() -> list[int]:
        there = {"stripe_account": account}
        return [
            lines(sandbox.v1.balance.retrieve),
            lines(sandbox.intent),
            lines(lambda: sandbox.v1.refunds.create({"charge": charge, "amount": 100})),
            lines(lambda: sandbox.transfer(account, 100, transfer_group="g")),
            lines(lambda: sandbox.v1.payouts.create({"amount": 50, "currency": "usd"}, there)),
            lines(lambda: sandbox.v1.balance_transactions.list({"limit": 3})),
            lines(lambda: sandbox.v1.charges.list({"limit": 3, "transfer_group": "none"})),
            lines(lambda: sandbox.v1.events.list({"limit": 1, "type": "transfer.created"})),
        ]

    requests()  # indexes are made once
    small = requests()
    for _ in range(300):
        sandbox.charged("pm_card_visa")
    requests()
    large = requests()
    assert all(after <= before + 2 for before, after in zip(small, large, strict=True)), (
        *(small,),
        large,
    )


# Forgetting ---------------------------------------------------------------------------------


def test_an_idempotency_key_is_forgotten_after_a_day(sandbox: Sandbox) -> None:
    first = sandbox.intent(idempotency_key="k")
    sandbox.advance(hours=23, minutes=59)
    assert sandbox.intent(idempotency_key="k").id == first.id
    sandbox.advance(minutes=1)
    assert sandbox.intent(idempotency_key="k").id != first.id
    assert len(sandbox.world.all("", "idempotency")) == 1


def test_events_are_listed_for_thirty_days_and_kept_while_somebody_waits(
    sandbox: Sandbox,
) -> None:
    sandbox.intent()
    url = "http://127.0.0.1:1/hook"
    sandbox.v1.webhook_endpoints.create({"url": url, "enabled_events": ["charge.succeeded"]})
    sandbox.charged()
    sandbox.advance(days=29)
    assert len(sandbox.v1.events.list().data) == 5
    sandbox.advance(days=1)
    assert [row.type for row in sandbox.v1.events.list().data] == ["charge.succeeded"]
    assert sandbox.v1.events.list({"type": "payment_intent.succeeded"}).data == []


# Histories ----------------------------------------------------------------------------------


class History:
    """Anything that can happen, by chance: requests, outcomes, faults, time."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.sandbox, self.random = sandbox, random.Random(seed)
        self.account = sandbox.account()
        self.steps = [self.pay, self.pay, self.refund, self.dispute, self.answer, self.decide]
        self.steps += [self.transfer, self.pay_out, self.top_up, self.move, self.wait, self.fault]

    def step(self) -> None:
        with contextlib.suppress(stripe.StripeError, StripeFault):  # refused, or wrong on purpose
            self.random.choice(self.steps)()

    def any(self, kind: str, account: str = "") -> Any:
        rows = self.sandbox.world.all(account, kind)
        if not rows:
            raise StripeFault(404, "none", "there is none yet")
        return self.random.choice(rows)["id"]

    def pay(self) -> None:
        cards = ["visa", "bypassPending", "createDispute", "createDisputeInquiry", "refundFail"]
        card = f"pm_card_{self.random.choice([*cards, 'pendingRefund', 'chargeDeclined'])}"
        amount, currency = self.random.randint(1, 900) * 100, self.random.choice(["usd", "eur"])
        self.sandbox.paid(card, amount, currency)

    def refund(self) -> None:
        wanted = {"charge": self.any("charge")}
        if self.random.random() < 0.7:
            wanted["amount"] = self.random.randint(1, 30_000)
        self.sandbox.v1.refunds.create(wanted)

    def dispute(self) -> None:
        inquiry = self.random.random() < 0.5
        self.sandbox.decide("charges", self.any("charge"), "dispute", inquiry=inquiry)

    def answer(self) -> None:
        text = self.random.choice(["winning_evidence", "losing_evidence", "an excuse"])
        evidence = {"uncategorized_text": text}
        self.sandbox.v1.disputes.update(self.any("dispute"), {"evidence": evidence})

    def decide(self) -> None:
        kind, outcomes = self.random.choice(
            [
                ("refund", ["succeeded", "failed", "canceled", "pending", "requires_action"]),
                ("dispute", ["won", "lost", "escalated", "closed"]),
                ("topup", ["succeeded", "failed", "reversed"]),
            ]
        )
        self.sandbox.decide(f"{kind}s", self.any(kind), self.random.choice(outcomes))

    def transfer(self) -> None:
        made = self.sandbox.transfer(self.account, self.random.randint(1, 5_000))
        if self.random.random() < 0.3:
            self.sandbox.v1.transfers.reversals.create(made.id)

    def pay_out(self) -> None:
        there = {"stripe_account": self.account}
        wanted = {"amount": self.random.randint(1, 3_000), "currency": "usd"}
        self.sandbox.v1.payouts.create(wanted, there)
        outcome = self.random.choice(["failed", "paid", "canceled", "in_transit"])
        self.sandbox.decide("payouts", self.any("payout", self.account), outcome)

    def top_up(self) -> None:
        self.sandbox.v1.topups.create({"amount": 5_000, "currency": "usd"})

    def move(self) -> None:
        kind = self.random.choice(list(movements.KINDS))
        movements.make(self.sandbox.world, kind, {"amount": self.random.randint(1, 500)})

    def wait(self) -> None:
        self.sandbox.advance(hours=self.random.choice([1, 24, 24 * 9]))

    def fault(self) -> None:
        self.sandbox.faults.ask(Fault(self.random.choice(KINDS), 1))


@pytest.mark.parametrize("seed", range(6))
def test_any_history_keeps_its_invariants_and_survives_a_restart(
    sandbox: Sandbox, tmp_path: Path, seed: int
) -> None:
    sandbox.terms(settlement_currencies=["usd"], exchange_rates={"eur/usd": "1.0834"})
    history = History(sandbox, seed)
    for number in range(250):
        history.step()
        if number % 25 == 0:
            sandbox.check()
    sandbox.world.keep()
    again = Sandbox(tmp_path)
    kept = {table: rows for table, rows in again.world.tables.items() if rows}
    assert kept == {table: rows for table, rows in sandbox.world.tables.items() if rows}
    for account in ("", history.account):
        assert balance.totals(again.world, account) == balance.totals(sandbox.world, account)
    again.advance(days=200)
    again.check()
    assert again.clock.now() > START + timedelta(days=200)
    assert not [row for row in again.world.all("", "due") if row["at"] <= again.world.now()]
    again.world.close()


def test_every_answer_has_the_shape_of_the_sdks_own_types(sandbox: Sandbox) -> None:
    history = History(sandbox, seed=1)
    for _ in range(250):
        history.step()
    sandbox.faults.asked.clear()
    kinds = (
        *("accounts", "balance_transactions", "charges", "customers", "disputes", "events"),
        *("payment_intents", "refunds", "topups", "transfers"),
    )
    services = [getattr(sandbox.v1, kind) for kind in kinds]
    answers = [service.list({"limit": 100}) for service in services]
    there = {"stripe_account": history.account}
    answers += [sandbox.v1.payouts.list({"limit": 100}, there)]
    checked(sandbox.v1.balance.retrieve())
    for answer in answers:
        assert answer.data or answer.url == "/v1/customers"
        checked(answer)
