"""Every event that exists, under the name it keeps for ever.

A name and its fields never change once released: a new meaning is a new version (`.v2`) with an
upcaster from the old one. `tests/golden/` keeps one stored example of each.
"""

from mywork.domain import breaks, movement, order, payout, product, seller, user

Event = (
    user.Event
    | seller.Event
    | product.Event
    | order.Event
    | payout.Event
    | movement.Event
    | breaks.Event
)

EVENTS: dict[str, type] = {
    "user.role_granted.v1": user.RoleGranted,
    "user.role_revoked.v1": user.RoleRevoked,
    "seller.joined.v1": seller.SellerJoined,
    "seller.account_opened.v1": seller.AccountOpened,
    "seller.onboarding_updated.v1": seller.OnboardingUpdated,
    "seller.verified.v1": seller.SellerVerified,
    "seller.payout_schedule_chosen.v1": seller.PayoutScheduleChosen,
    "seller.payouts_paused.v1": seller.PayoutsPaused,
    "seller.payouts_released.v1": seller.PayoutsReleased,
    "product.drafted.v1": product.ProductDrafted,
    "product.priced.v1": product.ProductPriced,
    "product.published.v1": product.ProductPublished,
    "order.placed.v1": order.OrderPlaced,
    "order.granted.v1": order.OrderGranted,
    "order.payment_initiated.v1": order.PaymentInitiated,
    "order.payment_attempt_failed.v1": order.PaymentAttemptFailed,
    "order.paid.v1": order.OrderPaid,
    "order.payment_settled.v1": order.PaymentSettled,
    "order.funds_available.v1": order.FundsAvailable,
    "order.funds_released.v1": order.FundsReleased,
    "order.expired.v1": order.OrderExpired,
    "order.payment_converted.v1": order.PaymentConverted,
    "order.reserve_agreed.v1": order.ReserveAgreed,
    "order.reserve_kept.v1": order.ReserveKept,
    "order.reserve_released.v1": order.ReserveReleased,
    "order.downloaded.v1": order.OrderDownloaded,
    "order.refund_requested.v1": order.RefundRequested,
    "order.refund_approved.v1": order.RefundApproved,
    "order.refund_declined.v1": order.RefundDeclined,
    "order.refund_refused.v1": order.RefundRefused,
    "order.refund_created.v1": order.RefundCreated,
    "order.refund_succeeded.v1": order.RefundSucceeded,
    "order.refund_failed.v1": order.RefundFailed,
    "order.refund_settled.v1": order.RefundSettled,
    "order.dispute_opened.v1": order.DisputeOpened,
    "order.dispute_withdrawn.v1": order.DisputeWithdrawn,
    "order.dispute_reinstated.v1": order.DisputeReinstated,
    "order.dispute_closed.v1": order.DisputeClosed,
    "order.dispute_settled.v1": order.DisputeSettled,
    "order.evidence_submitted.v1": order.EvidenceSubmitted,
    "order.fraud_warned.v1": order.FraudWarned,
    "payout.requested.v1": payout.PayoutRequested,
    "payout.sent.v1": payout.PayoutSent,
    "payout.transfer_settled.v1": payout.TransferSettled,
    "payout.refused.v1": payout.PayoutRefused,
    "payout.bank_payout_begun.v1": payout.BankPayoutBegun,
    "payout.completed.v1": payout.PayoutCompleted,
    "payout.bank_payout_failed.v1": payout.BankPayoutFailed,
    "movement.recorded.v1": movement.MovementRecorded,
    "movement.funds_available.v1": movement.MovementFundsAvailable,
    "payout.queued.v1": payout.PayoutQueued,
    "payout.held.v1": payout.PayoutHeld,
    "payout.dispatched.v1": payout.PayoutDispatched,
    "payout.cancelled.v1": payout.PayoutCancelled,
    "payout.bank_retry_scheduled.v1": payout.BankRetryScheduled,
    "payout.bank_payout_retried.v1": payout.BankPayoutRetried,
    "payout.reversal_requested.v1": payout.ReversalRequested,
    "payout.transfer_reversed.v1": payout.TransferReversed,
    "payout.reversal_settled.v1": payout.ReversalSettled,
    "payout.reversal_failed.v1": payout.ReversalFailed,
    "break.opened.v1": breaks.BreakOpened,
    "break.settled.v1": breaks.BreakSettled,
    "break.funds_available.v1": breaks.BreakFundsAvailable,
    "break.resolved.v1": breaks.BreakResolved,
}
