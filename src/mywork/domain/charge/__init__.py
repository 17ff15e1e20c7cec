"""A captured payment, whoever's it is: an order's, an invoice's, or one that nobody expected.

It is settled, refunded, disputed, and its money becomes available, by the same rules everywhere.
Read `state`, then `settlement` (what Stripe's own lines say of it), `bearing` (how much of a claim
it covers) and `dispute`. Owners embed a `Charge` in their state, put its facts into their own
events, and add only who shares what is claimed of it: seller and commission, deferral, suspense.
"""
