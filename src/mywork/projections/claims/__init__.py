"""What is asked back of an order: its refunds and disputes, and what they make of the order.

Read `refunds` and `disputes` (a line each, folded from events), then `claims` (both together:
the order's status, and whether its buyer may still use the goods).
"""

from mywork.projections.claims.claims import NONE, Claims
from mywork.projections.claims.disputes import DisputeLine
from mywork.projections.claims.refunds import RefundLine

__all__ = ["NONE", "Claims", "DisputeLine", "RefundLine"]
