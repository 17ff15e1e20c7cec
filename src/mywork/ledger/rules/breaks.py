"""Breaks: what nobody has explained lies in suspense until a person does."""

from typing import assert_never

from mywork.domain.accounts import (
    EXPENSE_STRIPE_FEES,
    STRIPE_AVAILABLE,
    STRIPE_PENDING,
    STRIPE_UNCLEARED,
    SUSPENSE_STRIPE,
)
from mywork.domain.breaks.difference_messages import DifferenceCorrected
from mywork.domain.breaks.evolve import BreakMoneyEvent
from mywork.domain.breaks.explanation_messages import (
    BreakOpened,
    BreakReopened,
    BreakResolved,
    FactWrittenOff,
)
from mywork.domain.breaks.return_messages import (
    PaymentReturned,
    PaymentReturnFailed,
    PaymentReturnSettled,
)
from mywork.domain.breaks.settlement_messages import (
    BreakConverted,
    BreakFundsAvailable,
    BreakSettled,
)
from mywork.ledger.entry import Entry, Posting, entry
from mywork.ledger.rules.stripe import charge_settled, funds_available, refund_settled


def break_posts(event: BreakMoneyEvent) -> Entry | None:  # noqa: C901  a line an event
    match event:
        case BreakOpened():
            return _opened(event)
        case BreakSettled():
            return charge_settled(event, event.object_id)
        case BreakFundsAvailable():
            return funds_available(event)
        case BreakConverted():
            return _converted(event)
        case PaymentReturned() | PaymentReturnFailed():
            return _returned(event)
        case PaymentReturnSettled():
            return refund_settled(event)
        case DifferenceCorrected():
            return _corrected(event)
        case BreakReopened():
            return _reopened(event)
        case BreakResolved():
            return _resolved(event)
        case FactWrittenOff():
            return _written_off(event)
        case _:
            assert_never(event)


def _opened(event: BreakOpened) -> Entry | None:
    """What nobody has explained lies in suspense until a person does."""
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
        case (
            "exceeded_payment"
            | "unsettled_fact"
            | "foreign_balance"
            | "undeliverable_fact"
            | "history_differs"
        ):
            return None  # its money, if any, was posted by what it concerns
        case _:
            assert_never(event.kind)


def _resolved(event: BreakResolved) -> Entry | None:
    """A person explained it: what lay in suspense goes to the account they named."""
    return entry(
        event.currency,
        debit=[(SUSPENSE_STRIPE, event.suspense_minor, event.object_id)],
        credit=[(event.account, event.suspense_minor, event.object_id)],
    )


def _written_off(event: FactWrittenOff) -> Entry | None:
    """Finance gave up a fact that Stripe will never settle."""
    return entry(
        event.currency,
        debit=[(event.account, event.amount_minor, event.object_id)],
        credit=[(STRIPE_UNCLEARED, event.amount_minor, event.object_id)],
    )


def _corrected(event: DifferenceCorrected) -> Entry | None:
    """A person corrected what we had posted otherwise than Stripe or the bank has it."""
    return entry(
        event.currency,
        debit=[(event.corrected, event.amount_minor, event.object_id)],
        credit=[(event.account, event.amount_minor, event.object_id)],
    )


def _reopened(event: BreakReopened) -> Entry | None:
    """An explanation was wrong: its money goes back to where it lay before."""
    return entry(
        event.currency,
        debit=[(event.account, event.amount_minor, event.object_id)],
        credit=[(event.source, event.amount_minor, event.object_id)],
    )


def _converted(event: BreakConverted) -> Entry | None:
    """Stripe settled in another currency: suspense ends in one, and begins in the other."""
    before, after, charge_id = event.currency, event.settlement_currency, event.object_id
    lines = (
        Posting(SUSPENSE_STRIPE, before, event.amount_minor, charge_id),
        Posting(STRIPE_UNCLEARED, before, -event.amount_minor, charge_id),
        Posting(STRIPE_UNCLEARED, after, event.settled_minor, charge_id),
        Posting(SUSPENSE_STRIPE, after, -event.settled_minor, charge_id),
    )
    moved = tuple(line for line in lines if line.amount_minor)
    return Entry(moved) if moved else None


def _returned(event: PaymentReturned | PaymentReturnFailed) -> Entry | None:
    """Money that was not ours goes back to whoever paid it, or comes back when that failed."""
    failed = isinstance(event, PaymentReturnFailed)
    amount_minor = -event.amount_minor if failed else event.amount_minor
    return entry(
        event.currency,
        debit=[(SUSPENSE_STRIPE, amount_minor, event.object_id)],
        credit=[(STRIPE_UNCLEARED, amount_minor, event.stripe_refund_id)],
    )
