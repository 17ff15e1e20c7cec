"""The subscription's decider: which decision answers which command."""

from typing import get_args

from mywork.domain.decider import Decider
from mywork.domain.streams import subscription_stream
from mywork.domain.subscription import (
    contract_decisions,
    contract_messages,
    dispute_decisions,
    dispute_messages,
    following_decisions,
    invoice_decisions,
    invoice_messages,
    settlement_decisions,
    settlement_messages,
)
from mywork.domain.subscription.contract_messages import (
    PlanChanged,
    PlanChangeRequested,
    SubscriptionRequested,
    SubscriptionStarted,
)
from mywork.domain.subscription.dispute_messages import InvoiceDisputed, InvoiceDisputeMoneyEvent
from mywork.domain.subscription.evolve import SubscriptionEvent, evolve_subscription
from mywork.domain.subscription.invoice_messages import InvoiceMoneyEvent
from mywork.domain.subscription.settlement_messages import SubscriptionFundsEvent
from mywork.domain.subscription.state import SubscriptionState

SubscriptionMoneyEvent = InvoiceMoneyEvent | SubscriptionFundsEvent | InvoiceDisputeMoneyEvent
_PRICE = "the price of a plan; its invoices say what is paid"

SUBSCRIPTION: Decider[SubscriptionEvent, SubscriptionState] = Decider(
    initial=SubscriptionState(),
    decisions=contract_decisions.DECISIONS
    | following_decisions.DECISIONS
    | invoice_decisions.DECISIONS
    | settlement_decisions.DECISIONS
    | dispute_decisions.DECISIONS,
    evolve=evolve_subscription,
    stream=lambda command: subscription_stream(command.user_id),
    events=contract_messages.EVENTS
    | invoice_messages.EVENTS
    | settlement_messages.EVENTS
    | dispute_messages.EVENTS,
    money=get_args(SubscriptionMoneyEvent),
    still={
        SubscriptionRequested: _PRICE,
        SubscriptionStarted: _PRICE,
        PlanChangeRequested: _PRICE,
        PlanChanged: _PRICE,
        InvoiceDisputed: "the bank says what it contests; what it takes comes by itself",
    },
)
