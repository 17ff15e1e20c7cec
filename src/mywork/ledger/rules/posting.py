"""What each event posts: one exhaustive match, no arithmetic but net = amount - fee.

Amounts are decided in the domain and stored in the event; a rule only places them. Facts learnt
from Stripe's objects post against `stripe:uncleared`; Stripe's own balance transactions move
`stripe:pending` and `stripe:available`, and nothing else does.
"""

from typing import Any, assert_never, get_args

from mywork.domain.balance_adjustment import AdjustmentEvent
from mywork.domain.breaks.evolve import BreakMoneyEvent
from mywork.domain.debt import DebtMoneyEvent
from mywork.domain.order.decider import OrderMoneyEvent
from mywork.domain.payout.decider import PayoutMoneyEvent
from mywork.domain.subscription.decider import SubscriptionMoneyEvent
from mywork.ledger.entry import Entry
from mywork.ledger.rules.adjustments import adjustment_posts
from mywork.ledger.rules.breaks import break_posts
from mywork.ledger.rules.debts import debt_posts
from mywork.ledger.rules.orders import order_posts
from mywork.ledger.rules.payouts import payout_posts
from mywork.ledger.rules.subscriptions import subscription_posts

# What a type checker needs to see that every event that moves money is posted.
MoneyEvent = (
    OrderMoneyEvent
    | PayoutMoneyEvent
    | SubscriptionMoneyEvent
    | DebtMoneyEvent
    | AdjustmentEvent
    | BreakMoneyEvent
)
MONEY: frozenset[type] = frozenset(get_args(MoneyEvent))


def post(event: Any) -> Entry | None:
    """The entry that an event means; None where no money moves."""
    return _money_posts(event) if type(event) in MONEY else None


def _money_posts(event: MoneyEvent) -> Entry | None:
    match event:
        case _ if isinstance(event, OrderMoneyEvent):
            return order_posts(event)
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
