"""What each event posts: one exhaustive match, no arithmetic but net = amount - fee.

Amounts are decided in the domain and stored in the event; a rule only places them. Facts learnt
from Stripe's objects post against `stripe:uncleared`; Stripe's own balance transactions move
`stripe:pending` and `stripe:available`, and nothing else does.
"""

from mywork.domain import (
    breaks,
    debt,
    movement,
    order,
    payout,
    period,
    product,
    reconciliation,
    seller,
    subscription,
    user,
)
from mywork.domain.catalogue import Event
from mywork.ledger.entry import Entry
from mywork.ledger.rules.breaks import break_posts
from mywork.ledger.rules.debts import debt_posts
from mywork.ledger.rules.disputes import (
    dispute_closed,
    dispute_reinstated,
    dispute_settled,
    dispute_withdrawn,
)
from mywork.ledger.rules.movements import movement_posts
from mywork.ledger.rules.orders import (
    funds_released,
    order_paid,
    payment_converted,
    reserve_kept,
    reserve_released,
)
from mywork.ledger.rules.payouts import payout_posts
from mywork.ledger.rules.refunds import (
    refund_created,
    refund_failed,
    refund_off,
    refund_requested,
)
from mywork.ledger.rules.stripe import charge_settled, funds_available, refund_settled
from mywork.ledger.rules.subscriptions import subscription_posts


def post(event: Event) -> Entry | None:  # noqa: C901  a flat table, one line an event
    """The entry that an event means; None where no money moves."""
    match event:
        case order.OrderPaid():
            return order_paid(event)
        case order.PaymentSettled():
            return charge_settled(event, event.charge_id)
        case order.FundsAvailable():
            return funds_available(event)
        case order.FundsReleased():
            return funds_released(event)
        case order.PaymentConverted():
            return payment_converted(event)
        case order.ReserveKept():
            return reserve_kept(event)
        case order.ReserveReleased():
            return reserve_released(event)
        case order.RefundRequested():
            return refund_requested(event)
        case order.RefundDeclined() | order.RefundRefused():
            return refund_off(event)
        case order.RefundCreated():
            return refund_created(event)
        case order.RefundFailed():
            return refund_failed(event)
        case order.RefundSettled():
            return refund_settled(event)
        case order.DisputeWithdrawn():
            return dispute_withdrawn(event)
        case order.DisputeReinstated():
            return dispute_reinstated(event)
        case order.DisputeClosed():
            return dispute_closed(event)
        case order.DisputeSettled():
            return dispute_settled(event)
        case _ if isinstance(event, payout.Event):
            return payout_posts(event)
        case _ if isinstance(event, subscription.Event):
            return subscription_posts(event)
        case _ if isinstance(event, debt.Event):
            return debt_posts(event)
        case _ if isinstance(event, movement.Event):
            return movement_posts(event)
        case _ if isinstance(event, breaks.Event):
            return break_posts(event)
        case _:
            _moves_no_money(event)
            return None


def _moves_no_money(
    event: user.Event
    | seller.Event
    | product.Event
    | order.OrderPlaced
    | order.OrderGranted
    | order.PaymentInitiated
    | order.PaymentAttemptFailed
    | order.OrderExpired
    | order.OrderDownloaded
    | order.ReserveAgreed
    | order.RefundApproved
    | order.RefundSucceeded
    | order.DisputeOpened
    | order.EvidenceSubmitted
    | order.FraudWarned
    | period.Event
    | reconciliation.Event,
) -> None:
    """Events that move no money; the type keeps the match above exhaustive."""
    del event
