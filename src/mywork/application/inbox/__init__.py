"""What Stripe tells us: stored once, answered, worked in batches at our own pace.

Read `worker`, then `refetch` (ask again), `balance_transactions` (what moved Stripe's balance),
`exceptions` (what did not fit) and `feed` (what an outage lost).
"""
