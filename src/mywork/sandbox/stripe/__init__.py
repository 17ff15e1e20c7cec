"""A stand-in for Stripe, so that the real SDK, signatures and webhooks run without an account.

Read `world` (state, clock, journal), `payments`, `connect`, `balance` (what the API does),
`events` (what it tells), then the doors: `api` and `routes` (REST), `control` (turning the world),
`delivery` (webhooks), `server` (HTTP) and `transport` (the SDK in process, without a socket).

It is honest about itself: test mode only, unknown routes and parameters refused, fees simulated.
"""

API_VERSION = "2026-10-28.endive"
