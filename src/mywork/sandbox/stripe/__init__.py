"""A stand-in for Stripe, so that the real SDK, signatures and webhooks run without an account.

Read `world` (state, clock, chance, journal) with `listing` (finding things) and `due` (what time
brings); then what the API does: `payments` and `charges`, `refunds`, `disputes` (with `evidence`
and `withdrawals`) and `radar`, `connect`, `transfers`, `payouts` and `topups`, `billing`; under
them `balance` and `settlement`. `terms` says what Stripe and the banks are like, `outcomes` and
`movements` what they can be made to do, `events` what is told. The doors: `api` and `routes`
(REST), `control` (turning the world), `delivery` (webhooks), `server` (HTTP); without a socket
`transport` and `carrier`. `faults` strike at both.

It is honest about itself: test mode only, unknown routes and parameters refused, fees simulated.
What the documentation leaves open is assumed, and can be turned in `terms`.
"""

API_VERSION = "2026-10-28.endive"
