"""Refunding: asked for by a buyer, a seller or an admin; decided; then made by Stripe.

What is asked for is committed first, with the shares it costs; Stripe is asked by an effect of
that event, so a crash at any line neither forgets a refund nor makes it twice.
"""

from dataclasses import dataclass

from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports import Clock
from mywork.domain import order
from mywork.domain.errors import OrderNotFound, OrderNotRefundable
from mywork.domain.identifiers import OrderId, RefundId, UserId, derived_id
from mywork.domain.money import Money, parse
from mywork.domain.order.states import Paid


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for how much, and why; `amount` is decimal text, None for all that is left."""

    by: order.RefundAsker
    amount: str | None = None
    reason: str = ""
    platform_bears_fee: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`status` is "requested" while a person must decide, "approved" once Stripe is asked."""

    refund_id: RefundId
    status: str
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
        currency = paid.payment.currency
        refund_id = RefundId(derived_id("refund", order_id, actor, request_id))
        command = order.RequestRefund(
            order_id=order_id,
            refund_id=refund_id,
            amount_minor=parse(asked.amount, currency).amount_minor if asked.amount else None,
            asked_by=asked.by,
            reason=asked.reason,
            at=self._clock.now(),
            platform_bears_fee=asked.platform_bears_fee,
        )
        return self._decided(command, actor, asked.reason)

    def approve(
        self, order_id: OrderId, refund_id: RefundId, actor: UserId, by: order.RefundAsker
    ) -> Decision:
        self._paid(order_id, actor, by)
        return self._decided(order.ApproveRefund(order_id, refund_id, self._clock.now()), actor, "")

    def decline(
        self,
        order_id: OrderId,
        refund_id: RefundId,
        actor: UserId,
        by: order.RefundAsker,
        *,
        reason: str,
    ) -> Decision:
        self._paid(order_id, actor, by)
        command = order.DeclineRefund(order_id, refund_id, reason, self._clock.now())
        return self._decided(command, actor, reason)

    def _paid(self, order_id: OrderId, actor: UserId, by: order.RefundAsker) -> Paid:
        """The order, if it is this actor's; somebody else's does not exist."""
        state = self._handler.state(order.decider, order.stream_of(order_id))
        terms = getattr(state, "terms", None)
        party = {"buyer": "buyer_id", "seller": "seller_id"}.get(by)
        if terms is None or (party and getattr(terms, party) != actor):
            raise OrderNotFound(f"there is no order {order_id}")
        if not isinstance(state, Paid):
            raise OrderNotRefundable("only an order that was paid can be refunded")
        return state

    def _decided(
        self,
        command: order.RequestRefund | order.ApproveRefund | order.DeclineRefund,
        actor: UserId,
        reason: str,
    ) -> Decision:
        outcome: Outcome = self._handler.handle(envelope(command, actor=actor, reason=reason))
        state = self._handler.state(order.decider, order.stream_of(command.order_id))
        refund = state.refunds[command.refund_id]
        amount = Money(refund.requested.asked_minor, refund.requested.asked_currency)
        return Decision(command.refund_id, refund.stage, amount, outcome.position)
