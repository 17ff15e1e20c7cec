"""The subscription's decider: which verb takes a command, and how an event changes the state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mywork.domain.decider import Decider
from mywork.domain.identifiers import UserId
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
from mywork.domain.subscription.evolving import evolve
from mywork.domain.subscription.states import State

Command = contract.Command | invoice.Command | funds.Command | dispute.Command
Event = contract.Event | invoice.Event | funds.Event | dispute.Event

Verb = Callable[[Any, State], Sequence[Any]]
VERBS: Mapping[type, Verb] = {
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


def decide(command: Command, state: State) -> Sequence[Event]:
    return VERBS[type(command)](command, state)


def stream(command: Command) -> str:
    return stream_of(command.user_id)


def stream_of(user_id: UserId) -> str:
    """One stream per user: nobody has two subscriptions at once."""
    return f"subscription-{user_id}"


decider: Decider[Command, Event, State] = Decider(State(), decide, evolve, stream)
