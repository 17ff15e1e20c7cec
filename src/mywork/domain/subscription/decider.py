"""The subscription's decider: which verb takes a command, and how an event changes the state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from mywork.domain.decider import Decider
from mywork.domain.streams import subscription_stream
from mywork.domain.subscription import (
    contract,
    dispute,
    disputing,
    earning,
    following,
    funds,
    invoice,
    requesting,
    settling,
)
from mywork.domain.subscription.evolving import evolve_subscription
from mywork.domain.subscription.states import SubscriptionState

SubscriptionEvent = (
    contract.ContractEvent
    | invoice.InvoiceEvent
    | funds.SubscriptionFundsEvent
    | dispute.InvoiceDisputeEvent
)

DECISIONS: Mapping[type, Callable[[Any, SubscriptionState], Sequence[SubscriptionEvent]]] = {
    contract.Subscribe: requesting.subscribe,
    contract.RefuseSubscription: requesting.refuse,
    contract.OpenCustomer: requesting.open_customer,
    contract.ChangePlan: requesting.change_plan,
    contract.RefusePlanChange: requesting.refuse_change,
    contract.CancelSubscription: requesting.cancel,
    contract.ResumeSubscription: requesting.resume,
    contract.FollowSubscription: following.follow,
    contract.EndGrace: following.end_grace,
    invoice.RecordInvoice: earning.record_invoice,
    invoice.FailInvoice: earning.fail_invoice,
    invoice.RecogniseRevenue: earning.recognise,
    invoice.RecordInvoiceRefund: earning.record_refund,
    invoice.ConcludeInvoiceRefund: earning.conclude_refund,
    funds.SettleSubscription: settling.settle,
    funds.MakeSubscriptionFundsAvailable: settling.make_available,
    dispute.OpenInvoiceDispute: disputing.open_,
    dispute.MoveInvoiceDispute: disputing.move,
    dispute.CloseInvoiceDispute: disputing.close,
}

SubscriptionMoneyEvent = (
    invoice.InvoicePaid
    | invoice.CreditApplied
    | invoice.CreditGranted
    | invoice.RevenueRecognised
    | invoice.InvoiceRefunded
    | invoice.InvoiceRefundFailed
    | funds.SubscriptionFundsEvent
    | dispute.InvoiceDisputeMoved
    | dispute.InvoiceDisputeClosed
    | dispute.InvoiceDisputeSettled
)
_PRICE = "the price of a plan; its invoices say what is paid"

SUBSCRIPTION: Decider[SubscriptionEvent, SubscriptionState] = Decider(
    initial=SubscriptionState(),
    decisions=DECISIONS,
    evolve=evolve_subscription,
    stream=lambda command: subscription_stream(command.user_id),
    events=contract.EVENTS | invoice.EVENTS | funds.EVENTS | dispute.EVENTS,
    money=get_args(SubscriptionMoneyEvent),
    still={
        contract.SubscriptionRequested: _PRICE,
        contract.SubscriptionStarted: _PRICE,
        contract.PlanChangeRequested: _PRICE,
        contract.PlanChanged: _PRICE,
        dispute.InvoiceDisputed: "the bank says what it contests; what it takes comes by itself",
    },
)
