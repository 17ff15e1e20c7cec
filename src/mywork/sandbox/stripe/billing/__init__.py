"""Stripe Billing: prices, subscriptions, invoices, and time.

Read `catalogue` (products, prices), `wallets` (cards and balance of a customer), `subscriptions`
(what one is), `invoices` (lines, totals, balances), `collecting` (being paid, or not), `changes`
(proration, cancelling, resuming), `cycle` (what time brings), `clocks` (test clocks).

One interval for all items of a subscription, whole units, no tax, discount, trial offer or
metering: what is not imitated is refused.
"""
