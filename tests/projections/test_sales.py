"""A sale shows where each cent of its seller's money is, exactly as the ledger has it."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from events import AT, EXAMPLES, ORDER_ID
from folding import folded, sent
from transactions import moved

from mywork.domain.errors import MyWorkError
from mywork.domain.order.decider import ORDER
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    DisputeSettled,
    EvidenceSubmitted,
    FraudWarned,
    OpenDispute,
    ReinstateDispute,
    WithdrawDispute,
)
from mywork.domain.order.evolve import OrderEvent
from mywork.domain.order.refund_messages import (
    ApproveRefund,
    ConcludeRefund,
    DeclineRefund,
    RecordRefund,
    RefundSettled,
    RefuseRefund,
    RequestRefund,
)
from mywork.domain.order.sale_messages import (
    OrderExpired,
    OrderGranted,
    PaymentAttemptFailed,
    PaymentInitiated,
    RecordDownload,
)
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    ReleaseFunds,
    ReleaseReserve,
    SettleOrder,
)
from mywork.ledger.rules.posting import post
from mywork.projections.catalogue import named
from mywork.projections.sales import SaleRow

PLACED, PAID = EXAMPLES["order.placed.v1"], EXAMPLES["order.paid.v1"]
AGREED, KEPT = EXAMPLES["order.reserve_agreed.v1"], EXAMPLES["order.reserve_kept.v1"]
RELEASED = replace(EXAMPLES["order.funds_released.v1"], amount_minor=23_412)
REQUESTED, APPROVED = EXAMPLES["order.refund_requested.v1"], EXAMPLES["order.refund_approved.v1"]
OPENED, WITHDRAWN = EXAMPLES["order.dispute_opened.v1"], EXAMPLES["order.dispute_withdrawn.v1"]
CONVERTED = EXAMPLES["order.payment_converted.v1"]
STAGES = ("pending", "reserve", "available", "refunding", "disputed")
SETTLED_MINOR = 32_292


# Any life of an order -----------------------------------------------------------------------


@dataclass
class Played:
    """An order that commands are tried on; what is refused does not happen."""

    history: list[tuple[Any, Any]] = field(default_factory=list)
    book: dict[str, int] = field(default_factory=dict)

    def try_(self, command: Any) -> None:
        state = ORDER.fold(event for event, _ in self.history)
        try:
            events = ORDER.decide(command, state)
        except MyWorkError:
            return
        for event in events:
            self.record(event, command.at)

    def record(self, event: Any, at: Any) -> None:
        self.history.append((event, at))
        entry = post(event)
        for line in entry.postings if entry else ():
            key = f"{line.account} {line.currency}"
            self.book[key] = self.book.get(key, 0) - line.amount_minor

    def sale(self) -> SaleRow:
        row: SaleRow = folded(named("sales"), *self.history)
        return row


def anything(chance: random.Random, day: int, *, foreign: bool) -> Any:
    """Something that may be asked of the order or told of it, likely or not."""
    at = AT + timedelta(days=day)
    number, amount = chance.randrange(1, 3), chance.randrange(1, 15_000)
    refund, made, dispute = f"r{number}", f"re_r{number}", f"dp_{number}"
    paid, owed = ("EUR", "USD") if foreign else ("USD", "USD")
    txn, fee = f"txn_{chance.randrange(1, 30)}", chance.choice([0, 1_500])
    asker, settled = chance.choice(["buyer", "admin"]), SETTLED_MINOR if foreign else 29_900
    told = chance.choice(["succeeded", "failed", "canceled"])
    outcome = chance.choice(["won", "lost", "inquiry_closed"])
    inquiry, on = chance.random() < 0.3, AT + timedelta(days=2)
    charged = moved(
        "txn_0", "charge", "ch_1", settled, at,
        currency=owed, fee_minor=897, available_on=on, exchange_rate="1.08",
    )  # fmt: skip
    command, *given = chance.choice(
        [
            (RequestRefund, refund, amount, asker, "", at),
            (ApproveRefund, refund, at),
            (DeclineRefund, refund, "no", at),
            (RefuseRefund, refund, "no", at),
            (RecordRefund, made, refund, paid, amount, at),
            (ConcludeRefund, made, told, "", at),
            (SettleOrder, charged),
            (OpenDispute, dispute, "ch_1", paid, amount, "general", inquiry, None, at),
            (WithdrawDispute, dispute, txn, owed, amount, fee, at),
            (ReinstateDispute, dispute, txn, owed, amount, fee, at),
            (CloseDispute, dispute, outcome, at),
            (RecordDownload, at),
            (ReleaseFunds, at),
            (ReleaseReserve, at),
        ]
    )
    return command(ORDER_ID, *given)


def played(seed: int) -> Played:
    chance = random.Random(seed)
    foreign, reserved = chance.random() < 0.5, chance.random() < 0.5
    found, currency = Played(), "EUR" if foreign else "USD"
    found.record(replace(PLACED, currency=currency), AT)
    if reserved:
        found.record(replace(AGREED, days=5), AT)
    found.record(replace(PAID, currency=currency), AT)
    for step in range(70):
        found.try_(anything(chance, step // 2, foreign=foreign))
    return found


@pytest.fixture(scope="module")
def lives() -> list[Played]:
    return [played(seed) for seed in range(400)]


def test_whatever_happens_a_sale_shows_what_the_ledger_has(lives: list[Played]) -> None:
    for life in lives:
        sale = life.sale()
        for stage in STAGES:
            for currency in ("EUR", "USD"):
                shown = getattr(sale.buckets, f"{stage}_minor")
                expected = shown if currency == sale.buckets.currency else 0
                assert life.book.get(f"seller:ada:{stage} {currency}", 0) == expected


def test_every_cent_that_is_not_available_has_its_reason(lives: list[Played]) -> None:
    for life in lives:
        document, waiting = sent("sales", *life.history), dict.fromkeys(STAGES, 0)
        for part in document["why_not_yet"]:
            waiting[part["stage"]] += part["amount_minor"]
            assert part["reason"]
            assert part["currency"] == document["owed_currency"]
        shown = {stage: document[f"{stage}_minor"] for stage in STAGES}
        assert waiting == shown | {"available": 0}
        assert life.sale().not_yet == any(waiting.values())
        net = shown["pending"] + shown["reserve"] + shown["available"]
        assert document["net_earnings_minor"] == net


def test_these_lives_had_everything_in_them(lives: list[Played]) -> None:
    """So that the two tests above mean something."""
    seen = Counter(type(event) for life in lives for event, _ in life.history)
    rare = {kind for kind in get_args(OrderEvent) if seen[kind] < 10}
    assert rare <= {
        OrderGranted, OrderExpired, PaymentInitiated, FundsAvailable,
        PaymentAttemptFailed, RefundSettled, DisputeSettled, FraudWarned,
        EvidenceSubmitted,
    }  # fmt: skip


# Why not yet --------------------------------------------------------------------------------


def reasons(*events: Any) -> list[tuple[Any, ...]]:
    return [
        (part["stage"], part["amount_minor"], part["until"], part["reason"])
        for part in sent("sales", PLACED, *events)["why_not_yet"]
    ]


HELD = "on hold until 17 November 2026"
RESERVED = f"{HELD}; 10.00 % of it is then kept in reserve for 30 days"
ASKED = "set aside for a refund asked for on 10 November 2026, which"
OPEN = "while dispute dp_1 of 10 November 2026 is open"
ANSWERED = "evidence was submitted on 10 November 2026"
NOV, DEC = "2026-11-17T12:00:00Z", "2026-12-17T12:00:00Z"


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ((PAID,), ("pending", 26_013, NOV, HELD)),
        ((AGREED, PAID), ("pending", 26_013, NOV, RESERVED)),
        ((AGREED, PAID, KEPT, RELEASED),
         ("reserve", 2_601, DEC, "kept in reserve until 17 December 2026")),
        ((PAID, REQUESTED), ("refunding", 26_910, None, f"{ASKED} waits for a decision")),
        ((PAID, REQUESTED, APPROVED),
         ("refunding", 26_910, None, f"{ASKED} is being made by Stripe")),
        ((PAID, OPENED),
         ("pending", 26_013, None, f"on hold {OPEN}; evidence is due by 19 November 2026")),
        ((PAID, replace(OPENED, inquiry=True, evidence_due_by=None)),
         ("pending", 26_013, None, f"on hold {OPEN.replace('dispute', 'inquiry')}")),
        ((PAID, OPENED, WITHDRAWN, EXAMPLES["order.evidence_submitted.v1"]),
         ("disputed", 26_910, None, f"held by the buyer's bank {OPEN}; {ANSWERED}")),
    ],
)  # fmt: skip
def test_why_not_yet_says_what_is_waited_for(
    then: tuple[Any, ...], expected: tuple[Any, ...]
) -> None:
    assert reasons(*then) == [expected]


def test_money_that_a_dispute_kept_back_is_due_when_its_end_says() -> None:
    nothing = {"held_minor": 0, "seller_minor": 0, "set_aside_minor": 0, "commission_minor": 0}
    later = AT + timedelta(days=20)
    closed = replace(
        EXAMPLES["order.dispute_closed.v1"], outcome="won", **nothing, release_at=later
    )
    expected = ("pending", 26_013, "2026-11-30T12:00:00Z", "on hold until 30 November 2026")
    assert reasons(PAID, OPENED, closed) == [expected]


# The rest of a sale -------------------------------------------------------------------------


def test_a_sale_that_was_settled_elsewhere_is_owed_in_that_currency() -> None:
    sale = sent("sales", replace(PLACED, currency="EUR"), replace(PAID, currency="EUR"), CONVERTED)
    assert (sale["amount_minor"], sale["currency"]) == (29_900, "EUR")
    shares = ("seller_share_minor", "commission_minor", "processing_fee_minor")
    assert (sum(sale[share] for share in shares), sale["owed_currency"]) == (32_292, "USD")
    assert (sale["pending_minor"], sale["net_earnings_minor"]) == (28_094, 28_094)


def test_a_sale_shows_its_refunds_disputes_and_warnings() -> None:
    warned = EXAMPLES["order.fraud_warned.v1"]
    sale = sent("sales", PLACED, PAID, REQUESTED, OPENED, warned)
    assert [line["status"] for line in sale["refunds"]] == ["requested"]
    assert [line["status"] for line in sale["disputes"]] == ["needs_response"]
    assert sale["fraud_warnings"] == [
        {
            "id": "issfr_1",
            "fraud_type": "unauthorized_use_of_card",
            "actionable": True,
            "warned_at": "2026-11-10T16:00:00Z",
        }
    ]
    assert sale["status"] == "disputed"
    assert sale["net_earnings_minor"] == -897  # what the processing fee costs beyond the share
