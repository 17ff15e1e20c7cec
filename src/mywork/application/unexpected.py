"""What did not fit: the breaks that keep money and facts which our books did not expect."""

from datetime import datetime

from mywork.application.commands import DECIDERS, Command
from mywork.application.ports.tables import Receipt
from mywork.application.settlement import unexplained
from mywork.domain import breaks, order, payout, subscription
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import BreakId

Settlement = (
    order.SettleOrder | payout.SettlePayout | subscription.SettleSubscription | breaks.SettleBreak
)
Fact = (
    order.RecordRefund
    | order.OpenDispute
    | order.WithdrawDispute
    | order.ReinstateDispute
    | payout.RecordReversal
    | subscription.RecordInvoiceRefund
    | subscription.MoveInvoiceDispute
)
Payment = order.PayOrder | subscription.RecordInvoice
Excess = (  # each says how much of it no payment covers
    order.RefundCreated
    | order.RefundFailed
    | order.DisputeClosed
    | subscription.InvoiceDisputeClosed
)


def break_for(
    command: Command, error: Exception | None, *, patient: bool
) -> breaks.OpenBreak | None:
    """The break that keeps what its stream could not take; None where it must wait, or failed.

    Money that disagrees is a break at once. A balance transaction whose fact never comes is one
    once our patience is over.
    """
    late = isinstance(error, PredecessorMissing) and not patient
    if isinstance(command, Settlement) and (late or isinstance(error, PaymentDisagrees)):
        return unexplained(command.transaction, str(error), concerns=_stream(command))
    if not isinstance(error, PaymentDisagrees):
        return None
    if isinstance(command, Payment):
        return unexpected_payment(command, _stream(command), str(error))
    return _contradiction(command, str(error)) if isinstance(command, Fact) else None


def _contradiction(command: Fact, detail: str) -> breaks.OpenBreak:
    """A fact that its stream cannot take; its money will be told by its balance transaction."""
    match command:
        case order.RecordRefund() | subscription.RecordInvoiceRefund():
            named: str = command.stripe_refund_id
        case payout.RecordReversal():
            named = command.reversal_id
        case _:
            named = command.dispute_id
    return breaks.OpenBreak(
        break_id=BreakId(f"{named}.{type(command).__name__}"),
        kind="undeliverable_fact",
        object_id=named,
        currency="",
        amount_minor=0,
        fee_minor=0,
        available_on=None,
        concerns=_stream(command),
        detail=detail,
        at=command.at,
    )


def unexpected_payment(command: Payment, concerns: str, detail: str) -> breaks.OpenBreak:
    return breaks.OpenBreak(
        break_id=BreakId(command.charge_id),
        kind="unexpected_payment",
        object_id=command.charge_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=0,
        available_on=None,
        concerns=concerns,
        detail=detail,
        at=command.at,
    )


def undeliverable(receipt: Receipt, note: str, at: datetime) -> breaks.OpenBreak:
    """The break of a receipt that was given up: no money of its own, but somebody must look."""
    return breaks.OpenBreak(
        break_id=BreakId(receipt.external_id),
        kind="undeliverable_fact",
        object_id=receipt.external_id,
        currency="",
        amount_minor=0,
        fee_minor=0,
        available_on=None,
        concerns=receipt.object_key,
        detail=note,
        at=at,
    )


def exceeded(event: Excess, at: datetime) -> breaks.OpenBreak:
    """The break of what refunds and disputes took beyond a payment; negative where it went."""
    back = isinstance(event, order.RefundFailed)
    named = _named(event)
    return breaks.OpenBreak(
        break_id=BreakId(f"{named}.{'returned' if back else 'excess'}"),
        kind="exceeded_payment",
        object_id=named,
        currency=event.currency,
        amount_minor=event.excess_minor if back else -event.excess_minor,
        fee_minor=0,
        available_on=None,
        concerns=_stream_of(event),
        detail="refunds and disputes took more than was paid; what is beyond lies in suspense",
        at=at,
    )


def _named(event: Excess) -> str:
    """The refund or dispute."""
    if isinstance(event, order.RefundCreated | order.RefundFailed):
        return event.stripe_refund_id
    return event.dispute_id


def _stream_of(event: Excess) -> str:
    if isinstance(event, subscription.InvoiceDisputeClosed):
        return subscription.stream_of(event.user_id)
    return order.stream_of(event.order_id)


def _stream(command: Command) -> str:
    return DECIDERS[type(command)].stream(command)
