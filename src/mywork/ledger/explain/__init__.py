"""From any balance to its entries, and from any entry to why it is there.

Read in this order: `rules` (which rule posts an event), `entry` (an entry with its event, Stripe
objects, rule and code version), `account` (a balance with what it is made of).
"""
