"""Debts: from a balance below zero to what is owed to us, paid by later money or given up."""

from typing import assert_never

from mywork.domain.accounts import EXPENSE_BAD_DEBT, seller_available, seller_receivable
from mywork.domain.debt import (
    DebtMoneyEvent,
    DebtReclassified,
    DebtRecouped,
    DebtWrittenOff,
    WriteOffRecovered,
)
from mywork.ledger.entry import Entry, entry


def debt_posts(event: DebtMoneyEvent) -> Entry | None:
    """A balance overdue becomes a debt; later money pays it; what is given up is our loss.

    Only money that is there pays: it may not push the balance below zero.
    """
    available, receivable = seller_available(event.seller_id), seller_receivable(event.seller_id)
    amount_minor = event.amount_minor
    match event:
        case DebtReclassified():
            debit, credit = receivable, available
        case DebtRecouped():
            debit, credit = available, receivable
        case DebtWrittenOff():
            debit, credit = EXPENSE_BAD_DEBT, receivable
        case WriteOffRecovered():
            debit, credit = available, EXPENSE_BAD_DEBT
        case _:
            assert_never(event)
    return entry(
        event.currency,
        debit=[(debit, amount_minor)],
        credit=[(credit, amount_minor)],
        not_negative=(available,) if debit == available else (),
    )
