"""Breaks: finance is told at once, whatever could not be explained or worked."""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications.notice import FINANCE, Notice, Write, amount
from mywork.domain.breaks.difference_messages import DifferenceFound, DifferenceKind
from mywork.domain.breaks.explanation_messages import BreakOpened, BreakReopened, Kind
from mywork.domain.breaks.return_messages import PaymentReturnFailed

_SUBJECTS: Mapping[Kind, str] = {
    "unexpected_payment": "Money that no order asked for",
    "unexplained_transaction": "A Stripe transaction that nothing explains",
    "unsettled_fact": "A fact that Stripe does not settle",
    "exceeded_payment": "Refunds and disputes took more than was paid",
    "foreign_balance": "A transaction of a Stripe balance that we do not keep",
    "undeliverable_fact": "A receipt was given up",
    "history_differs": "The books are not what the history says: replay drill",
}
_DIFFERENCES: Mapping[DifferenceKind, str] = {
    "missing_here": "A Stripe transaction that the books do not have",
    "missing_there": "A transaction in the books that Stripe does not have",
    "amount_differs": "Stripe and the books say different amounts",
    "fee_differs": "Stripe and the books say different fees",
    "currency_differs": "Stripe and the books say different currencies",
    "date_differs": "Stripe and the books say different times",
    "duplicate": "A transaction came more than once",
    "balance_differs": "Stripe's balance is not the books'",
    "bank_amount_differs": "The bank and the books say different amounts",
    "bank_line_unexplained": "A line of the bank's that nothing explains",
    "payout_not_at_bank": "A payout that the bank does not show",
}


def _opened(event: BreakOpened, _: Sequence[Any]) -> Sequence[Notice]:
    money = f"Amount: {amount(event.amount_minor, event.currency)}\n" if event.currency else ""
    concerns = f"Concerns: {event.concerns}\n" if event.concerns else ""
    of = f"Stripe object: {event.object_id}\n"
    if event.kind == "history_differs":
        of = f"All of it: GET /api/audit/drills/{event.object_id}\n"
    text = (
        f"{event.detail}\n\n{money}{of}{concerns}"
        f"Explain it: POST /api/finance/breaks/{event.break_id}/resolve"
    )
    return (Notice(FINANCE, f"{_SUBJECTS[event.kind]}: {event.object_id}", text),)


def _found(event: DifferenceFound, _: Sequence[Any]) -> Sequence[Notice]:
    concerns = f"Concerns: {event.concerns}\n" if event.concerns else ""
    text = (
        f"{event.detail}\n\nBy: {amount(event.amount_minor, event.currency)}\n{concerns}"
        f"Both sides: GET /api/finance/breaks/{event.break_id}\n"
        f"Explain it: POST /api/finance/breaks/{event.break_id}/resolve"
    )
    return (Notice(FINANCE, f"{_DIFFERENCES[event.kind]}: {event.object_id}", text),)


def _reopened(event: BreakReopened, _: Sequence[Any]) -> Sequence[Notice]:
    text = (
        f"The break of {event.object_id} is open again: {event.reason}\n"
        f"Explain it: POST /api/finance/breaks/{event.break_id}/resolve"
    )
    return (Notice(FINANCE, f"A break was opened again: {event.object_id}", text),)


def _return_failed(event: PaymentReturnFailed, _: Sequence[Any]) -> Sequence[Notice]:
    back = amount(event.amount_minor, event.currency)
    text = (
        f"The refund {event.stripe_refund_id} of {event.object_id} came back: {back} lie in "
        "suspense again.\n"
        f"Explain it: POST /api/finance/breaks/{event.break_id}/resolve"
    )
    return (Notice(FINANCE, f"A returned payment came back: {event.object_id}", text),)


NOTICES: Mapping[type, Write] = {
    BreakOpened: _opened,
    BreakReopened: _reopened,
    DifferenceFound: _found,
    PaymentReturnFailed: _return_failed,
}
