"""What the history says to the model: which fact, of which things, when. No amounts of ours.

Amounts are those of Stripe's objects, of the prices that were asked, and of what people asked
for. An event that this does not know is an error: the model would be silent about it.
"""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any, get_args

from model.book import Impossible

from eventstore.envelope import Recorded
from machine.town import Town
from mywork.domain.balance_adjustment import AdjustmentFundsAvailable, AdjustmentRecorded
from mywork.domain.breaks.explanation_messages import BreakAssigned, BreakOpened, BreakResolved
from mywork.domain.breaks.return_messages import (
    PaymentReturnAsked,
    PaymentReturned,
    PaymentReturnFailed,
    PaymentReturnSettled,
)
from mywork.domain.breaks.settlement_messages import (
    BreakConverted,
    BreakFundsAvailable,
    BreakSettled,
)
from mywork.domain.debt import (
    DebtReclassified,
    DebtRecouped,
    DebtWrittenOff,
    WriteOffProposed,
    WriteOffRecovered,
)
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
    EvidenceSubmitted,
    FraudWarned,
)
from mywork.domain.order.refund_messages import (
    RefundApproved,
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
    RefundSucceeded,
)
from mywork.domain.order.sale_messages import (
    OrderDownloaded,
    OrderExpired,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PaymentAttemptFailed,
    PaymentInitiated,
    ReserveAgreed,
)
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.payout.bank_messages import (
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    PayoutCompleted,
)
from mywork.domain.payout.cutoffs import first_of_month, last_monday
from mywork.domain.payout.reversal_messages import (
    ReversalFailed,
    ReversalRequested,
    ReversalSettled,
    TransferReversed,
)
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    TransferSettled,
)
from mywork.domain.period.messages import PeriodEvent
from mywork.domain.product import ProductEvent
from mywork.domain.reconciliation import RunCompleted
from mywork.domain.seller.messages import (
    AccountOpened,
    OnboardingUpdated,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    SellerJoined,
    SellerVerified,
)
from mywork.domain.user import UserEvent

Tell = Callable[[Town, Any, datetime], None]


def tell(town: Town, recorded: Recorded) -> None:
    """Let the model post what one event of the history means."""
    known = _TELLS.get(type(recorded.event))
    if known is None:
        raise Impossible(f"nobody told the model what {type(recorded.event).__name__} means")
    known(town, recorded.event, recorded.metadata.effective_at)


def stripes(town: Town, kind: str, identifier: str, account: str = "") -> dict[str, Any]:
    """Stripe's own object; a fact about one that does not exist is impossible."""
    found = town.world.tables.get(f"{account}/{kind}", {}).get(identifier)
    if found is None:
        raise Impossible(f"{identifier} does not exist at Stripe")
    return found


def _nothing(town: Town, event: Any, at: datetime) -> None:
    """No money, and nothing that decides about money later."""


# Sales --------------------------------------------------------------------------------------


def _placed(town: Town, event: OrderPlaced, at: datetime) -> None:
    offered = town.products[event.product_id]
    town.buyers[event.order_id] = event.buyer_id
    town.model.sales.placed(
        event.order_id,
        seller=offered.seller,
        currency=offered.currency,
        price=offered.price,
        at=at,
    )


def _paid(town: Town, event: OrderPaid, at: datetime) -> None:
    charge = stripes(town, "charge", event.charge_id)
    if charge["status"] != "succeeded" or charge["metadata"]["order_id"] != event.order_id:
        raise Impossible(f"{charge} does not pay {event.order_id}")
    town.model.sales.paid(event.order_id, event.charge_id, charge["amount"], at)


def _downloaded(town: Town, event: OrderDownloaded, _: datetime) -> None:
    town.model.sales.known(event.order_id).downloaded = True


def _reserve_agreed(town: Town, event: ReserveAgreed, _: datetime) -> None:
    sale = town.model.sales.all[event.order_id]
    sale.reserve_rate = Fraction(event.basis_points, 10_000)


def _reserve_released(town: Town, event: ReserveReleased, at: datetime) -> None:
    town.model.sales.reserve_released(event.order_id, at)


def _settled(town: Town, event: Any, at: datetime) -> None:
    town.model.stripe.settled(stripes(town, "balance_transaction", event.transaction_id), at)


def _refund_settled(town: Town, event: Any, at: datetime) -> None:
    moved = stripes(town, "balance_transaction", event.transaction_id)
    refund = stripes(town, "refund", moved["source"])
    _, booked = town.model.booked_refund(refund["charge"], refund["id"])
    out = moved["reporting_category"] == "refund"
    town.model.stripe.settled(moved, at, -booked if out else booked)


def _converted(town: Town, event: PaymentConverted, at: datetime) -> None:
    moved = stripes(town, "balance_transaction", event.transaction_id)
    town.model.sales.converted(event.order_id, moved["currency"].upper(), moved["amount"], at)


def _matured(town: Town, event: Any, at: datetime) -> None:
    town.model.stripe.matured(event.transaction_id, at)


# Refunds and disputes -----------------------------------------------------------------------


def _refund_requested(town: Town, event: RefundRequested, at: datetime) -> None:
    if event.asked_by == "stripe":
        amount, bears = stripes(town, "refund", event.refund_id)["amount"], False
    else:
        amount, bears = town.asked[event.refund_id]
    refunds = town.model.refunds
    refunds.requested(event.order_id, event.refund_id, amount, at, bears=bears)


def _refund_approved(town: Town, event: RefundApproved, _: datetime) -> None:
    town.model.refunds.approved(event.order_id, event.refund_id)


def _refund_off(before: str) -> Tell:
    def off(town: Town, event: Any, at: datetime) -> None:
        town.model.refunds.off(event.order_id, event.refund_id, at, before=before)

    return off


def _refund_made(town: Town, event: RefundCreated, at: datetime) -> None:
    amount = stripes(town, "refund", event.stripe_refund_id)["amount"]
    town.model.refunds.made(event.order_id, event.refund_id, event.stripe_refund_id, amount, at)


def _refund_succeeded(town: Town, event: RefundSucceeded, _: datetime) -> None:
    town.model.refunds.succeeded(event.order_id, event.stripe_refund_id)


def _refund_failed(town: Town, event: RefundFailed, at: datetime) -> None:
    found = stripes(town, "refund", event.stripe_refund_id)
    if found["status"] not in {"failed", "canceled"}:
        raise Impossible(f"{found} has not failed")
    town.model.refunds.failed(event.order_id, event.stripe_refund_id, at)


def _dispute_opened(town: Town, event: DisputeOpened, _: datetime) -> None:
    found = stripes(town, "dispute", event.dispute_id)
    town.model.disputes.opened(
        event.order_id, event.dispute_id, found["amount"], inquiry=event.inquiry
    )


def _dispute_withdrawn(town: Town, event: DisputeWithdrawn, at: datetime) -> None:
    moved = stripes(town, "balance_transaction", event.transaction_id)
    town.model.disputes.withdrawn(
        event.order_id,
        event.dispute_id,
        event.transaction_id,
        amount=-moved["amount"],
        fee=moved["fee"],
        at=at,
    )


def _dispute_reinstated(town: Town, event: DisputeReinstated, at: datetime) -> None:
    moved = stripes(town, "balance_transaction", event.transaction_id)
    town.model.disputes.reinstated(
        event.order_id,
        event.dispute_id,
        event.transaction_id,
        amount=moved["amount"],
        fee=-moved["fee"],
        at=at,
    )


OUTCOMES = {"won": "won", "lost": "lost", "warning_closed": "inquiry_closed"}


def _dispute_closed(town: Town, event: DisputeClosed, at: datetime) -> None:
    found = stripes(town, "dispute", event.dispute_id)
    if OUTCOMES.get(found["status"]) != event.outcome:
        raise Impossible(f"{found['id']} is {found['status']} at Stripe, not {event.outcome}")
    town.model.disputes.closed(event.order_id, event.dispute_id, event.outcome, at)


# Payouts ------------------------------------------------------------------------------------


def _onboarding(town: Town, event: OnboardingUpdated, _: datetime) -> None:
    ready = event.details_submitted and event.payouts_enabled
    change = town.model.payouts.onboarded.add if ready else town.model.payouts.onboarded.discard
    change(event.seller_id)


def _paused(town: Town, event: PayoutsPaused, _: datetime) -> None:
    town.model.payouts.paused.add(event.seller_id)


def _released_seller(town: Town, event: PayoutsReleased, _: datetime) -> None:
    town.model.payouts.paused.discard(event.seller_id)


def _payout_requested(town: Town, event: PayoutRequested, at: datetime) -> None:
    cutoffs = {"weekly": last_monday(at), "monthly": first_of_month(at), "request": at}
    cutoff = cutoffs[event.trigger]
    town.model.payouts.requested(
        event.payout_id, event.seller_id, event.currency, cutoff=cutoff, at=at
    )


def _payout_waits(stage: str) -> Tell:
    return lambda town, event, _: town.model.payouts.waits(event.payout_id, stage)


def _given_back(stage: str) -> Tell:
    return lambda town, event, at: town.model.payouts.given_back(event.payout_id, at, stage)


def _payout_sent(town: Town, event: PayoutSent, at: datetime) -> None:
    found = stripes(town, "transfer", event.transfer_id)
    town.model.payouts.sent(event.payout_id, event.transfer_id, found["amount"], at)


def _reversed(town: Town, event: TransferReversed, at: datetime) -> None:
    found = stripes(town, "transfer_reversal", event.reversal_id)
    if found["transfer"] != event.transfer_id:
        raise Impossible(f"{found} reverses {event.transfer_id}")
    town.model.payouts.came_back(event.transfer_id, event.reversal_id, found["amount"], at)


def _asked_back(town: Town, event: ReversalRequested, _: datetime) -> None:
    town.model.payouts.asked_back(event.payout_id, event.amount_minor)


_PAYOUTS: dict[type, Tell] = {
    PayoutRequested: _payout_requested,
    PayoutQueued: _payout_waits("queued"),
    PayoutHeld: _payout_waits("held"),
    PayoutDispatched: lambda town, e, _: town.model.payouts.dispatched(e.payout_id),
    PayoutSent: _payout_sent,
    PayoutRefused: _given_back("refused"),
    PayoutCancelled: _given_back("cancelled"),
    PayoutCompleted: lambda town, e, _: town.model.payouts.arrived(e.payout_id),
    BankPayoutFailed: lambda town, e, _: town.model.payouts.returned(e.payout_id),
    BankPayoutRetried: lambda town, e, _: town.model.payouts.goes_again(e.payout_id),
    ReversalRequested: _asked_back,
    ReversalFailed: lambda town, e, _: town.model.payouts.stays(e.payout_id),
    TransferReversed: _reversed,
    TransferSettled: _settled,
    ReversalSettled: _settled,
}


# Debts --------------------------------------------------------------------------------------


def _debt(step: str) -> Tell:
    """The model knows how much; a step is the name of what happens."""

    def told(town: Town, event: Any, at: datetime) -> None:
        getattr(town.model.debts, step)(event.seller_id, event.currency, at)

    return told


def _write_off_proposed(town: Town, event: WriteOffProposed, _: datetime) -> None:
    """How much is what a person said."""
    asked = event.amount_minor, str(event.proposed_by)
    town.model.debts.proposed[event.seller_id, event.currency] = asked


def _written_off(town: Town, event: DebtWrittenOff, at: datetime) -> None:
    town.model.debts.written_off(event.seller_id, event.currency, event.approved_by, at)


_DEBTS: dict[type, Tell] = {
    DebtReclassified: _debt("reclassified"),
    DebtRecouped: _debt("recouped"),
    WriteOffRecovered: _debt("recovered"),
    WriteOffProposed: _write_off_proposed,
    DebtWrittenOff: _written_off,
}


# What did not fit ---------------------------------------------------------------------------


def _broken(town: Town, event: BreakOpened, at: datetime) -> None:
    opened = town.model.breaks.opened
    match event.kind:
        case "unexpected_payment":
            charge = stripes(town, "charge", event.object_id)
            currency = charge["currency"].upper()
            town.model.unexpected.paid(event.object_id, currency, charge["amount"], at)
        case "unexplained_transaction":
            moved = stripes(town, "balance_transaction", event.break_id)
            _check_nobody_knows(town, moved)
            town.model.stripe.broken(moved, at)
            currency = moved["currency"].upper()
            opened(event.break_id, event.object_id, currency, moved["amount"])
        case "exceeded_payment":  # its money was posted by what it concerns
            opened(event.break_id, event.object_id, *_excess(town, event))
        case "unsettled_fact":
            pass  # it opens and closes with Stripe's lateness, and moves nothing
        case _:
            raise Impossible(f"in this town nothing leads to {event}")


def _excess(town: Town, event: BreakOpened) -> tuple[str, int]:
    """What a refund or a lost dispute took beyond its payment, or a failed refund gave back."""
    sale = town.model.sales.all[event.concerns.removeprefix("order-")]
    dispute = sale.disputes.get(event.object_id)
    excess = dispute.excess if dispute else sale.refund(event.object_id).claim.excess
    if not excess:
        raise Impossible(f"nothing is beyond its payment: {event}")
    return sale.owed, excess if event.break_id.endswith(".returned") else -excess


def _resolved(town: Town, event: BreakResolved, at: datetime) -> None:
    """An unsettled fact, which moves nothing, is none of the model's."""
    if event.break_id in town.model.breaks.all:
        town.model.breaks.resolved(event.break_id, event.account, at)


def _check_nobody_knows(town: Town, moved: dict[str, Any]) -> None:
    """A correction of Stripe's; a dispute of a payment that is itself under a break; or a refund
    worth less than half a unit of the settlement currency, which no posting can name."""
    dispute = town.world.tables.get("/dispute", {}).get(moved["source"])
    refund = town.world.tables.get("/refund", {}).get(moved["source"])
    if dispute is not None:
        known = dispute["charge"] not in town.model.unexpected.by_charge
    elif refund is not None:
        known = bool(town.model.booked_refund(refund["charge"], refund["id"])[1])
    else:
        known = moved["reporting_category"] != "other_adjustment"
    if known:
        raise Impossible(f"it can be explained: {moved} {dispute or refund}")


def _returned(town: Town, event: PaymentReturned, at: datetime) -> None:
    refund = stripes(town, "refund", event.stripe_refund_id)
    town.model.unexpected.returned(refund["charge"], refund["id"], refund["amount"], at)


def _return_failed(town: Town, event: PaymentReturnFailed, at: datetime) -> None:
    refund = stripes(town, "refund", event.stripe_refund_id)
    if refund["status"] not in {"failed", "canceled"}:
        raise Impossible(f"{refund} has not failed")
    town.model.unexpected.came_back(refund["charge"], refund["id"], at)


def _break_settled(town: Town, event: BreakSettled, at: datetime) -> None:
    _settled(town, event, at)
    town.model.unexpected.settled(event.object_id)


def _break_converted(town: Town, event: BreakConverted, at: datetime) -> None:
    charge = stripes(town, "charge", event.object_id)
    moved = stripes(town, "balance_transaction", charge["balance_transaction"])
    currency = moved["currency"].upper()
    town.model.unexpected.converted(event.object_id, currency, moved["amount"], at)


def _break_matured(town: Town, event: BreakFundsAvailable, at: datetime) -> None:
    """Of a payment under a break, of its return, or of the break's own transaction."""
    charge = town.world.tables.get("/charge", {}).get(event.break_id)
    returned = event.object_id in town.world.tables["/balance_transaction"]
    moved = charge["balance_transaction"] if charge else event.break_id
    town.model.stripe.matured(event.object_id if returned else moved, at)


_SILENT = (
    *get_args(UserEvent),
    SellerJoined,
    AccountOpened,
    SellerVerified,
    *get_args(ProductEvent),
    PaymentInitiated,
    PaymentAttemptFailed,
    ReserveKept,  # told with the release that it is a part of
    EvidenceSubmitted,
    FraudWarned,
    BankPayoutBegun,
    BankRetryScheduled,
    PayoutScheduleChosen,
    PaymentReturnAsked,
    *get_args(PeriodEvent),
    BreakAssigned,
    RunCompleted,
)
_TELLS: dict[type, Tell] = (
    dict.fromkeys(_SILENT, _nothing)
    | _PAYOUTS
    | _DEBTS
    | {
        OnboardingUpdated: _onboarding,
        PayoutsPaused: _paused,
        PayoutsReleased: _released_seller,
        OrderPlaced: _placed,
        OrderGranted: lambda town, event, _: town.model.sales.granted(event.order_id),
        OrderExpired: lambda town, event, at: town.model.sales.expired(event.order_id, at),
        OrderPaid: _paid,
        OrderDownloaded: _downloaded,
        ReserveAgreed: _reserve_agreed,
        FundsReleased: lambda town, event, at: town.model.sales.released(event.order_id, at),
        ReserveReleased: _reserve_released,
        PaymentSettled: _settled,
        RefundSettled: _refund_settled,
        PaymentConverted: _converted,
        DisputeSettled: _settled,
        FundsAvailable: _matured,
        RefundRequested: _refund_requested,
        RefundApproved: _refund_approved,
        RefundDeclined: _refund_off("requested"),
        RefundRefused: _refund_off("approved"),
        RefundCreated: _refund_made,
        RefundSucceeded: _refund_succeeded,
        RefundFailed: _refund_failed,
        DisputeOpened: _dispute_opened,
        DisputeWithdrawn: _dispute_withdrawn,
        DisputeReinstated: _dispute_reinstated,
        DisputeClosed: _dispute_closed,
        AdjustmentRecorded: _settled,
        AdjustmentFundsAvailable: _matured,
        BreakOpened: _broken,
        BreakSettled: _break_settled,
        BreakFundsAvailable: _break_matured,
        BreakResolved: _resolved,
        PaymentReturned: _returned,
        PaymentReturnFailed: _return_failed,
        PaymentReturnSettled: _refund_settled,
        BreakConverted: _break_converted,
    }
)
