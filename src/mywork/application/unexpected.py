"""What did not fit: the breaks that keep money and facts which our books did not expect."""

from datetime import datetime

from mywork.application.commands import DECIDERS, Command
from mywork.application.ports import Receipt
from mywork.domain import breaks, order, payout, subscription
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import BreakId

Settlement = (
    order.SettlePayment
    | order.SettleRefund
    | order.SettleDispute
    | payout.SettleTransfer
    | payout.SettleReversal
    | subscription.SettleInvoice
    | subscription.SettleInvoiceRefund
    | subscription.SettleInvoiceDispute
    | breaks.SettleBreak
    | breaks.SettleReturn
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
    if late and isinstance(command, Settlement):
        return _unsettled(command, str(error))
    if not isinstance(error, PaymentDisagrees):
        return None
    if isinstance(command, Payment):
        return unexpected_payment(command, DECIDERS[type(command)].stream(command), str(error))
    if isinstance(command, Settlement):
        return _unsettled(command, str(error))
    return _contradiction(command, str(error)) if isinstance(command, Fact) else None


def _unsettled(command: Settlement, detail: str) -> breaks.OpenBreak:
    """A transaction whose object is unknown, was settled before, or in another currency."""
    signed = -1 if isinstance(command, payout.SettleTransfer) else 1
    return breaks.OpenBreak(
        break_id=BreakId(command.transaction_id),
        kind="unexplained_transaction",
        object_id=_object_of(command),
        currency=command.currency,
        amount_minor=signed * command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=getattr(command, "available_on", None),
        concerns=DECIDERS[type(command)].stream(command),
        detail=detail,
        at=command.at,
    )


def _object_of(command: Settlement) -> str:
    match command:
        case order.SettlePayment() | subscription.SettleInvoice():
            return command.charge_id
        case order.SettleRefund() | subscription.SettleInvoiceRefund() | breaks.SettleReturn():
            return command.stripe_refund_id
        case order.SettleDispute() | subscription.SettleInvoiceDispute():
            return command.dispute_id
        case payout.SettleTransfer():
            return command.transfer_id
        case payout.SettleReversal():
            return command.reversal_id
        case breaks.SettleBreak():
            return command.break_id


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
        concerns=DECIDERS[type(command)].stream(command),
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
