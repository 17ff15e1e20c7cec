"""Financial statements, each in every currency by itself: nothing is converted.

Read `profit_and_loss` (what was earned in a time), `balance_sheet` (what there is at a moment, and
whose it is), `safeguarding` (whether Stripe holds what sellers are owed).
"""

from mywork.ledger.financials.balance_sheet import BalanceSheet, balance_sheet
from mywork.ledger.financials.items import Item
from mywork.ledger.financials.profit_and_loss import (
    ProfitAndLoss,
    profit_and_loss,
    profit_and_loss_of_periods,
)
from mywork.ledger.financials.safeguarding import Safeguarding, safeguarding

__all__ = [
    "BalanceSheet",
    "Item",
    "ProfitAndLoss",
    "Safeguarding",
    "balance_sheet",
    "profit_and_loss",
    "profit_and_loss_of_periods",
    "safeguarding",
]
