"""What each event posts: one exhaustive match, no arithmetic but net = amount - fee.

Amounts are decided in the domain and stored in the event; a rule only places them. Facts learnt
from Stripe's objects post against `stripe:uncleared`; Stripe's own balance transactions move
`stripe:pending` and `stripe:available`, and nothing else does.
"""

from typing import Any, assert_never

from mywork.domain.balance_adjustment import AdjustmentEvent
from mywork.domain.breaks.messages import BreakMoneyEvent
from mywork.domain.catalogue import MONEY, MoneyEvent
from mywork.domain.debt import DebtMoneyEvent
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
)
from mywork.domain.order.refund_messages import (
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
)
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.settlement_messages import (
    FundsAvailable,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.payout.decider import PayoutMoneyEvent
from mywork.domain.subscription.decider import SubscriptionMoneyEvent
from mywork.ledger.entry import Entry
from mywork.ledger.rules.adjustments import adjustment_posts
from mywork.ledger.rules.breaks import break_posts
from mywork.ledger.rules.debts import debt_posts
from mywork.ledger.rules.disputes import (
    dispute_closed,
    dispute_reinstated,
    dispute_settled,
    dispute_withdrawn,
)
from mywork.ledger.rules.orders import (
    funds_released,
    order_paid,
    payment_converted,
    reserve_kept,
    reserve_released,
)
from mywork.ledger.rules.payouts import payout_posts
from mywork.ledger.rules.refunds import refund_created, refund_failed, refund_off, refund_requested
from mywork.ledger.rules.stripe import charge_settled, funds_available, refund_settled
from mywork.ledger.rules.subscriptions import subscription_posts


def post(event: Any) -> Entry | None:
    """The entry that an event means; None where no money moves."""
    return _money_posts(event) if type(event) in MONEY else None


def _money_posts(event: MoneyEvent) -> Entry | None:  # noqa: C901  a flat table, one line an event
    match event:
        case OrderPaid():
            return order_paid(event)
        case PaymentSettled():
            return charge_settled(event, event.charge_id)
        case FundsAvailable():
            return funds_available(event)
        case FundsReleased():
            return funds_released(event)
        case PaymentConverted():
            return payment_converted(event)
        case ReserveKept():
            return reserve_kept(event)
        case ReserveReleased():
            return reserve_released(event)
        case RefundRequested():
            return refund_requested(event)
        case RefundDeclined() | RefundRefused():
            return refund_off(event)
        case RefundCreated():
            return refund_created(event)
        case RefundFailed():
            return refund_failed(event)
        case RefundSettled():
            return refund_settled(event)
        case DisputeWithdrawn():
            return dispute_withdrawn(event)
        case DisputeReinstated():
            return dispute_reinstated(event)
        case DisputeClosed():
            return dispute_closed(event)
        case DisputeSettled():
            return dispute_settled(event)
        case _ if isinstance(event, PayoutMoneyEvent):
            return payout_posts(event)
        case _ if isinstance(event, SubscriptionMoneyEvent):
            return subscription_posts(event)
        case _ if isinstance(event, DebtMoneyEvent):
            return debt_posts(event)
        case _ if isinstance(event, AdjustmentEvent):
            return adjustment_posts(event)
        case _ if isinstance(event, BreakMoneyEvent):
            return break_posts(event)
        case _:
            assert_never(event)
