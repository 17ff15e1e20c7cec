"""The posting table, row by row: each is played on PostgreSQL through the Stripe sandbox.

A row's function prepares, yields, and lets the thing happen; what was booked after the yield, by
the events it names, is the row. `test_docs.py` writes it down.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from marketplace import ADA, BO, Marketplace
from subscriber import Subscriber

from mywork.application.commands import envelope
from mywork.application.ports.faults import VendorRefused
from mywork.application.usecases.refunding import Asked
from mywork.domain.balance_adjustment import AdjustmentRecorded
from mywork.domain.breaks.explanation_messages import BreakOpened, BreakResolved, ResolveBreak
from mywork.domain.breaks.return_messages import PaymentReturned, PaymentReturnSettled
from mywork.domain.breaks.settlement_messages import BreakSettled
from mywork.domain.debt import DebtReclassified, DebtRecouped, DebtWrittenOff, WriteOffRecovered
from mywork.domain.fees import SCHEDULES, ReserveTerms
from mywork.domain.identifiers import OrderId, UserId
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
)
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRequested,
    RefundSettled,
)
from mywork.domain.order.sale_messages import (
    ExpireOrder,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PayOrder,
    PlaceOrder,
    RecordDownload,
)
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.payout.reversal_messages import ReversalSettled, TransferReversed
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    TransferSettled,
)
from mywork.domain.subscription.dispute_messages import (
    InvoiceDisputeClosed,
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
)
from mywork.domain.subscription.invoice_messages import (
    CreditApplied,
    CreditGranted,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    RevenueRecognised,
)
from mywork.domain.subscription.settlement_messages import InvoiceConverted, InvoiceSettled
from mywork.ledger.entry import Entry
from mywork.ledger.rules.posting import post
from mywork.sandbox.stripe import balance as stripe_balance
from mywork.sandbox.stripe import disputes, refunds, terms

ADMIN = UserId("user_root")
Play = Callable[[Marketplace], Iterator[None]]


@dataclass(frozen=True)
class Row:
    title: str
    events: tuple[type, ...]
    play: Play

    def entries(self, marketplace: Marketplace) -> list[tuple[str, Entry]]:
        """The name of each event and the entry it was booked as."""
        played = self.play(marketplace)
        next(played)
        before = marketplace.core.store.head()
        assert next(played, "the end") == "the end"
        marketplace.check()
        booked = [
            (recorded.name, post(recorded.event))
            for recorded in marketplace.core.store.page(before, 1_000)
            if isinstance(recorded.event, self.events)
        ]
        return [(name, entry) for name, entry in booked if entry is not None]


ROWS: list[Row] = []


def row(title: str, *events: type[Any] | Any) -> Callable[[Play], Play]:
    def add(play: Play) -> Play:
        ROWS.append(Row(title, events, play))
        return play

    return add


# What is prepared ---------------------------------------------------------------------------


def placed(m: Marketplace, currency: str = "USD", **changes: Any) -> OrderPlaced:
    """The specification's sale of 299.00, not paid yet."""
    m.onboarded_seller()
    return m.placed_order(m.published_product(currency=currency, **changes))


def told(m: Marketplace) -> None:
    """Webhooks have come; Stripe's balance has not been read."""
    m.carry()
    m.drain()


def sold(m: Marketplace, currency: str = "USD") -> OrderPlaced:
    """Paid, settled, available at Stripe; our own money covers what goes back."""
    stripe_balance.record(
        m.world, "", amount=90_000, currency="usd", source="tu_1", category="topup"
    )
    terms_ = placed(m, currency)
    m.pay(terms_, card="pm_card_bypassPending")
    m.settle()
    return terms_


def released(m: Marketplace) -> OrderPlaced:
    terms_ = sold(m)
    m.advance(days=7)
    m.settle()
    return terms_


def give_back(m: Marketplace, terms_: OrderPlaced, *asked: Any, **more: Any) -> None:
    m.core.refunding.request(
        terms_.order_id, ADMIN, Asked("admin", *asked, **more), request_id=repr(asked)
    )
    m.runner.catch_up()


def send(m: Marketplace) -> None:
    """What events ask of Stripe, and nothing that it answers by webhook."""
    m.core.payout_queue.run()
    m.runner.catch_up()
    m.core.outbox_dispatcher.drain()


def disputed(m: Marketplace) -> str:
    sold(m)
    charge = m.world.all("", "charge")[0]
    opened = disputes.open_(m.world, "", charge, disputes.Opening())
    m.settle()
    return str(opened["id"])


def moved(m: Marketplace, category: str, amount: int) -> None:
    stripe_balance.record(
        m.world, "", amount=amount, currency="usd", source="obj_1", category=category
    )
    m.core.feed.read_transactions()
    m.drain()


# Sales --------------------------------------------------------------------------------------


@row("order paid", OrderPaid)
def _order_paid(m: Marketplace) -> Iterator[None]:
    m.pay(placed(m))
    yield
    told(m)


@row("payment settled (its transaction: net 290.03, fee 8.97)", PaymentSettled)
def _payment_settled(m: Marketplace) -> Iterator[None]:
    m.pay(placed(m))
    told(m)
    yield
    m.settle()


@row("funds available at Stripe", FundsAvailable)
def _funds_available(m: Marketplace) -> Iterator[None]:
    m.pay(placed(m))
    m.settle()
    yield
    m.advance(days=2)
    m.settle()


@row("order funds released", FundsReleased)
def _funds_released(m: Marketplace) -> Iterator[None]:
    sold(m)
    yield
    m.advance(days=7)
    m.settle()


@row("released, a tenth kept as a reserve", ReserveKept, FundsReleased)
def _reserve_kept(m: Marketplace) -> Iterator[None]:
    _reserved(m)
    yield
    m.advance(days=7)
    m.settle()


@row("reserve released, 30 days later", ReserveReleased)
def _reserve_released(m: Marketplace) -> Iterator[None]:
    _reserved(m)
    m.advance(days=7)
    m.settle()
    yield
    m.advance(days=30)
    m.settle()


def _reserved(m: Marketplace) -> None:
    """A sale whose seller's level keeps a tenth for 30 days."""
    like, order_id = placed(m), OrderId("reserved")
    place = PlaceOrder(
        order_id=order_id,
        order_number="MW-2026-09999",
        buyer_id=BO,
        seller_id=ADA,
        product_id=like.product_id,
        product_title=like.product_title,
        product_version=1,
        licence="standard",
        price_minor=29_900,
        schedule=SCHEDULES["USD"],
        at=m.clock.now(),
        reserve=ReserveTerms(1_000),
    )
    m.core.handler.handle(envelope(place, actor=BO))
    paid = PayOrder(
        order_id, "pi_r", "ch_r", "USD", 29_900, live=False, live_expected=False, at=m.clock.now()
    )
    m.core.handler.handle(envelope(paid, actor="stripe"))
    m.runner.catch_up()


@row("settled in another currency, at 1.0834", PaymentSettled, PaymentConverted)
def _converted(m: Marketplace) -> Iterator[None]:
    wish: Any = {"settlement_currencies": ["usd"], "exchange_rates": {"eur/usd": "1.0834"}}
    terms.change(m.world, wish)
    m.pay(placed(m, "EUR"))
    told(m)
    yield
    m.settle()


@row("free order", OrderPlaced, OrderGranted)
def _free(m: Marketplace) -> Iterator[None]:
    yield
    placed(m, price_minor=0)
    m.settle()


# Refunds ------------------------------------------------------------------------------------


@row("refund in full: asked for, made", RefundRequested, RefundCreated)
def _refund_in_full(m: Marketplace) -> Iterator[None]:
    terms_ = sold(m)
    yield
    give_back(m, terms_)
    send(m)


@row("refund of 100.00: asked for, made", RefundRequested, RefundCreated)
def _refund_in_part(m: Marketplace) -> Iterator[None]:
    terms_ = sold(m)
    yield
    give_back(m, terms_, "100.00")
    send(m)


@row("refund of the rest, after release", RefundRequested, RefundCreated)
def _refund_of_the_rest(m: Marketplace) -> Iterator[None]:
    terms_ = released(m)
    give_back(m, terms_, "100.00")
    send(m)
    yield
    give_back(m, terms_)
    send(m)


@row("refund where the platform bears the fee", RefundRequested, RefundCreated)
def _refund_fee_borne(m: Marketplace) -> Iterator[None]:
    terms_ = sold(m)
    yield
    give_back(m, terms_, platform_bears_fee=True)
    send(m)


@row("refund declined by its seller", RefundDeclined)
def _refund_declined(m: Marketplace) -> Iterator[None]:
    terms_ = sold(m)
    downloaded = RecordDownload(terms_.order_id, m.clock.now())
    m.core.handler.handle(envelope(downloaded, actor=BO))
    asked = m.core.refunding.request(terms_.order_id, BO, Asked("buyer"), request_id="r")
    yield
    m.core.refunding.decline(terms_.order_id, asked.refund_id, ADA, "seller", reason="used")


@row("refund failed at the bank, while on hold", RefundFailed)
def _refund_failed(m: Marketplace) -> Iterator[None]:
    give_back(m, sold(m))
    m.settle()
    yield
    refunds.fail(m.world, "", m.world.all("", "refund")[0]["id"])
    told(m)


@row("refund settled (its transaction)", RefundSettled)
def _refund_settled(m: Marketplace) -> Iterator[None]:
    give_back(m, sold(m))
    send(m)
    yield
    m.settle()


@row("failed refund settled (its transaction)", RefundSettled)
def _failed_refund_settled(m: Marketplace) -> Iterator[None]:
    give_back(m, sold(m))
    m.settle()
    yield
    refunds.fail(m.world, "", m.world.all("", "refund")[0]["id"])
    m.settle()


# Disputes -----------------------------------------------------------------------------------


@row("dispute created, inquiry", DisputeOpened)
def _inquiry(m: Marketplace) -> Iterator[None]:
    sold(m)
    yield
    charge = m.world.all("", "charge")[0]
    disputes.open_(m.world, "", charge, disputes.Opening(inquiry=True))
    m.settle()


@row("dispute withdrawn, with its fee", DisputeWithdrawn)
def _dispute_withdrawn(m: Marketplace) -> Iterator[None]:
    sold(m)
    yield
    charge = m.world.all("", "charge")[0]
    disputes.open_(m.world, "", charge, disputes.Opening())
    told(m)


@row("dispute settled (its transaction)", DisputeSettled)
def _dispute_settled(m: Marketplace) -> Iterator[None]:
    sold(m)
    charge = m.world.all("", "charge")[0]
    disputes.open_(m.world, "", charge, disputes.Opening())
    told(m)
    yield
    m.settle()


@row("dispute lost", DisputeClosed)
def _dispute_lost(m: Marketplace) -> Iterator[None]:
    dispute_id = disputed(m)
    yield
    disputes.lose(m.world, "", dispute_id)
    m.settle()


@row("dispute reinstated, its fee too", DisputeReinstated)
def _dispute_reinstated(m: Marketplace) -> Iterator[None]:
    terms.change(m.world, {"dispute_fee_returned": True})
    dispute_id = disputed(m)
    yield
    disputes.win(m.world, "", dispute_id)
    m.settle()


# Payouts ------------------------------------------------------------------------------------


@row("payout requested", PayoutRequested)
def _payout_requested(m: Marketplace) -> Iterator[None]:
    released(m)
    yield
    m.core.paying_out.request(ADA, "USD", request_id="p")


@row("transfer created", PayoutSent)
def _transfer_created(m: Marketplace) -> Iterator[None]:
    released(m)
    m.core.paying_out.request(ADA, "USD", request_id="p")
    yield
    m.settle()


@row("transfer settled (its transaction)", TransferSettled)
def _transfer_settled(m: Marketplace) -> Iterator[None]:
    released(m)
    m.core.paying_out.request(ADA, "USD", request_id="p")
    yield
    m.settle()


@row("transfer refused", PayoutRefused)
def _transfer_refused(m: Marketplace) -> Iterator[None]:
    released(m)
    m.core.paying_out.request(ADA, "USD", request_id="p")
    create = m.payments.create_transfer

    def refuse(*_: Any, **__: Any) -> str:
        raise VendorRefused("account_invalid", "The account was closed.")

    m.payments.create_transfer = refuse  # type: ignore[method-assign]
    yield
    m.settle()
    m.payments.create_transfer = create  # type: ignore[method-assign]


@row("transfer reversed, and settled", TransferReversed, ReversalSettled)
def _transfer_reversed(m: Marketplace) -> Iterator[None]:
    released(m)
    m.core.paying_out.request(ADA, "USD", request_id="p")
    m.settle()
    (transfer,) = m.stripe.transfers.list().data
    yield
    for bank_payout in m.world.all(transfer.destination, "payout"):
        m.stripe.payouts.cancel(bank_payout["id"], None, {"stripe_account": transfer.destination})
    m.stripe.transfers.reversals.create(transfer.id)
    m.settle()


@row("payout cancelled while it waits", PayoutCancelled)
def _payout_cancelled(m: Marketplace) -> Iterator[None]:
    released(m)
    asked = m.core.paying_out.request(ADA, "USD", request_id="p").requested
    assert asked is not None
    yield
    m.core.payout_administration.cancel(
        asked.payout_id, reason="changed my mind", by=ADA, seller_id=ADA
    )


# Debts --------------------------------------------------------------------------------------


def overdrawn(m: Marketplace) -> OrderPlaced:
    """Paid out, then refunded in full: the seller stands at -269.10."""
    terms_ = released(m)
    m.core.paying_out.request(ADA, "USD", request_id="p")
    m.settle()
    m.advance(days=3)  # the bank has it
    give_back(m, terms_)
    m.settle()
    return terms_


def owing(m: Marketplace) -> None:
    overdrawn(m)
    m.advance(days=30)
    m.core.collecting.run()


def earn(m: Marketplace) -> None:
    """One more sale, released."""
    m.pay(m.placed_order(m.published_product()), card="pm_card_bypassPending")
    m.settle()
    m.advance(days=7)
    m.settle()


@row("debt reclassified, after 30 days below zero", DebtReclassified)
def _debt_reclassified(m: Marketplace) -> Iterator[None]:
    overdrawn(m)
    m.advance(days=30)
    yield
    m.core.collecting.run()


@row("debt recouped by a later sale", DebtRecouped)
def _debt_recouped(m: Marketplace) -> Iterator[None]:
    owing(m)
    earn(m)
    yield
    m.core.collecting.run()


@row("debt written off by two people", DebtWrittenOff)
def _debt_written_off(m: Marketplace) -> Iterator[None]:
    owing(m)
    yield
    m.core.collecting.propose(ADA, "USD", 20_000, reason="the seller has gone", by=ADMIN)
    m.core.collecting.approve(ADA, "USD", 20_000, by=UserId("user_cfo"))


@row("debt paid after it was written off", WriteOffRecovered)
def _write_off_recovered(m: Marketplace) -> Iterator[None]:
    owing(m)
    m.core.collecting.propose(ADA, "USD", 26_910, reason="the seller has gone", by=ADMIN)
    m.core.collecting.approve(ADA, "USD", 26_910, by=UserId("user_cfo"))
    earn(m)
    yield
    m.core.collecting.recoup(ADA, "USD")


# Movements without a sale -------------------------------------------------------------------


@row("platform payout to its bank", AdjustmentRecorded)
def _platform_payout(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "payout", -40_000)


@row("platform payout that failed", AdjustmentRecorded)
def _platform_payout_failed(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "payout_reversal", 40_000)


@row("top-up", AdjustmentRecorded)
def _top_up(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "topup", 50_000)


@row("Stripe fee without a charge", AdjustmentRecorded)
def _stripe_fee(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "fee", -500)


@row("Stripe's own reserve", AdjustmentRecorded)
def _stripe_reserve(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "risk_reserved_funds", -2_000)


@row("any other transaction", BreakOpened)
def _other(m: Marketplace) -> Iterator[None]:
    yield
    moved(m, "other_adjustment", -1_234)


@row("explained by a person", BreakResolved)
def _explained(m: Marketplace) -> Iterator[None]:
    moved(m, "other_adjustment", -1_234)
    (opened,) = m.events(BreakOpened)
    yield
    resolve = ResolveBreak(opened.break_id, "expense:stripe_fees", "a fee", m.clock.now())
    m.core.handler.handle(envelope(resolve, actor=ADMIN))


@row(
    "money for a closed order: told, settled, returned, settled",
    BreakOpened,
    BreakSettled,
    PaymentReturned,
    PaymentReturnSettled,
)
def _money_for_a_closed_order(m: Marketplace) -> Iterator[None]:
    moved(m, "topup", 50_000)
    terms_ = placed(m)
    m.pay(terms_, card="pm_card_bypassPending")
    expire = ExpireOrder(terms_.order_id, terms_.expires_at)
    m.core.handler.handle(envelope(expire, actor="schedule"))
    yield
    m.settle()


# Subscriptions ------------------------------------------------------------------------------


def subscribed(m: Marketplace, tier: str = "pro") -> Subscriber:
    """Since 10 November; our own money covers what goes back."""
    moved(m, "topup", 50_000)
    bo = Subscriber(m)
    bo.subscribe(tier, card="pm_card_bypassPending")
    return bo


@row(
    "subscription invoice paid, and settled",
    InvoicePaid,
    InvoiceSettled,
)
def _invoice_paid(m: Marketplace) -> Iterator[None]:
    yield
    subscribed(m)


@row("revenue recognised at month end, by days", RevenueRecognised)
def _revenue_recognised(m: Marketplace) -> Iterator[None]:
    bo = subscribed(m)
    yield
    bo.until(2026, 12, 1)


@row("proration credit", CreditGranted)
def _credit_granted(m: Marketplace) -> Iterator[None]:
    bo = subscribed(m, "team")
    bo.until(2026, 11, 20)
    yield
    m.core.subscribing.change_plan(BO, "pro")
    m.settle()


@row("subscription refund, after a month end", InvoiceRefunded)
def _invoice_refunded(m: Marketplace) -> Iterator[None]:
    bo = subscribed(m)
    bo.until(2026, 12, 2)
    yield
    m.stripe.refunds.create({"charge": bo.charges()[-1]})
    m.settle()


@row("credit pays the next invoice", CreditApplied)
def _credit_applied(m: Marketplace) -> Iterator[None]:
    bo = subscribed(m, "team")
    bo.until(2026, 11, 20)
    m.core.subscribing.change_plan(BO, "pro")
    m.settle()
    yield
    bo.until(2026, 12, 11)


@row("subscription refund failed at the bank", InvoiceRefundFailed)
def _invoice_refund_failed(m: Marketplace) -> Iterator[None]:
    bo = subscribed(m)
    bo.until(2026, 12, 2)
    m.stripe.refunds.create({"charge": bo.charges()[-1]})
    m.settle()
    yield
    refunds.fail(m.world, "", m.world.all("", "refund")[0]["id"])
    m.settle()


@row("subscription settled in another currency, at 1.0834", InvoiceConverted)
def _invoice_converted(m: Marketplace) -> Iterator[None]:
    wish: Any = {"settlement_currencies": ["usd"], "exchange_rates": {"eur/usd": "1.0834"}}
    terms.change(m.world, wish)
    bo = Subscriber(m)
    bo.confirm(bo.begin("pro", "EUR"))
    told(m)
    yield
    m.settle()


def subscription_disputed(m: Marketplace) -> str:
    bo = subscribed(m)
    bo.until(2026, 12, 2)
    charge = m.world.find("", "charge", bo.charges()[0])
    opened: str = disputes.open_(m.world, "", charge, disputes.Opening())["id"]
    return opened


@row(
    "subscription disputed, with its fee",
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
)
def _invoice_disputed(m: Marketplace) -> Iterator[None]:
    subscription_disputed(m)
    yield
    m.settle()


@row("subscription dispute lost, after a month end", InvoiceDisputeClosed)
def _invoice_dispute_lost(m: Marketplace) -> Iterator[None]:
    dispute_id = subscription_disputed(m)
    m.settle()
    yield
    disputes.lose(m.world, "", dispute_id)
    m.settle()
