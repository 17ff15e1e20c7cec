"""The payouts of one seller in one currency: at most one in flight, whoever asks.

The stream itself is the lock: cron, retry and request meet the same version, so two of them can
never pay twice. A payout is a transfer to the seller's Stripe account, then a bank payout there.

    requested ─► (queued, held) ─► dispatched ─► sent ─► banking ─► paid
        │                              │           ▲         │        │
        ▼                              ▼           └─ retry ─┴ failed ┘
    cancelled                       refused                      │
                                                 blocked ◄─ reversing ─► reversed

Read the messages, `state`, then the decisions.
"""
