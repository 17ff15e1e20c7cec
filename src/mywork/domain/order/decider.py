"""The order's decider: which verb takes a command, and how an event changes the state."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from mywork.domain.decider import Decider
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
from mywork.domain.order.evolving import evolve_order
from mywork.domain.order.states import Absent, OrderState
from mywork.domain.streams import order_stream

OrderEvent = sale.SaleEvent | funds.FundsEvent | refund.RefundEvent | dispute.DisputeEvent

DECISIONS: Mapping[type, Callable[[Any, OrderState], Sequence[OrderEvent]]] = {
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

OrderMoneyEvent = (
    sale.OrderPaid
    | funds.PaymentSettled
    | funds.FundsAvailable
    | funds.FundsReleased
    | funds.PaymentConverted
    | funds.ReserveKept
    | funds.ReserveReleased
    | refund.RefundRequested
    | refund.RefundDeclined
    | refund.RefundRefused
    | refund.RefundCreated
    | refund.RefundFailed
    | refund.RefundSettled
    | dispute.DisputeWithdrawn
    | dispute.DisputeReinstated
    | dispute.DisputeClosed
    | dispute.DisputeSettled
)

ORDER: Decider[OrderEvent, OrderState] = Decider(
    initial=Absent(),
    decisions=DECISIONS,
    evolve=evolve_order,
    stream=lambda command: order_stream(command.order_id),
    events=sale.EVENTS | funds.EVENTS | refund.EVENTS | dispute.EVENTS,
    money=get_args(OrderMoneyEvent),
    still={
        sale.OrderPlaced: "an offer and its price; nothing is paid yet",
        refund.RefundApproved: "what was asked for, and set aside, is agreed to",
        dispute.DisputeOpened: "the bank says what it contests; what it takes comes by itself",
    },
)
