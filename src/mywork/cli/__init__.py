"""The `mywork` command: each subcommand is short, imports late, and says what it did.

Exit codes: 0 yes, 1 no (with one line that says why), 2 wrong usage.
"""

from mywork.cli.main import main

__all__ = [
    "archive",
    "audit",
    "audit_keys",
    "bench",
    "breaks",
    "debts",
    "explain",
    "exports",
    "financials",
    "ledger",
    "main",
    "payouts",
    "people",
    "period",
    "projections",
    "reconcile",
    "refunds",
    "replay",
    "running",
    "sellers",
    "statements",
    "what_if",
]
