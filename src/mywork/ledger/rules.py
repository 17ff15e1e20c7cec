"""What each event posts: one exhaustive match, no arithmetic but net = amount - fee.

Amounts are decided in the domain and stored in the event; a rule only places them. Facts learnt
from Stripe's objects post against `stripe:uncleared`; Stripe's own balance transactions move
`stripe:pending` and `stripe:available`, and nothing else does.
"""

from typing import assert_never

from mywork.domain import breaks, order, payout, product, seller, user
from mywork.domain.catalogue import Event
from mywork.ledger.accounts import (
    EXPENSE_PROCESSING,
    EXPENSE_STRIPE_FEES,
    RECOVERY_PROCESSING,
    REVENUE_COMMISSION,
    STRIPE_AVAILABLE,
    STRIPE_PENDING,
    STRIPE_UNCLEARED,
    SUSPENSE_STRIPE,
    seller_available,
    seller_in_payout,
    seller_pending,
)
from mywork.ledger.entry import Entry, entry


def post(event: Event) -> Entry | None:
    """The entry that an event means; None where no money moves."""
    match event:
        case order.OrderPaid():
            return _order_paid(event)
        case order.PaymentSettled():
            return _charge_settled(event, event.charge_id)
        case order.FundsAvailable() | breaks.BreakFundsAvailable():
            return entry(
                event.currency,
                debit=[(STRIPE_AVAILABLE, event.net_minor)],
                credit=[(STRIPE_PENDING, event.net_minor)],
            )
        case order.FundsReleased():
            return entry(
                event.currency,
                debit=[(seller_pending(event.seller_id), event.amount_minor)],
                credit=[(seller_available(event.seller_id), event.amount_minor)],
            )
        case payout.PayoutRequested() | payout.PayoutSent() | payout.PayoutRefused():
            return _payout(event)
        case payout.TransferSettled():
            return _transfer_settled(event)
        case breaks.BreakOpened():
            return _break_opened(event)
        case breaks.BreakSettled():
            return _charge_settled(event, event.object_id)
        case breaks.BreakResolved():
            return _break_resolved(event)
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
    | payout.BankPayoutBegun
    | payout.PayoutCompleted
    | payout.BankPayoutFailed,
) -> None:
    """Events that move no money; the type keeps the match above exhaustive."""
    del event


def _order_paid(event: order.OrderPaid) -> Entry | None:
    return entry(
        event.currency,
        debit=[(STRIPE_UNCLEARED, event.amount_minor, event.charge_id)],
        credit=[
            (seller_pending(event.seller_id), event.seller_share_minor),
            (REVENUE_COMMISSION, event.commission_minor),
            (RECOVERY_PROCESSING, event.processing_fee_minor),
        ],
    )


def _charge_settled(
    event: order.PaymentSettled | breaks.BreakSettled, charge_id: str
) -> Entry | None:
    return entry(
        event.currency,
        debit=[
            (STRIPE_PENDING, event.amount_minor - event.fee_minor),
            (EXPENSE_PROCESSING, event.fee_minor),
        ],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, charge_id)],
    )


def _payout(
    event: payout.PayoutRequested | payout.PayoutSent | payout.PayoutRefused,
) -> Entry | None:
    available, in_payout = seller_available(event.seller_id), seller_in_payout(event.seller_id)
    amount_minor = event.amount_minor
    match event:
        case payout.PayoutRequested():
            return entry(
                event.currency,
                debit=[(available, amount_minor)],
                credit=[(in_payout, amount_minor)],
                not_negative=(available,),
            )
        case payout.PayoutSent(transfer_id=transfer_id):
            return entry(
                event.currency,
                debit=[(in_payout, amount_minor)],
                credit=[(STRIPE_UNCLEARED, amount_minor, transfer_id)],
            )
        case payout.PayoutRefused():
            return entry(
                event.currency,
                debit=[(in_payout, amount_minor)],
                credit=[(available, amount_minor)],
            )
        case _:
            assert_never(event)


def _transfer_settled(event: payout.TransferSettled) -> Entry | None:
    return entry(
        event.currency,
        debit=[
            (STRIPE_UNCLEARED, event.amount_minor, event.transfer_id),
            (EXPENSE_STRIPE_FEES, event.fee_minor),
        ],
        credit=[(STRIPE_AVAILABLE, event.amount_minor + event.fee_minor)],
    )


def _break_opened(event: breaks.BreakOpened) -> Entry | None:
    match event.kind:
        case "unexpected_payment":
            return entry(
                event.currency,
                debit=[(STRIPE_UNCLEARED, event.amount_minor, event.object_id)],
                credit=[(SUSPENSE_STRIPE, event.amount_minor, event.object_id)],
            )
        case "unexplained_transaction":
            balance = STRIPE_PENDING if event.available_on else STRIPE_AVAILABLE
            return entry(
                event.currency,
                debit=[
                    (balance, event.amount_minor - event.fee_minor),
                    (EXPENSE_STRIPE_FEES, event.fee_minor),
                ],
                credit=[(SUSPENSE_STRIPE, event.amount_minor, event.object_id)],
            )
        case "undeliverable_fact":
            return None
        case _:
            assert_never(event.kind)


def _break_resolved(event: breaks.BreakResolved) -> Entry | None:
    return entry(
        event.currency,
        debit=[(SUSPENSE_STRIPE, event.suspense_minor, event.object_id)],
        credit=[(event.account, event.suspense_minor, event.object_id)],
    )
