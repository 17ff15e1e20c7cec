"""What is asked back of an order: its refunds and disputes, and what they make of the order.

Read `refunds` and `disputes` (a line each, folded from events), then `claims` (both together:
the order's status, and whether its buyer may still use the goods).
"""
