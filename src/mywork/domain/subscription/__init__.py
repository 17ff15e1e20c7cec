"""A user's subscription: what is asked of Stripe, what it says, and what is paid and earned.

Read `plans`, then the words (`contract`, `invoice`, `dispute`, `funds`: commands and events), then
`states`, then what is decided: `requesting` (what a user may ask), `following` (what Stripe says
became of it), `earning` (paid, deferred, earned, refunded), `disputing`, `settling`; `deferral`
says what is not earned yet. `decider` puts it together.
"""
