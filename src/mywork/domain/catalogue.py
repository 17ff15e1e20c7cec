"""Every concept, registered once: what can be asked, what can happen, and what of it moves money.

A name and its fields never change once released: a new meaning is a new version (`.v2`) with an
upcaster from the old one. `tests/golden/` keeps one stored example of each.
"""

from collections.abc import Mapping
from typing import Any

from mywork.domain.balance_adjustment import ADJUSTMENT, AdjustmentEvent
from mywork.domain.breaks.decider import BREAK
from mywork.domain.breaks.messages import BreakMoneyEvent
from mywork.domain.debt import DEBT, DebtMoneyEvent
from mywork.domain.decider import Decider
from mywork.domain.order.decider import ORDER, OrderMoneyEvent
from mywork.domain.payout.decider import PAYOUT, PayoutMoneyEvent
from mywork.domain.period.decider import PERIOD
from mywork.domain.product import PRODUCT
from mywork.domain.reconciliation import RECONCILIATION
from mywork.domain.seller.decider import SELLER
from mywork.domain.subscription.decider import SUBSCRIPTION, SubscriptionMoneyEvent
from mywork.domain.user import USER

CONCEPTS: tuple[Decider[Any, Any], ...] = (
    USER,
    SELLER,
    PRODUCT,
    ORDER,
    PAYOUT,
    SUBSCRIPTION,
    DEBT,
    ADJUSTMENT,
    BREAK,
    PERIOD,
    RECONCILIATION,
)
# What a type checker needs to see that every event that moves money is posted.
MoneyEvent = (
    OrderMoneyEvent
    | PayoutMoneyEvent
    | SubscriptionMoneyEvent
    | DebtMoneyEvent
    | AdjustmentEvent
    | BreakMoneyEvent
)

EVENTS: Mapping[str, type] = {
    name: event for concept in CONCEPTS for name, event in concept.events.items()
}
DECIDERS: Mapping[type, Decider[Any, Any]] = {
    command: concept for concept in CONCEPTS for command in concept.decisions
}
MONEY: frozenset[type] = frozenset(event for concept in CONCEPTS for event in concept.money)
