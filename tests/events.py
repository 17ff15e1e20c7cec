"""One example of every event: for golden files, posting rules and documentation."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mywork.domain.balance_adjustment import AdjustmentFundsAvailable, AdjustmentRecorded
from mywork.domain.breaks.assignment_messages import BreakAssigned, BreakReopened
from mywork.domain.breaks.difference_messages import (
    DifferenceCorrected,
    DifferenceEnded,
    DifferenceFound,
    Evidence,
    Figures,
)
from mywork.domain.breaks.messages import (
    BreakConverted,
    BreakFundsAvailable,
    BreakOpened,
    BreakResolved,
    BreakSettled,
    FactWrittenOff,
    PaymentReturnAsked,
    PaymentReturned,
    PaymentReturnFailed,
    PaymentReturnSettled,
)
from mywork.domain.catalogue import EVENTS
from mywork.domain.debt import (
    DebtReclassified,
    DebtRecouped,
    DebtWrittenOff,
    WriteOffProposed,
    WriteOffRecovered,
)
from mywork.domain.order.dispute_messages import (
    DisputeClosed,
    DisputeOpened,
    DisputeReinstated,
    DisputeSettled,
    DisputeWithdrawn,
    EvidenceSubmitted,
    FraudWarned,
)
from mywork.domain.order.refund_messages import (
    RefundApproved,
    RefundCreated,
    RefundDeclined,
    RefundFailed,
    RefundRefused,
    RefundRequested,
    RefundSettled,
    RefundSucceeded,
)
from mywork.domain.order.sale_messages import (
    OrderDownloaded,
    OrderExpired,
    OrderGranted,
    OrderPaid,
    OrderPlaced,
    PaymentAttemptFailed,
    PaymentInitiated,
    ReserveAgreed,
)
from mywork.domain.order.settlement_messages import (
    ConvertedPart,
    FundsAvailable,
    FundsReleased,
    PaymentConverted,
    PaymentSettled,
    ReserveKept,
    ReserveReleased,
)
from mywork.domain.payout.bank_messages import (
    BankPayoutBegun,
    BankPayoutFailed,
    BankPayoutRetried,
    BankRetryScheduled,
    PayoutCompleted,
)
from mywork.domain.payout.reversal_messages import (
    ReversalFailed,
    ReversalRequested,
    ReversalSettled,
    TransferReversed,
)
from mywork.domain.payout.transfer_messages import (
    PayoutCancelled,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    TransferSettled,
)
from mywork.domain.period.messages import Check, PeriodClosed, PeriodReopened, ReopeningProposed
from mywork.domain.product import ProductDrafted, ProductPriced, ProductPublished
from mywork.domain.reconciliation import ComparedBalance, RunCompleted
from mywork.domain.seller.messages import (
    AccountOpened,
    OnboardingUpdated,
    PayoutScheduleChosen,
    PayoutsPaused,
    PayoutsReleased,
    SellerJoined,
    SellerVerified,
)
from mywork.domain.subscription.contract_messages import (
    CancellationRequested,
    CancellationScheduled,
    CancellationWithdrawn,
    CustomerOpened,
    GraceEnded,
    PeriodBegun,
    PlanChanged,
    PlanChangeRefused,
    PlanChangeRequested,
    ResumptionRequested,
    StatusChanged,
    SubscriptionEnded,
    SubscriptionRefused,
    SubscriptionRequested,
    SubscriptionStarted,
)
from mywork.domain.subscription.dispute_messages import (
    InvoiceDisputeClosed,
    InvoiceDisputed,
    InvoiceDisputeMoved,
    InvoiceDisputeSettled,
)
from mywork.domain.subscription.invoice_messages import (
    CreditApplied,
    CreditGranted,
    InvoiceFailed,
    InvoicePaid,
    InvoiceRefunded,
    InvoiceRefundFailed,
    InvoiceRefundSucceeded,
    Line,
    RevenueRecognised,
)
from mywork.domain.subscription.settlement_messages import (
    InvoiceConverted,
    InvoiceRefundSettled,
    InvoiceSettled,
    SubscriptionFundsAvailable,
)
from mywork.domain.user import RoleGranted, RoleRevoked

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
ORDER_ID = "0199aa00-0000-7000-8000-000000000002"
PRODUCT_ID = "0199aa00-0000-7000-8000-000000000001"
REFUND = "0199aa00-0000-7000-8000-000000000003"
MONTH_LATER = AT + timedelta(days=30)
FIRST_OF_DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
PAYOUT_ID = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"

_examples: list[Any] = [
    RoleGranted("user_fin", "finance"),
    RoleRevoked("user_fin", "finance"),
    SellerJoined("ada", "US"),
    AccountOpened("ada", "acct_1"),
    OnboardingUpdated("ada", "acct_1", True, False, False, ("external_account",), ""),
    SellerVerified("ada", "verified"),
    PayoutScheduleChosen("ada", "monthly"),
    PayoutsPaused("ada", "an identity check is open"),
    PayoutsReleased("ada", "the identity check passed"),
    ProductDrafted(
        PRODUCT_ID, "ada", "saas-starter-1", "SaaS starter", "Long text", "saas-starters",
        ("python",), ("billing",),
    ),
    ProductPriced(PRODUCT_ID, "USD", {"standard": 29_900}),
    ProductPublished(PRODUCT_ID),
    OrderPlaced(
        ORDER_ID, "MW-2026-00001", "bo", "ada", PRODUCT_ID, "SaaS starter", 1, "standard", "USD",
        29_900, 26_013, 2_990, 897, "usd-2026-1", AT + timedelta(days=1),
    ),
    OrderGranted(ORDER_ID, "bo", "ada", PRODUCT_ID),
    PaymentInitiated(ORDER_ID, "pi_1"),
    PaymentAttemptFailed(ORDER_ID, "pi_1", "generic_decline"),
    OrderPaid(
        ORDER_ID, "bo", "ada", PRODUCT_ID, "pi_1", "ch_1", "USD", 29_900, 26_013, 2_990, 897,
        AT + timedelta(days=7),
    ),
    PaymentSettled(
        ORDER_ID, "txn_1", "ch_1", "USD", 29_900, 897, AT + timedelta(days=2), ""
    ),
    FundsAvailable(ORDER_ID, "txn_1", "USD", 29_003),
    FundsReleased(ORDER_ID, "ada", "USD", 26_013),
    OrderExpired(ORDER_ID, "pi_1"),
    PaymentConverted(
        ORDER_ID, "ada", "ch_1", "txn_1", "EUR", 29_900, "USD", 32_292, 28_094, 3_229, 969, "1.08",
        (
            ConvertedPart("pending", "", 26_013, 28_094),
            ConvertedPart("commission", "", 2_990, 3_229),
            ConvertedPart("processing", "", 897, 969),
        ),
        (),
    ),
    ReserveAgreed(ORDER_ID, 1_000, 30),
    ReserveKept(ORDER_ID, "ada", "USD", 2_601, AT + timedelta(days=37)),
    ReserveReleased(ORDER_ID, "ada", "USD", 2_601),
    OrderDownloaded(ORDER_ID),
    RefundRequested(
        ORDER_ID, REFUND, "ada", "buyer", "it does not run here", "USD", 29_900, "USD", 29_900,
        26_910, 2_990, 0, 0, 26_013, 0, 897, False,
    ),
    RefundApproved(ORDER_ID, REFUND, "pi_1", "USD", 29_900),
    RefundDeclined(ORDER_ID, REFUND, "ada", "it was used", "USD", 26_910, 26_910, 0),
    RefundRefused(ORDER_ID, REFUND, "ada", "charge_disputed", "USD", 26_910, 26_910, 0),
    RefundCreated(ORDER_ID, REFUND, "ada", "re_1", "USD", 29_900, 26_910, 2_990, 0, 0),
    RefundSucceeded(ORDER_ID, REFUND, "re_1"),
    RefundFailed(
        ORDER_ID, REFUND, "ada", "re_1", False, "expired_or_canceled_card", "USD", 29_900,
        26_910, 0, 2_990, 0, 0,
    ),
    RefundSettled(ORDER_ID, REFUND, "re_1", "txn_3", "USD", 29_900, 29_900, 0, 0, None),
    DisputeOpened(
        ORDER_ID, "dp_1", "bo", "ada", "ch_1", "USD", 29_900, "fraudulent", False,
        AT + timedelta(days=9),
    ),
    DisputeWithdrawn(
        ORDER_ID, "dp_1", "ada", "txn_4", 29_900, "USD", 29_900, 1_500, 26_910, 2_990,
        26_013, 0, 2_397,
    ),
    DisputeReinstated(
        ORDER_ID, "dp_1", "ada", "txn_5", "USD", 29_900, 1_500, 29_900, 26_910, 2_990, 0
    ),
    DisputeClosed(
        ORDER_ID, "dp_1", "ada", "lost", "USD", 29_900, 26_910, 26_910, 2_990, 0, 0, 0, 0, 0,
        AT + timedelta(days=7), None,
    ),
    DisputeSettled(ORDER_ID, "dp_1", "txn_4", "USD", 29_900, 1_500, None),
    EvidenceSubmitted(ORDER_ID, "dp_1", ("product_description",), True),
    FraudWarned(ORDER_ID, "issfr_1", "ch_1", "unauthorized_use_of_card", True),
    PayoutRequested(PAYOUT_ID, "ada", "USD", 26_013, "acct_1", "weekly"),
    PayoutSent(PAYOUT_ID, "ada", "USD", 26_013, "tr_1"),
    TransferSettled(PAYOUT_ID, "ada", "USD", "txn_2", "tr_1", 26_013, 0),
    PayoutRefused(PAYOUT_ID, "ada", "USD", 26_013, "account_invalid"),
    BankPayoutBegun(PAYOUT_ID, "po_1"),
    PayoutCompleted(PAYOUT_ID, "po_1"),
    BankPayoutFailed(PAYOUT_ID, "po_1", "account_closed"),
    AdjustmentRecorded(
        "txn_3", "bank", "topup", "tu_1", "USD", 50_000, 0, AT + timedelta(days=2)
    ),
    AdjustmentFundsAvailable("txn_3", "USD", 50_000),
    PayoutQueued(PAYOUT_ID),
    PayoutHeld(PAYOUT_ID, "an identity check is open"),
    PayoutDispatched(PAYOUT_ID, 1),
    PayoutCancelled(PAYOUT_ID, "ada", "USD", 26_013, "changed my mind"),
    BankRetryScheduled(PAYOUT_ID, 2, AT + timedelta(days=1)),
    BankPayoutRetried(PAYOUT_ID, 2),
    ReversalRequested(PAYOUT_ID, "tr_1", 26_013, 1, "account_closed", True),
    TransferReversed(PAYOUT_ID, "ada", "USD", "tr_1", "trr_1", 26_013),
    ReversalSettled(PAYOUT_ID, "ada", "USD", "txn_3", "trr_1", 26_013, 0),
    ReversalFailed(PAYOUT_ID, 1, "balance_insufficient"),
    SubscriptionRequested("bo", "1", "pro-usd-2026-1", "pro", "USD", 2_900),
    SubscriptionRefused("bo", "1", "resource_missing"),
    CustomerOpened("bo", "cus_1"),
    SubscriptionStarted("bo", "sub_1", "1", "pro", "USD", 2_900, AT, MONTH_LATER),
    StatusChanged("bo", "sub_1", "active", None),
    PeriodBegun("bo", "sub_1", MONTH_LATER, MONTH_LATER + timedelta(days=31)),
    PlanChangeRequested("bo", "sub_1", "team-usd-2026-1", "team", "USD", 9_900),
    PlanChangeRefused("bo", "sub_1", "team-usd-2026-1", "card_declined"),
    PlanChanged("bo", "sub_1", "team", 9_900),
    CancellationRequested("bo", "sub_1", False),
    CancellationScheduled("bo", "sub_1", MONTH_LATER),
    ResumptionRequested("bo", "sub_1"),
    CancellationWithdrawn("bo", "sub_1"),
    GraceEnded("bo", "sub_1"),
    SubscriptionEnded(
        "bo", "sub_1", "canceled", MONTH_LATER, "cancellation_requested"
    ),
    InvoicePaid(
        "bo", "in_1", "sub_1", "ch_2", "USD", 2_900,
        (Line("il_1", 2_900, AT, MONTH_LATER),),
    ),
    CreditApplied("bo", "in_3", "USD", 2_900),
    CreditGranted("bo", "in_2", "USD", 3_500),
    InvoiceFailed("bo", "in_4", "sub_1", 1, MONTH_LATER + timedelta(days=1)),
    InvoiceSettled(
        "bo", "in_1", "txn_6", "ch_2", "USD", 2_900, 114, AT + timedelta(days=2), ""
    ),
    InvoiceConverted(
        "bo", "in_5", "ch_3", "EUR", 2_900, 967, 1_933, "USD", 3_190, 1_064, 2_126, "1.1",
        FIRST_OF_DECEMBER,
    ),
    SubscriptionFundsAvailable("bo", "txn_6", "USD", 2_786),
    RevenueRecognised("bo", "in_1", "USD", FIRST_OF_DECEMBER, 1_933, 967),
    InvoiceRefunded(
        "bo", "in_1", "re_2", "ch_2", "USD", 2_900, "USD", 2_900, 967, 1_933, FIRST_OF_DECEMBER,
        MONTH_LATER,
    ),
    InvoiceRefundSucceeded("bo", "in_1", "re_2"),
    InvoiceRefundFailed(
        "bo", "in_1", "re_2", False, "expired_or_canceled_card", "USD", 2_900, 967, 1_933,
        FIRST_OF_DECEMBER + timedelta(days=1), MONTH_LATER,
    ),
    InvoiceRefundSettled(
        "bo", "in_1", "re_2", "txn_7", "USD", 2_900, 2_900, 0, 0, None
    ),
    InvoiceDisputed("bo", "in_1", "dp_2", "ch_2", "USD", 2_900, "fraudulent", False),
    InvoiceDisputeMoved("bo", "in_1", "dp_2", "txn_8", "USD", 2_900, 2_900),
    InvoiceDisputeClosed(
        "bo", "in_1", "dp_2", "lost", "USD", 2_900, 967, 1_933, 0, 0, FIRST_OF_DECEMBER,
        MONTH_LATER,
    ),
    InvoiceDisputeSettled(
        "bo", "in_1", "dp_2", "txn_8", "USD", 2_900, 1_500, None
    ),
    DebtReclassified("ada", "USD", 5_000, AT - timedelta(days=31)),
    DebtRecouped("ada", "USD", 2_000),
    WriteOffProposed("ada", "USD", 3_000, "the seller has gone", "user_fin"),
    DebtWrittenOff("ada", "USD", 3_000, "the seller has gone", "user_fin", "user_boss"),
    WriteOffRecovered("ada", "USD", 1_000),
    BreakOpened(
        "ch_9", "unexpected_payment", "ch_9", "USD", 29_900, 0, None, f"order-{ORDER_ID}",
        "the order expired before ch_9 was paid",
    ),
    BreakSettled("ch_9", "ch_9", "txn_9", "USD", 29_900, 897, AT + timedelta(days=2)),
    BreakFundsAvailable("ch_9", "ch_9", "USD", 29_003),
    FactWrittenOff(
        "uncleared-ch_1-USD", "ch_1", "USD", 29_900, "expense:bad_debt", "Stripe lost it"
    ),
    BreakConverted("ch_9", "ch_9", "EUR", 29_900, "USD", 32_394),
    PaymentReturnAsked("ch_9", "ch_9"),
    PaymentReturned("ch_9", "ch_9", "re_9", "USD", 29_900),
    PaymentReturnFailed("ch_9", "ch_9", "re_9", "USD", 29_900),
    PaymentReturnSettled("ch_9", "re_9", "txn_10", "USD", 29_900, 29_900, 0, 0, None),
    BreakResolved("ch_9", "ch_9", "USD", 29_900, "bank", "refunded by hand"),
    PeriodClosed(
        "2026-10", 1, 4_711, (Check("suspense_empty", 3), Check("fees_known", 250)),
        "user_fin",
    ),
    ReopeningProposed("2026-10", "an invoice was booked twice", "user_fin"),
    PeriodReopened("2026-10", "an invoice was booked twice", "user_fin", "user_boss"),
    BreakAssigned("ch_9", "user_fin"),
    BreakReopened(
        "ch_9", "ch_9", "", "USD", 29_900, "suspense:stripe", "bank", "it was never refunded"
    ),
    DifferenceFound(
        "fee_differs-txn_1", "fee_differs", "ch_1", "txn_1", "USD", 897, f"order-{ORDER_ID}",
        "Stripe says that txn_1 cost 8.97 USD, the books 17.94 USD",
        Evidence(
            "stripe", ("txn_1", "ch_1"), (12,),
            Figures("USD", 29_900, 897, AT), Figures("USD", 29_900, 1_794, AT),
        ),
    ),
    RunCompleted(
        "0199aa00-0000-7000-8000-000000000009", "stripe", "", AT - timedelta(days=31), None, 4_711,
        {"charge": 250, "refund": 3}, 1, {"fee_differs": 1}, 0,
        (ComparedBalance("USD", 7_250_750, 7_249_853, 897),),
    ),
    DifferenceEnded("fee_differs-txn_1", "both sides say the same"),
    DifferenceCorrected(
        "fee_differs-txn_1", "ch_1", "txn_1", "USD", 897, "stripe:available",
        "expense:processing", "it was taken once",
    ),
]  # fmt: skip

_by_class = {type(example): example for example in _examples}
EXAMPLES: dict[str, Any] = {name: _by_class[event] for name, event in EVENTS.items()}
