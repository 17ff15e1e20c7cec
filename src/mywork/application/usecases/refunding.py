"""Refunding: asked for by a buyer, a seller or an admin; decided; then made by Stripe.

What is asked for is committed first, with the shares it costs; Stripe is asked by that event's row
of the outbox, so a crash at any line neither forgets a refund nor makes it twice.
"""

from dataclasses import dataclass

from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.clock import Clock
from mywork.domain.charge.state import RefundStage
from mywork.domain.errors import CurrencyDiffers, NotAllowed, OrderNotFound, OrderNotRefundable
from mywork.domain.identifiers import OrderId, RefundId, UserId, derived_id
from mywork.domain.money import Money, parse
from mywork.domain.order.decider import ORDER
from mywork.domain.order.refund_messages import (
    ApproveRefund,
    DeclineRefund,
    RefundAsker,
    RequestRefund,
)
from mywork.domain.order.state import Absent, Expired, Granted, OrderState, Paid, Payable
from mywork.domain.streams import order_stream


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for how much, and why; `amount` is decimal text, None for all that is left.

    It is in the order's currency; whoever names one (`currency`) must name that one.
    """

    by: RefundAsker
    amount: str | None = None
    reason: str = ""
    platform_bears_fee: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """`status` is "requested" while a person must decide, "approved" once Stripe is asked."""

    refund_id: RefundId
    status: RefundStage
    amount: Money
    position: int


class Refunding:
    def __init__(self, handler: Handler, clock: Clock) -> None:
        self._handler = handler
        self._clock = clock

    def request(
        self, order_id: OrderId, actor: UserId, asked: Asked, *, request_id: str
    ) -> Decision:
        """The same order, actor and request id always mean the same refund."""
        paid = self._paid(order_id, actor, asked.by)
        refund_id = RefundId(derived_id("refund", order_id, actor, request_id))
        command = RequestRefund(
            order_id=order_id,
            refund_id=refund_id,
            amount_minor=_amount_minor(asked, paid.payment.currency),
            asked_by=asked.by,
            reason=asked.reason,
            at=self._clock.now(),
            platform_bears_fee=asked.platform_bears_fee,
        )
        return self._decided(command, actor, asked.reason)

    def asker(self, order_id: OrderId, actor: UserId, *, admin: bool) -> RefundAsker:
        """As what somebody may speak about an order's refunds.

        A party to the order is that party, and never the admin that they may be besides.
        """
        terms = self._placed(order_id).terms
        if actor == terms.buyer_id:
            return "buyer"
        if actor == terms.seller_id:
            return "seller"
        if admin:
            return "admin"
        raise OrderNotFound(f"there is no order {order_id}")

    def decider(self, order_id: OrderId, actor: UserId, *, admin: bool) -> RefundAsker:
        """As what somebody may approve and decline: its buyer may not."""
        by = self.asker(order_id, actor, admin=admin)
        if by == "buyer":
            raise NotAllowed("the seller or an admin decides about a refund")
        return by

    def approve(
        self, order_id: OrderId, refund_id: RefundId, actor: UserId, by: RefundAsker
    ) -> Decision:
        self._paid(order_id, actor, by)
        return self._decided(ApproveRefund(order_id, refund_id, self._clock.now()), actor, "")

    def decline(
        self,
        order_id: OrderId,
        refund_id: RefundId,
        actor: UserId,
        by: RefundAsker,
        *,
        reason: str,
    ) -> Decision:
        self._paid(order_id, actor, by)
        command = DeclineRefund(order_id, refund_id, reason, self._clock.now())
        return self._decided(command, actor, reason)

    def _paid(self, order_id: OrderId, actor: UserId, by: RefundAsker) -> Paid:
        """The order, if it is this actor's; somebody else's does not exist."""
        state = self._placed(order_id)
        party = {"buyer": state.terms.buyer_id, "seller": state.terms.seller_id}.get(by, actor)
        if party != actor:
            raise OrderNotFound(f"there is no order {order_id}")
        if not isinstance(state, Paid):
            raise OrderNotRefundable("only an order that was paid can be refunded")
        return state

    def _placed(self, order_id: OrderId) -> Payable | Granted | Expired | Paid:
        state: OrderState = self._handler.state(ORDER, order_stream(order_id))
        if isinstance(state, Absent):
            raise OrderNotFound(f"there is no order {order_id}")
        return state

    def _decided(
        self,
        command: RequestRefund | ApproveRefund | DeclineRefund,
        actor: UserId,
        reason: str,
    ) -> Decision:
        outcome: Outcome = self._handler.handle(envelope(command, actor=actor, reason=reason))
        state = self._handler.state(ORDER, order_stream(command.order_id))
        refund = state.charge.refunds[command.refund_id]
        amount = Money(refund.asked_minor, state.charge.currency)
        return Decision(command.refund_id, refund.stage, amount, outcome.position)


def _amount_minor(asked: Asked, currency: str) -> int | None:
    if asked.currency not in {"", currency}:
        raise CurrencyDiffers(f"this order was paid in {currency}, and is refunded in {currency}")
    return None if asked.amount is None else parse(asked.amount, currency).amount_minor
