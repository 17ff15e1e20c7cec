"""Whatever is refunded and disputed, in whichever steps, ends at the same cent as in one."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES, ORDER_ID
from hypothesis import given, settings
from hypothesis import strategies as st
from transactions import moved

from mywork.domain.errors import RefundExceedsPayment
from mywork.domain.fees import SCHEDULES, quote
from mywork.domain.order.decider import ORDER
from mywork.domain.order.dispute_messages import (
    CloseDispute,
    OpenDispute,
    ReinstateDispute,
    WithdrawDispute,
)
from mywork.domain.order.refund_messages import ConcludeRefund, RecordRefund, RequestRefund
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.settlement_messages import SettleOrder
from mywork.domain.order.shares import refundable_minor
from mywork.domain.order.state import Paid
from mywork.ledger.rules.posting import post

PLACED: Any = EXAMPLES["order.placed.v1"]
INITIATED: Any = EXAMPLES["order.payment_initiated.v1"]


@dataclass
class Played:
    """An order of any price, and the book that its events mean."""

    price_minor: int
    currency: str = "USD"
    history: list[Any] = field(default_factory=list)
    book: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = quote(self.price_minor, SCHEDULES["USD"])
        paid = OrderPaid(
            ORDER_ID, "bo", "ada", "p", "pi_1", "ch_1", self.currency, self.price_minor,
            parts.seller_share_minor, parts.commission_minor, parts.processing_fee_minor,
            AT + timedelta(days=7),
        )  # fmt: skip
        self.record([PLACED, INITIATED, paid])

    @property
    def state(self) -> Paid:
        state = ORDER.fold(self.history)
        assert isinstance(state, Paid)
        return state

    def record(self, events: Any) -> None:
        for event in events:
            self.history.append(event)
            entry = post(event)
            for line in entry.postings if entry else ():
                key = f"{line.account} {line.currency}"
                self.book[key] = self.book.get(key, 0) + line.amount_minor

    def do(self, command: Any) -> Any:
        events = ORDER.decide(command, self.state)
        self.record(events)
        return events

    def refund(self, number: int, amount_minor: int, *, fee: bool = False) -> None:
        refund_id: Any = f"r{number}"
        self.do(RequestRefund(ORDER_ID, refund_id, amount_minor, "admin", "", AT, fee))
        self.do(RecordRefund(ORDER_ID, f"re_{number}", refund_id, self.currency, amount_minor, AT))

    def fail(self, number: int) -> None:
        self.do(ConcludeRefund(ORDER_ID, f"re_{number}", "failed", "lost", AT))

    def settle(self, amount_minor: int, currency: str) -> None:
        on = AT + timedelta(days=2)
        more = {"currency": currency, "available_on": on, "exchange_rate": "0.9"}
        self.do(SettleOrder(ORDER_ID, moved("txn_1", "charge", "ch_1", amount_minor, AT, **more)))

    def dispute(self, number: int, amount_minor: int, held_minor: int, currency: str) -> None:
        opened = OpenDispute(
            ORDER_ID, f"dp_{number}", "ch_1", self.currency, amount_minor, "fraudulent", False,
            None, AT,
        )  # fmt: skip
        withdrawn = WithdrawDispute(
            ORDER_ID, f"dp_{number}", f"txn_d{number}", currency, held_minor, 1_500, AT
        )
        self.do(opened)
        self.do(withdrawn)

    def stands(self) -> dict[str, int]:
        """The book without what came to zero, credit-positive."""
        return {key: -amount for key, amount in sorted(self.book.items()) if amount}


prices = st.integers(100, 1_000_000)
steps = st.lists(st.integers(1, 400_000), max_size=8)


@settings(max_examples=300)
@given(prices, steps, st.booleans())
def test_any_sequence_of_partial_refunds_ends_as_one_full_refund(
    price_minor: int, amounts: list[int], fee: bool
) -> None:
    at_once, in_steps = Played(price_minor), Played(price_minor)
    at_once.refund(0, price_minor, fee=fee)
    left = price_minor
    for number, amount_minor in enumerate(amounts):
        part = min(amount_minor, left)
        if part:
            in_steps.refund(number, part, fee=fee)
        left -= part
    if left:
        in_steps.refund(99, left, fee=fee)
    ours = {key: sum(at_once.book.get(k, 0) for k in [key]) for key in at_once.book}
    theirs = {key: in_steps.book.get(key, 0) for key in at_once.book}
    assert _without_stage(theirs) == _without_stage(ours)


def _without_stage(book: dict[str, int]) -> dict[str, int]:
    """A seller's stages together: what is asked for late may come from another stage."""
    found: dict[str, int] = {}
    for key, amount in book.items():
        name = "seller" if key.startswith("seller:") else key
        found[name] = found.get(name, 0) + amount
    return found


@settings(max_examples=300)
@given(prices, st.lists(st.tuples(st.integers(1, 400_000), st.booleans()), max_size=12))
def test_failed_refunds_leave_no_cent_behind(
    price_minor: int, asked: list[tuple[int, bool]]
) -> None:
    """Everything fails in the end: the book is that of the sale, to the cent, at every stage."""
    untouched, played = Played(price_minor), Played(price_minor)
    for number, (amount_minor, fails) in enumerate(asked):
        left = refundable_minor(played.state)
        if left:
            played.refund(number, min(amount_minor, left))
            if fails:
                played.fail(number)
        for refund in played.state.charge.refunds.values():
            parts = (
                refund.share.seller_minor,
                refund.share.commission_minor,
                refund.share.processing_minor,
            )
            assert min(parts) >= 0
            assert sum(parts) == refund.amount_minor == refund.asked_minor
    for number, _ in enumerate(asked):
        if f"re_{number}" in {r.stripe_refund_id for r in played.state.charge.refunds.values()}:
            played.fail(number)
    assert _without_stage(played.stands()) == _without_stage(untouched.stands())


@given(prices, st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_nothing_is_refunded_beyond_what_refunds_and_disputes_have_left(
    price_minor: int, refunded: int, disputed: int
) -> None:
    played = Played(price_minor)
    refunded, disputed = min(refunded, price_minor), min(disputed, price_minor)
    played.refund(0, refunded)
    played.dispute(1, disputed, disputed, "USD")
    played.do(CloseDispute(ORDER_ID, "dp_1", "lost", AT))  # type: ignore[arg-type]
    left = max(price_minor - refunded - disputed, 0)
    assert refundable_minor(played.state) == left
    over: Any = RequestRefund(ORDER_ID, "r9", left + 1, "admin", "", AT)  # type: ignore[arg-type]
    try:
        ORDER.decide(over, played.state)
        raise AssertionError("too much was refunded")
    except RefundExceedsPayment:
        pass
    excess = max(refunded + disputed - price_minor, 0)
    assert played.book.get("suspense:stripe USD", 0) == excess
    assert not played.book.get("disputes:held USD", 0)
    assert not played.book.get("seller:ada:disputed USD", 0)


Asked = st.lists(st.tuples(st.integers(1, 400_000), st.booleans()), min_size=1, max_size=4)


@settings(max_examples=300)
@given(prices, st.integers(1, 400_000), st.integers(1, 1_000_000), Asked)
def test_a_claim_never_picks_up_what_a_dispute_left_uncovered(
    price_minor: int, refunded: int, disputed: int, asked: list[tuple[int, bool]]
) -> None:
    """A refund fails after a dispute had found too little room: what stands is less than asked."""
    played = Played(price_minor)
    played.refund(0, min(refunded, price_minor))
    played.dispute(1, min(disputed, price_minor), min(disputed, price_minor), "USD")
    played.fail(0)
    for number, (amount_minor, by_bank) in enumerate(asked, start=2):
        amount = min(amount_minor, price_minor)
        if by_bank:
            played.dispute(number, amount, amount, "USD")
            claimed = played.state.charge.disputes[f"dp_{number}"]  # type: ignore[index]
            assert claimed.share.borne_minor <= amount
        else:
            played.do(RecordRefund(ORDER_ID, f"re_{number}", "", "USD", amount, AT))  # type: ignore[arg-type]
            made = played.state.charge.refunds[f"re_{number}"]  # type: ignore[index]
            assert made.amount_minor == amount


@settings(max_examples=300)
@given(
    prices, st.integers(50, 2_000_000), st.lists(st.integers(1, 400_000), max_size=3), st.booleans()
)
def test_a_settlement_in_another_currency_converts_all_of_the_order(
    price_minor: int, settled_minor: int, amounts: list[int], fee: bool
) -> None:
    played = Played(price_minor, "EUR")
    for number, amount_minor in enumerate(amounts):
        left = refundable_minor(played.state)
        if left:
            played.refund(number, min(amount_minor, left), fee=fee)
    played.settle(settled_minor, "USD")
    assert not {key: v for key, v in played.stands().items() if key.endswith("EUR")}
    left = refundable_minor(played.state)
    if left:
        played.refund(99, left, fee=fee)
    refunded = sum(refund.amount_minor for refund in played.state.charge.refunds.values())
    assert refunded == settled_minor  # to the cent, whatever the steps
    assert not played.book.get("revenue:commission USD", 0)


@given(prices, st.integers(50, 2_000_000), st.integers(50, 2_000_000), st.integers(50, 2_000_000))
def test_a_dispute_in_another_currency_leaves_differences_of_rates_only(
    price_minor: int, settled_minor: int, held_minor: int, back_minor: int
) -> None:
    lost, won = Played(price_minor, "EUR"), Played(price_minor, "EUR")
    for played in (lost, won):
        played.settle(settled_minor, "USD")
        played.dispute(1, price_minor, held_minor, "USD")
    lost.do(CloseDispute(ORDER_ID, "dp_1", "lost", AT))  # type: ignore[arg-type]
    back: Any = ReinstateDispute(ORDER_ID, "dp_1", "txn_b", "USD", back_minor, 0, AT)  # type: ignore[arg-type]
    won.do(back)
    assert lost.book.get("fx:gain_loss USD", 0) == held_minor - settled_minor
    assert won.book.get("fx:gain_loss USD", 0) == held_minor - back_minor
    for played in (lost, won):
        assert not played.book.get("disputes:held USD", 0)
        assert not played.book.get("seller:ada:disputed USD", 0)
