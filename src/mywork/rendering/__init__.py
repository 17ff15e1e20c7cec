"""What people read on a terminal, a room a topic; JSON where a program reads it."""

from mywork.rendering.archive import archive_verdict
from mywork.rendering.audit import audited, heads, inclusion, signing_keys
from mywork.rendering.breaks import breaks
from mywork.rendering.claims import disputes, refunds
from mywork.rendering.debts import collected, receivables
from mywork.rendering.drills import drill
from mywork.rendering.explain import explained_account, explained_entry
from mywork.rendering.exports import exported
from mywork.rendering.financials import balance_sheet, profit_and_loss, safeguarding
from mywork.rendering.ledger import fees, trial_balance, uncleared
from mywork.rendering.payouts import payout_decisions, seller_balances
from mywork.rendering.periods import checklist, period_closed, periods
from mywork.rendering.reconciliation import reconciled
from mywork.rendering.statements import statement, statement_difference
from mywork.rendering.status import projections
from mywork.rendering.tax_summaries import tax_summary
from mywork.rendering.terminal import console, with_progress
from mywork.rendering.what_if import what_if

__all__ = [
    "archive_verdict",
    "audited",
    "balance_sheet",
    "breaks",
    "checklist",
    "collected",
    "console",
    "disputes",
    "drill",
    "explained_account",
    "explained_entry",
    "exported",
    "fees",
    "heads",
    "inclusion",
    "payout_decisions",
    "period_closed",
    "periods",
    "profit_and_loss",
    "projections",
    "receivables",
    "reconciled",
    "refunds",
    "safeguarding",
    "seller_balances",
    "signing_keys",
    "statement",
    "statement_difference",
    "tax_summary",
    "trial_balance",
    "uncleared",
    "what_if",
    "with_progress",
]
