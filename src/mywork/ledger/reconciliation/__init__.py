"""Reconciliation: what Stripe and the bank say, against what the books posted, exactly once each.

PostgreSQL compares whole sets and hands over only what does not agree (`compare`, `bank_payouts`);
pure functions name each difference (`differences`, `balances`, `bank`). Nothing here changes
anything: what becomes of a difference is the application's.
"""
