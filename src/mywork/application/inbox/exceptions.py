"""What did not fit: the breaks that keep money and facts which our books did not expect."""

from datetime import datetime

from mywork.application.commands import stream_of
from mywork.application.inbox.balance_transactions import unexplained
from mywork.application.ports.tables import Receipt
from mywork.domain.breaks.explanation_messages import OpenBreak
from mywork.domain.breaks.settlement_messages import SettleBreak
from mywork.domain.decider import Command
from mywork.domain.errors import PaymentDisagrees, PredecessorMissing
from mywork.domain.identifiers import BreakId
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    OpenDispute,
    ReinstateDispute,
    WithdrawDispute,
)
from mywork.domain.order.refund_messages import RecordRefund, RefundCreated, RefundFailed
from mywork.domain.order.sale_messages import PayOrder
from mywork.domain.order.settlement_messages import SettleOrder
from mywork.domain.payout.reversal_messages import RecordReversal
from mywork.domain.payout.transfer_messages import SettlePayout
from mywork.domain.streams import order_stream, subscription_stream
from mywork.domain.subscription.dispute_messages import InvoiceDisputeClosed, MoveInvoiceDispute
from mywork.domain.subscription.invoice_messages import RecordInvoice, RecordInvoiceRefund
from mywork.domain.subscription.settlement_messages import SettleSubscription

Settlement = SettleOrder | SettlePayout | SettleSubscription | SettleBreak
Fact = (
    RecordRefund
    | OpenDispute
    | WithdrawDispute
    | ReinstateDispute
    | RecordReversal
    | RecordInvoiceRefund
    | MoveInvoiceDispute
)
Payment = PayOrder | RecordInvoice
Excess = (  # each says how much of it no payment covers
    RefundCreated | RefundFailed | DisputeClosed | InvoiceDisputeClosed
)


def break_for(command: Command, error: Exception | None, *, retry: bool) -> OpenBreak | None:
    """The break that keeps what its stream could not take; None where it must wait, or failed.

    Money that disagrees is a break at once. A balance transaction whose fact never comes is one
    once it was retried for long enough.
    """
    late = isinstance(error, PredecessorMissing) and not retry
    if isinstance(command, Settlement) and (late or isinstance(error, PaymentDisagrees)):
        return unexplained(command.transaction, str(error), concerns=stream_of(command))
    if not isinstance(error, PaymentDisagrees):
        return None
    if isinstance(command, Payment):
        return unexpected_payment(command, stream_of(command), str(error))
    return _contradiction(command, str(error)) if isinstance(command, Fact) else None


def _contradiction(command: Fact, detail: str) -> OpenBreak:
    """A fact that its stream cannot take; its money will be told by its balance transaction."""
    match command:
        case RecordRefund() | RecordInvoiceRefund():
            named: str = command.stripe_refund_id
        case RecordReversal():
            named = command.reversal_id
        case _:
            named = command.dispute_id
    return OpenBreak(
        break_id=BreakId(f"{named}.{type(command).__name__}"),
        kind="undeliverable_fact",
        object_id=named,
        currency="",
        amount_minor=0,
        fee_minor=0,
        available_on=None,
        concerns=stream_of(command),
        detail=detail,
        at=command.at,
    )


def unexpected_payment(command: Payment, concerns: str, detail: str) -> OpenBreak:
    return OpenBreak(
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


def undeliverable(receipt: Receipt, note: str, at: datetime) -> OpenBreak:
    """The break of a receipt that was given up: no money of its own, but somebody must look."""
    return OpenBreak(
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


def exceeded(event: Excess, at: datetime) -> OpenBreak:
    """The break of what refunds and disputes took beyond a payment; negative where it went."""
    back = isinstance(event, RefundFailed)
    named = _named(event)
    return OpenBreak(
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
    if isinstance(event, RefundCreated | RefundFailed):
        return event.stripe_refund_id
    return event.dispute_id


def _stream_of(event: Excess) -> str:
    if isinstance(event, InvoiceDisputeClosed):
        return subscription_stream(event.user_id)
    return order_stream(event.order_id)
