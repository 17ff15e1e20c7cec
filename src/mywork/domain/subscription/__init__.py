"""A user's subscription: what is asked of Stripe, what it says, and what is paid and earned.

Read `plans`, the messages, `state`, then the decisions: `contract` (what a user may ask),
`following` (what Stripe says became of it), `invoice` (paid, deferred, earned, refunded),
`dispute`, `settlement`; `deferral` says what is not earned yet. `decider` puts it together.
"""
