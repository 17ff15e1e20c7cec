"""One example of every event: for golden files, posting rules and documentation."""

from datetime import UTC, datetime, timedelta
from typing import Any

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
from mywork.domain.catalogue import EVENTS

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
ORDER = "0199aa00-0000-7000-8000-000000000002"
PRODUCT = "0199aa00-0000-7000-8000-000000000001"
REFUND = "0199aa00-0000-7000-8000-000000000003"
MONTH_LATER = AT + timedelta(days=30)
FIRST_OF_DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
PAYOUT = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"

_examples: list[Any] = [
    user.RoleGranted("user_fin", "finance"),
    user.RoleRevoked("user_fin", "finance"),
    seller.SellerJoined("ada", "US"),
    seller.AccountOpened("ada", "acct_1"),
    seller.OnboardingUpdated("ada", "acct_1", True, False, False, ("external_account",), ""),
    seller.SellerVerified("ada", "verified"),
    seller.PayoutScheduleChosen("ada", "monthly"),
    seller.PayoutsPaused("ada", "an identity check is open"),
    seller.PayoutsReleased("ada", "the identity check passed"),
    product.ProductDrafted(
        PRODUCT, "ada", "saas-starter-1", "SaaS starter", "Long text", "saas-starters",
        ("python",), ("billing",),
    ),
    product.ProductPriced(PRODUCT, "USD", {"standard": 29_900}),
    product.ProductPublished(PRODUCT),
    order.OrderPlaced(
        ORDER, "MW-2026-00001", "bo", "ada", PRODUCT, "SaaS starter", 1, "standard", "USD",
        29_900, 26_013, 2_990, 897, "usd-2026-1", AT + timedelta(days=1),
    ),
    order.OrderGranted(ORDER, "bo", "ada", PRODUCT),
    order.PaymentInitiated(ORDER, "pi_1"),
    order.PaymentAttemptFailed(ORDER, "pi_1", "generic_decline"),
    order.OrderPaid(
        ORDER, "bo", "ada", PRODUCT, "pi_1", "ch_1", "USD", 29_900, 26_013, 2_990, 897,
        AT + timedelta(days=7),
    ),
    order.PaymentSettled(
        ORDER, "txn_1", "ch_1", "USD", 29_900, 897, AT + timedelta(days=2), ""
    ),
    order.FundsAvailable(ORDER, "txn_1", "USD", 29_003),
    order.FundsReleased(ORDER, "ada", "USD", 26_013),
    order.OrderExpired(ORDER, "pi_1"),
    order.PaymentConverted(
        ORDER, "ada", "ch_1", "txn_1", "EUR", 29_900, "USD", 32_292, 28_094, 3_229, 969, "1.08",
        (
            order.ConvertedPart("pending", "", 26_013, 28_094),
            order.ConvertedPart("commission", "", 2_990, 3_229),
            order.ConvertedPart("processing", "", 897, 969),
        ),
        (),
    ),
    order.ReserveAgreed(ORDER, 1_000, 30),
    order.ReserveKept(ORDER, "ada", "USD", 2_601, AT + timedelta(days=37)),
    order.ReserveReleased(ORDER, "ada", "USD", 2_601),
    order.OrderDownloaded(ORDER),
    order.RefundRequested(
        ORDER, REFUND, "ada", "buyer", "it does not run here", "USD", 29_900, "USD", 29_900,
        26_910, 2_990, 0, 0, 26_013, 0, 897, False,
    ),
    order.RefundApproved(ORDER, REFUND, "pi_1", "USD", 29_900),
    order.RefundDeclined(ORDER, REFUND, "ada", "it was used", "USD", 26_910, 26_910, 0),
    order.RefundRefused(ORDER, REFUND, "ada", "charge_disputed", "USD", 26_910, 26_910, 0),
    order.RefundCreated(ORDER, REFUND, "ada", "re_1", "USD", 29_900, 26_910, 2_990, 0, 0),
    order.RefundSucceeded(ORDER, REFUND, "re_1"),
    order.RefundFailed(
        ORDER, REFUND, "ada", "re_1", False, "expired_or_canceled_card", "USD", 29_900,
        26_910, 0, 2_990, 0, 0,
    ),
    order.RefundSettled(ORDER, REFUND, "re_1", "txn_3", "USD", 29_900, 29_900, 0, 0, None),
    order.DisputeOpened(
        ORDER, "dp_1", "bo", "ada", "ch_1", "USD", 29_900, "fraudulent", False,
        AT + timedelta(days=9),
    ),
    order.DisputeWithdrawn(
        ORDER, "dp_1", "ada", "txn_4", 29_900, "USD", 29_900, 1_500, 26_910, 2_990,
        26_013, 0, 2_397,
    ),
    order.DisputeReinstated(
        ORDER, "dp_1", "ada", "txn_5", "USD", 29_900, 1_500, 29_900, 26_910, 2_990, 0
    ),
    order.DisputeClosed(
        ORDER, "dp_1", "ada", "lost", "USD", 29_900, 26_910, 26_910, 2_990, 0, 0, 0, 0, 0,
        AT + timedelta(days=7), None,
    ),
    order.DisputeSettled(ORDER, "dp_1", "txn_4", "USD", 29_900, 1_500, None),
    order.EvidenceSubmitted(ORDER, "dp_1", ("product_description",), True),
    order.FraudWarned(ORDER, "issfr_1", "ch_1", "unauthorized_use_of_card", True),
    payout.PayoutRequested(PAYOUT, "ada", "USD", 26_013, "acct_1", "weekly"),
    payout.PayoutSent(PAYOUT, "ada", "USD", 26_013, "tr_1"),
    payout.TransferSettled(PAYOUT, "ada", "USD", "txn_2", "tr_1", 26_013, 0),
    payout.PayoutRefused(PAYOUT, "ada", "USD", 26_013, "account_invalid"),
    payout.BankPayoutBegun(PAYOUT, "po_1"),
    payout.PayoutCompleted(PAYOUT, "po_1"),
    payout.BankPayoutFailed(PAYOUT, "po_1", "account_closed"),
    movement.MovementRecorded(
        "txn_3", "bank", "topup", "tu_1", "USD", 50_000, 0, AT + timedelta(days=2)
    ),
    movement.MovementFundsAvailable("txn_3", "USD", 50_000),
    payout.PayoutQueued(PAYOUT),
    payout.PayoutHeld(PAYOUT, "an identity check is open"),
    payout.PayoutDispatched(PAYOUT, 1),
    payout.PayoutCancelled(PAYOUT, "ada", "USD", 26_013, "changed my mind"),
    payout.BankRetryScheduled(PAYOUT, 2, AT + timedelta(days=1)),
    payout.BankPayoutRetried(PAYOUT, 2),
    payout.ReversalRequested(PAYOUT, "tr_1", 26_013, 1, "account_closed", True),
    payout.TransferReversed(PAYOUT, "ada", "USD", "tr_1", "trr_1", 26_013),
    payout.ReversalSettled(PAYOUT, "ada", "USD", "txn_3", "trr_1", 26_013, 0),
    payout.ReversalFailed(PAYOUT, 1, "balance_insufficient"),
    subscription.SubscriptionRequested("bo", "1", "pro-usd-2026-1", "pro", "USD", 2_900),
    subscription.SubscriptionRefused("bo", "1", "resource_missing"),
    subscription.CustomerOpened("bo", "cus_1"),
    subscription.SubscriptionStarted("bo", "sub_1", "1", "pro", "USD", 2_900, AT, MONTH_LATER),
    subscription.StatusChanged("bo", "sub_1", "active", None),
    subscription.PeriodBegun("bo", "sub_1", MONTH_LATER, MONTH_LATER + timedelta(days=31)),
    subscription.PlanChangeRequested("bo", "sub_1", "team-usd-2026-1", "team", "USD", 9_900),
    subscription.PlanChangeRefused("bo", "sub_1", "team-usd-2026-1", "card_declined"),
    subscription.PlanChanged("bo", "sub_1", "team", 9_900),
    subscription.CancellationRequested("bo", "sub_1", False),
    subscription.CancellationScheduled("bo", "sub_1", MONTH_LATER),
    subscription.ResumptionRequested("bo", "sub_1"),
    subscription.CancellationWithdrawn("bo", "sub_1"),
    subscription.GraceEnded("bo", "sub_1"),
    subscription.SubscriptionEnded(
        "bo", "sub_1", "canceled", MONTH_LATER, "cancellation_requested"
    ),
    subscription.InvoicePaid(
        "bo", "in_1", "sub_1", "ch_2", "USD", 2_900,
        (subscription.Line("il_1", 2_900, AT, MONTH_LATER),),
    ),
    subscription.CreditApplied("bo", "in_3", "USD", 2_900),
    subscription.CreditGranted("bo", "in_2", "USD", 3_500),
    subscription.InvoiceFailed("bo", "in_4", "sub_1", 1, MONTH_LATER + timedelta(days=1)),
    subscription.InvoiceSettled(
        "bo", "in_1", "txn_6", "ch_2", "USD", 2_900, 114, AT + timedelta(days=2), ""
    ),
    subscription.InvoiceConverted(
        "bo", "in_5", "ch_3", "EUR", 2_900, 967, 1_933, "USD", 3_190, 1_064, 2_126, "1.1",
        FIRST_OF_DECEMBER,
    ),
    subscription.SubscriptionFundsAvailable("bo", "txn_6", "USD", 2_786),
    subscription.RevenueRecognised("bo", "in_1", "USD", FIRST_OF_DECEMBER, 1_933, 967),
    subscription.InvoiceRefunded(
        "bo", "in_1", "re_2", "ch_2", "USD", 2_900, "USD", 2_900, 967, 1_933, FIRST_OF_DECEMBER,
        MONTH_LATER,
    ),
    subscription.InvoiceRefundSucceeded("bo", "in_1", "re_2"),
    subscription.InvoiceRefundFailed(
        "bo", "in_1", "re_2", False, "expired_or_canceled_card", "USD", 2_900, 967, 1_933,
        FIRST_OF_DECEMBER + timedelta(days=1), MONTH_LATER,
    ),
    subscription.InvoiceRefundSettled(
        "bo", "in_1", "re_2", "txn_7", "USD", 2_900, 2_900, 0, 0, None
    ),
    subscription.InvoiceDisputed("bo", "in_1", "dp_2", "ch_2", "USD", 2_900, "fraudulent", False),
    subscription.InvoiceDisputeMoved("bo", "in_1", "dp_2", "txn_8", "USD", 2_900, 2_900),
    subscription.InvoiceDisputeClosed(
        "bo", "in_1", "dp_2", "lost", "USD", 2_900, 967, 1_933, 0, 0, FIRST_OF_DECEMBER,
        MONTH_LATER,
    ),
    subscription.InvoiceDisputeSettled(
        "bo", "in_1", "dp_2", "txn_8", "USD", 2_900, 1_500, None
    ),
    debt.DebtReclassified("ada", "USD", 5_000, AT - timedelta(days=31)),
    debt.DebtRecouped("ada", "USD", 2_000),
    debt.WriteOffProposed("ada", "USD", 3_000, "the seller has gone", "user_fin"),
    debt.DebtWrittenOff("ada", "USD", 3_000, "the seller has gone", "user_fin", "user_boss"),
    debt.WriteOffRecovered("ada", "USD", 1_000),
    breaks.BreakOpened(
        "ch_9", "unexpected_payment", "ch_9", "USD", 29_900, 0, None, f"order-{ORDER}",
        "the order expired before ch_9 was paid",
    ),
    breaks.BreakSettled("ch_9", "ch_9", "txn_9", "USD", 29_900, 897, AT + timedelta(days=2)),
    breaks.BreakFundsAvailable("ch_9", "ch_9", "USD", 29_003),
    breaks.FactWrittenOff(
        "uncleared-ch_1-USD", "ch_1", "USD", 29_900, "expense:bad_debt", "Stripe lost it"
    ),
    breaks.BreakConverted("ch_9", "ch_9", "EUR", 29_900, "USD", 32_394),
    breaks.PaymentReturnAsked("ch_9", "ch_9"),
    breaks.PaymentReturned("ch_9", "ch_9", "re_9", "USD", 29_900),
    breaks.PaymentReturnFailed("ch_9", "ch_9", "re_9", "USD", 29_900),
    breaks.PaymentReturnSettled("ch_9", "re_9", "txn_10", "USD", 29_900, 29_900, 0, 0, None),
    breaks.BreakResolved("ch_9", "ch_9", "USD", 29_900, "bank", "refunded by hand"),
    period.PeriodClosed(
        "2026-10", 1, 4_711, (period.Check("suspense_empty", 3), period.Check("fees_known", 250)),
        "user_fin",
    ),
    period.ReopeningProposed("2026-10", "an invoice was booked twice", "user_fin"),
    period.PeriodReopened("2026-10", "an invoice was booked twice", "user_fin", "user_boss"),
    breaks.BreakAssigned("ch_9", "user_fin"),
    breaks.BreakReopened(
        "ch_9", "ch_9", "", "USD", 29_900, "suspense:stripe", "bank", "it was never refunded"
    ),
    breaks.DifferenceFound(
        "fee_differs-txn_1", "fee_differs", "ch_1", "txn_1", "USD", 897, f"order-{ORDER}",
        "Stripe says that txn_1 cost 8.97 USD, the books 17.94 USD",
        breaks.Evidence(
            "stripe", ("txn_1", "ch_1"), (12,),
            breaks.Figures("USD", 29_900, 897, AT), breaks.Figures("USD", 29_900, 1_794, AT),
        ),
    ),
    reconciliation.RunCompleted(
        "0199aa00-0000-7000-8000-000000000009", "stripe", "", AT - timedelta(days=31), None, 4_711,
        {"charge": 250, "refund": 3}, 1, {"fee_differs": 1}, 0,
        (reconciliation.ComparedBalance("USD", 7_250_750, 7_249_853, 897),),
    ),
    breaks.DifferenceEnded("fee_differs-txn_1", "both sides say the same"),
    breaks.DifferenceCorrected(
        "fee_differs-txn_1", "ch_1", "txn_1", "USD", 897, "stripe:available",
        "expense:processing", "it was taken once",
    ),
]  # fmt: skip

_by_class = {type(example): example for example in _examples}
EXAMPLES: dict[str, Any] = {name: _by_class[event] for name, event in EVENTS.items()}
