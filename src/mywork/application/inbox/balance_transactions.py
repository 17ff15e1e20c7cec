"""From a Stripe balance transaction to what it means, by its reporting category.

Some categories settle a fact of ours: the ledger itself knows which stream a Stripe object belongs
to, the one whose posting first named it. Some explain themselves. Everything else is a break, at
once: Stripe calls its own list of categories open (https://docs.stripe.com/reports/
reporting-categories), so an unknown one must be seen, and is kept in suspense meanwhile.
"""

from collections.abc import Mapping
from dataclasses import replace

from mywork.application.ports.meaning import Commands, Decidable, Ignored
from mywork.domain import streams
from mywork.domain.balance_adjustment import Kind as BalanceAdjustmentKind
from mywork.domain.balance_adjustment import RecordAdjustment
from mywork.domain.balance_transaction import PAYMENTS, BalanceTransaction
from mywork.domain.breaks.explanation_messages import Kind, OpenBreak
from mywork.domain.breaks.settlement_messages import SettleBreak
from mywork.domain.decider import Command
from mywork.domain.errors import PredecessorMissing
from mywork.domain.identifiers import BreakId, OrderId, UserId
from mywork.domain.order.settlement_messages import SettleOrder
from mywork.domain.payout.transfer_messages import SettlePayout
from mywork.domain.streams import payouts_owner, split
from mywork.domain.subscription.settlement_messages import SettleSubscription

# Explain themselves: what they are and where the money went is in the word.
ADJUSTMENTS: Mapping[str, BalanceAdjustmentKind] = {
    "fee": "stripe_fee",
    "network_cost": "stripe_fee",
    "tax": "stripe_fee",  # on Stripe's own fees
    "connect_reserved_funds": "reserve",
    "payment_network_reserve_hold": "reserve",
    "payment_network_reserve_release": "reserve",
    "payout_minimum_balance_hold": "reserve",
    "payout_minimum_balance_release": "reserve",
    "risk_reserved_funds": "reserve",
    "payout": "bank",
    "payout_reversal": "bank",
    "topup": "bank",
    "topup_reversal": "bank",
}
RISK_RESERVED = "risk_reserved"  # another of Stripe's balances


def meaning_of(transaction: BalanceTransaction, stream: str, *, retry: bool) -> Decidable:
    """What a transaction means; `stream` is its object's, empty where no fact of ours names it.

    Raises PredecessorMissing while it may still find its fact; afterwards it is a break.
    """
    kind = ADJUSTMENTS.get(transaction.category)
    if transaction.balance == RISK_RESERVED and kind == "reserve":
        return Ignored("the same amount moved the payments balance, by a transaction of its own")
    return Commands((_command(transaction, stream, retry=retry),))


def _command(transaction: BalanceTransaction, stream: str, *, retry: bool) -> Command:
    if transaction.balance != PAYMENTS:
        return _of_another_balance(transaction)
    kind = ADJUSTMENTS.get(transaction.category)
    if kind is not None:
        return RecordAdjustment(kind, transaction)
    if transaction.subject is not None:
        return _settlement(transaction, stream, retry=retry)
    return unexplained(transaction, f"a movement of category {transaction.category!r}")


def _settlement(transaction: BalanceTransaction, stream: str, *, retry: bool) -> Command:
    prefix, identifier = split(stream)
    match prefix:
        case streams.ORDERS:
            return SettleOrder(OrderId(identifier), transaction)
        case streams.PAYOUTS:
            return SettlePayout(*payouts_owner(stream), transaction)
        case streams.SUBSCRIPTIONS:
            return SettleSubscription(UserId(identifier), transaction)
        case streams.BREAKS:
            return _settle_break(transaction, BreakId(identifier))
        case _ if retry:
            raise PredecessorMissing(
                f"{transaction.id} moves {transaction.object_id}, which no fact of ours names yet"
            )
        case _:
            return unexplained(transaction, f"no fact explains {transaction.object_id}")


def _settle_break(transaction: BalanceTransaction, break_id: BreakId) -> SettleBreak | OpenBreak:
    of_payment = transaction.subject != "refund"
    if of_payment and transaction.object_id != break_id:  # a payment's break has its charge's name
        detail = f"{break_id} moved {transaction.object_id} before, and nobody has explained that"
        return unexplained(transaction, detail)
    return SettleBreak(break_id, transaction)


def _of_another_balance(transaction: BalanceTransaction) -> OpenBreak:
    """Its money is in no account of ours, so it posts nothing and never becomes available."""
    detail = f"it moved Stripe's balance {transaction.balance!r}, which these books do not keep"
    elsewhere = replace(transaction, available_on=None)
    return unexplained(elsewhere, detail, kind="foreign_balance")


def unexplained(
    transaction: BalanceTransaction,
    detail: str,
    kind: Kind = "unexplained_transaction",
    *,
    concerns: str = "",
) -> OpenBreak:
    return OpenBreak(
        break_id=BreakId(transaction.id),
        kind=kind,
        object_id=transaction.object_id or transaction.id,
        currency=transaction.currency,
        amount_minor=transaction.amount_minor,
        fee_minor=transaction.fee_minor,
        available_on=transaction.available_on,
        concerns=concerns,
        detail=detail,
        at=transaction.created,
    )
