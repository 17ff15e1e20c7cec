"""A user's subscription: what is asked of Stripe, what it says, and what is paid and earned.

Read `plans`, the messages, `state`, then the decisions: of the contract (what a user may ask), of
following (what Stripe says became of it), of invoices (paid, deferred, earned, refunded), of
disputes and settlement; `deferral` says what is not earned yet. `decider` puts it together.
"""
