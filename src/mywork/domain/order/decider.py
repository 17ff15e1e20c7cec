"""The order's decider: which decision answers which command."""

from typing import get_args

from mywork.domain.decider import Decider
from mywork.domain.order import (
    dispute_decisions,
    dispute_messages,
    refund_decisions,
    refund_messages,
    refund_outcome_decisions,
    release_decisions,
    sale_decisions,
    sale_messages,
    settlement_decisions,
    settlement_messages,
)
from mywork.domain.order.dispute_messages import DisputeMoneyEvent, DisputeOpened
from mywork.domain.order.evolve import OrderEvent, evolve_order
from mywork.domain.order.refund_messages import RefundApproved, RefundMoneyEvent
from mywork.domain.order.sale_messages import OrderPaid, OrderPlaced
from mywork.domain.order.settlement_messages import FundsEvent
from mywork.domain.order.state import Absent, OrderState
from mywork.domain.streams import order_stream

OrderMoneyEvent = OrderPaid | FundsEvent | RefundMoneyEvent | DisputeMoneyEvent

ORDER: Decider[OrderEvent, OrderState] = Decider(
    initial=Absent(),
    decisions=sale_decisions.DECISIONS
    | settlement_decisions.DECISIONS
    | release_decisions.DECISIONS
    | refund_decisions.DECISIONS
    | refund_outcome_decisions.DECISIONS
    | dispute_decisions.DECISIONS,
    evolve=evolve_order,
    stream=lambda command: order_stream(command.order_id),
    events=sale_messages.EVENTS
    | settlement_messages.EVENTS
    | refund_messages.EVENTS
    | dispute_messages.EVENTS,
    money=get_args(OrderMoneyEvent),
    still={
        OrderPlaced: "an offer and its price; nothing is paid yet",
        RefundApproved: "what was asked for, and set aside, is agreed to",
        DisputeOpened: "the bank says what it contests; what it takes comes by itself",
    },
)
