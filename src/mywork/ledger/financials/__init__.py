"""Financial statements, each in every currency by itself: nothing is converted.

Read `profit_and_loss` (what was earned in a time), `balance_sheet` (what there is at a moment, and
whose it is), `safeguarding` (whether Stripe holds what sellers are owed).
"""
