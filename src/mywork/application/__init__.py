"""Use cases: the one write path, and everything that happens around it.

Read `handle` (how a command becomes committed facts), `inbox` (how facts from outside arrive),
`reactions` and `effects` (what follows from an event), `deadlines` (what the clock brings),
`feed` (what Stripe's balance did), then `checkout`, `selling` and `payouts` (with `payout_queue`,
`payout_calls`, `payout_desk`, `forecast` and `debts`).
"""
