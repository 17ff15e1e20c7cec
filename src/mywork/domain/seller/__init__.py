"""A seller: a user who joined, has a Stripe account, and is onboarded when Stripe says so.

The seller chooses when to be paid; a person of ours may pause payouts, with a reason, and only a
person releases them again.
"""
