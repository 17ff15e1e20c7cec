"""What did not fit: the breaks that keep money and facts which our books did not expect."""

from datetime import datetime

from mywork.application.commands import DECIDERS, Command
from mywork.application.ports import Receipt
from mywork.domain import breaks, order, payout
from mywork.domain.errors import PaymentDisagrees
from mywork.domain.identifiers import BreakId


def break_for(command: Command, error: Exception | None) -> breaks.OpenBreak | None:
    """The break that keeps the money of a payment or settlement which its order refused."""
    if not isinstance(error, PaymentDisagrees):
        return None
    match command:
        case order.PayOrder(order_id=order_id):
            return unexpected_payment(command, order.stream_of(order_id), str(error))
        case order.SettlePayment(charge_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, amount_minor, str(error))
        case payout.SettleTransfer(transfer_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, -amount_minor, str(error))
        case breaks.SettleBreak(break_id=object_id, amount_minor=amount_minor):
            return _second_settlement(command, object_id, amount_minor, str(error))
        case _:
            return None


def _second_settlement(
    command: order.SettlePayment | payout.SettleTransfer | breaks.SettleBreak,
    object_id: str,
    amount_minor: int,
    detail: str,
) -> breaks.OpenBreak:
    """A balance transaction whose object was settled before, or in another currency."""
    return breaks.OpenBreak(
        break_id=BreakId(command.transaction_id),
        kind="unexplained_transaction",
        object_id=object_id,
        currency=command.currency,
        amount_minor=amount_minor,
        fee_minor=command.fee_minor,
        available_on=getattr(command, "available_on", None),
        concerns=DECIDERS[type(command)].stream(command),
        detail=detail,
        at=command.at,
    )


def unexpected_payment(command: order.PayOrder, concerns: str, detail: str) -> breaks.OpenBreak:
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
