"""From a Stripe balance transaction to the command that settles its fact.

The ledger itself knows which stream a Stripe object belongs to: the one whose posting first
named it. A transaction that nothing explains waits a bounded while and then becomes a break.
"""

from collections.abc import Mapping

from mywork.application.commands import Command
from mywork.application.ports import BalanceTransaction
from mywork.domain import breaks, order, payout
from mywork.domain.errors import PredecessorMissing
from mywork.domain.identifiers import BreakId, OrderId, SellerId, UserId

EXPLAINED_CATEGORIES = frozenset({"charge", "transfer"})


def needs_stream(transaction: BalanceTransaction) -> bool:
    """Whether a fact of ours must exist that this transaction settles."""
    return transaction.category in EXPLAINED_CATEGORIES


def command_for_transaction(
    transaction: BalanceTransaction, streams: Mapping[str, str], *, patient: bool
) -> Command:
    """Raises PredecessorMissing while it may still find its fact; else opens a break."""
    if not needs_stream(transaction):
        return unexplained(transaction, f"a movement of category {transaction.category!r}")
    stream = streams.get(transaction.object_id, "")
    category, _, identifier = stream.partition("-")
    match category:
        case "order":
            return _settle_order(transaction, OrderId(identifier))
        case "payouts":
            return _settle_transfer(transaction, identifier)
        case "break":
            return _settle_break(transaction, BreakId(identifier))
        case _ if patient:
            raise PredecessorMissing(
                f"{transaction.id} moves {transaction.object_id}, which no fact of ours names yet"
            )
        case _:
            return unexplained(transaction, f"no fact explains {transaction.object_id}")


def _settle_order(transaction: BalanceTransaction, order_id: OrderId) -> order.SettlePayment:
    return order.SettlePayment(
        order_id=order_id,
        transaction_id=transaction.id,
        charge_id=transaction.object_id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on or transaction.created,
        exchange_rate=transaction.exchange_rate,
        at=transaction.created,
    )


def _settle_transfer(transaction: BalanceTransaction, identifier: str) -> payout.SettleTransfer:
    seller_id, _, currency = identifier.rpartition("-")
    return payout.SettleTransfer(
        seller_id=SellerId(UserId(seller_id)),
        currency=currency,
        transaction_id=transaction.id,
        transfer_id=transaction.object_id,
        amount_minor=-transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        at=transaction.created,
    )


def _settle_break(transaction: BalanceTransaction, break_id: BreakId) -> breaks.SettleBreak:
    return breaks.SettleBreak(
        break_id=break_id,
        transaction_id=transaction.id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on or transaction.created,
        at=transaction.created,
    )


def unexplained(transaction: BalanceTransaction, detail: str) -> breaks.OpenBreak:
    return breaks.OpenBreak(
        break_id=BreakId(transaction.id),
        kind="unexplained_transaction",
        object_id=transaction.object_id or transaction.id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
        concerns="",
        detail=detail,
        at=transaction.created,
    )
