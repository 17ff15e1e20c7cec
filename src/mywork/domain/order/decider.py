"""The order's decider: which verb takes a command, and how an event changes the state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mywork.domain.decider import Decider
from mywork.domain.identifiers import OrderId
from mywork.domain.order import (
    dispute,
    disputing,
    funds,
    refund,
    refund_facts,
    refunding,
    releasing,
    sale,
    selling,
    settling,
)
from mywork.domain.order.evolving import evolve
from mywork.domain.order.states import Absent, State

Command = sale.Command | funds.Command | refund.Command | dispute.Command
Event = sale.Event | funds.Event | refund.Event | dispute.Event

Verb = Callable[[Any, State], Sequence[Any]]
VERBS: Mapping[type, Verb] = {
    sale.PlaceOrder: selling.place,
    sale.InitiatePayment: selling.initiate,
    sale.FailPaymentAttempt: selling.fail_attempt,
    sale.PayOrder: selling.pay,
    sale.ExpireOrder: selling.expire,
    sale.RecordDownload: selling.record_download,
    funds.SettleOrder: settling.settle,
    funds.MakeFundsAvailable: settling.make_available,
    funds.MakeTransactionAvailable: settling.make_transaction_available,
    funds.ReleaseFunds: releasing.release,
    funds.ReleaseReserve: releasing.release_reserve,
    refund.RequestRefund: refunding.request_refund,
    refund.ApproveRefund: refunding.approve_refund,
    refund.DeclineRefund: refunding.decline_refund,
    refund.RefuseRefund: refund_facts.refuse_refund,
    refund.RecordRefund: refund_facts.record_refund,
    refund.ConcludeRefund: refund_facts.conclude_refund,
    dispute.OpenDispute: disputing.open_dispute,
    dispute.WithdrawDispute: disputing.withdraw_dispute,
    dispute.ReinstateDispute: disputing.reinstate_dispute,
    dispute.CloseDispute: disputing.close_dispute,
    dispute.SubmitEvidence: disputing.submit_evidence,
    dispute.RecordFraudWarning: disputing.record_fraud_warning,
}


def decide(command: Command, state: State) -> Sequence[Event]:
    return VERBS[type(command)](command, state)


def stream(command: Command) -> str:
    return stream_of(command.order_id)


def stream_of(order_id: OrderId) -> str:
    return f"order-{order_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
