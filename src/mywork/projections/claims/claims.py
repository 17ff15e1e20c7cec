"""All that is asked back of one order, and what that makes of the order."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mywork.documents.orders import Access, OrderStatus
from mywork.domain.order.refund_messages import RefundEvent
from mywork.domain.order.settlement_messages import PaymentConverted
from mywork.projections.claims import disputes, refunds
from mywork.projections.claims.disputes import DisputeLine
from mywork.projections.claims.refunds import MADE, RefundLine


@dataclass(frozen=True, slots=True)
class Claims:
    """Amounts are in the order's currency. Both lists are in the order of asking."""

    refunds: tuple[RefundLine, ...] = ()
    disputes: tuple[DisputeLine, ...] = ()

    @property
    def refunded_minor(self) -> int:
        """What Stripe has given back, or is about to; a mere wish is not counted."""
        return sum(line.amount_minor for line in self.refunds if line.status in MADE)

    @property
    def lost_minor(self) -> int:
        return sum(line.disputed_minor for line in self.disputes if line.lost)

    @property
    def disputed(self) -> bool:
        """A bank takes, or has taken, money back; an inquiry only asks."""
        return any(line.lost or (line.open and not line.inquiry) for line in self.disputes)

    def refunded(self, amount_minor: int) -> bool:
        """Whether the buyer of a paid order has, or is about to have, all the money back."""
        return bool(self.refunded_minor) and self.refunded_minor >= amount_minor

    def status(self, amount_minor: int) -> OrderStatus:
        """Of a completed order."""
        if self.disputed:
            return "disputed"
        if self.refunded(amount_minor):
            return "refunded"
        return "partially_refunded" if self.refunded_minor else "completed"

    def access(self, amount_minor: int) -> Access:
        """Whether the buyer of a completed order may use the goods.

        Whoever has all the money back may not, nor whoever's bank holds it. A wish changes
        nothing until Stripe has made the refund; a refund that fails gives access again.
        """
        taken = any(line.lost or (line.open and line.held_minor) for line in self.disputes)
        return "revoked" if self.refunded(amount_minor) or taken else "active"

    def after(self, event: Any, at: datetime) -> "Claims":
        """The claims after an event; unchanged, the same object, where it is of no interest."""
        if isinstance(event, RefundEvent | PaymentConverted):
            return replace(self, refunds=refunds.evolve(self.refunds, event, at))
        if isinstance(event, disputes.Event):
            return replace(self, disputes=_with(self.disputes, event, at))
        return self


NONE = Claims()


def _with(
    lines: tuple[DisputeLine, ...], event: disputes.Event, at: datetime
) -> tuple[DisputeLine, ...]:
    known = {line.dispute_id: line for line in lines}
    changed = disputes.evolve(known.get(event.dispute_id), event, at)
    if changed is None:
        return lines
    known[event.dispute_id] = changed
    return tuple(sorted(known.values(), key=lambda line: (line.opened_at, line.dispute_id)))
