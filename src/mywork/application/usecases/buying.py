"""Buying: an order with the price as it is now, and a Stripe payment intent for it.

Append, call with the stream as idempotency key, append the outcome. A crash in between resumes
with the same order id, so the buyer ends with one order and one intent; the client secret is
fetched from Stripe each time and never stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.payments import Payments
from mywork.application.ports.tables import PeopleTable
from mywork.domain.errors import OrderNotPayable
from mywork.domain.fees import NO_RESERVE, ReserveTerms, schedule_for
from mywork.domain.identifiers import OrderId, ProductId, SellerId, UserId, derived_id
from mywork.domain.order.decider import ORDER
from mywork.domain.order.sale_messages import InitiatePayment, Licence, OrderPlaced, PlaceOrder
from mywork.domain.order.state import Absent, Granted, Paid, Payable
from mywork.domain.product import PRODUCT, for_sale, price_of
from mywork.domain.seller.decider import SELLER
from mywork.domain.seller.messages import Level
from mywork.domain.seller.state import Joined
from mywork.domain.streams import order_stream, product_stream, seller_stream


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """`client_secret` is empty for a free order; `status` is "pending" or "completed"."""

    terms: OrderPlaced
    client_secret: str
    status: Literal["pending", "completed"]
    position: int


class Buying:
    """`reserves` are the terms by the seller's verification level; a level not named has none."""

    def __init__(
        self,
        handler: Handler,
        payments: Payments,
        people: PeopleTable,
        *,
        clock: Clock,
        reserves: Mapping[Level, ReserveTerms],
    ) -> None:
        self._handler = handler
        self._payments = payments
        self._people = people
        self._clock = clock
        self._reserves = reserves

    def place(
        self, buyer_id: UserId, product_id: ProductId, licence: Licence, *, request_id: str
    ) -> PlacedOrder:
        """Place an order. The same buyer and request id always mean the same order."""
        order_id = OrderId(derived_id("order", buyer_id, request_id))
        stream = order_stream(order_id)
        state = self._handler.state(ORDER, stream)
        position = 0
        if isinstance(state, Absent):
            command = self._command(order_id, buyer_id, product_id, licence)
            sent = envelope(command, actor=buyer_id, command_id=f"place:{order_id}")
            position = self._handler.handle(sent).position
            state = self._handler.state(ORDER, stream)
        match state:
            case Granted(terms=terms):
                return PlacedOrder(terms, "", "completed", position)
            case Payable(terms=terms):
                return self._with_intent(terms, state.payment_intent_id, position)
            case Paid(terms=terms):
                return PlacedOrder(terms, "", "completed", position)
            case _:
                raise OrderNotPayable(f"order {order_id} has expired; place a new one")

    def _command(
        self, order_id: OrderId, buyer_id: UserId, product_id: ProductId, licence: Licence
    ) -> PlaceOrder:
        state = self._handler.state(PRODUCT, product_stream(product_id))
        offered = for_sale(state, product_id)
        now = self._clock.now()
        return PlaceOrder(
            order_id=order_id,
            order_number=self._people.next_order_number(now.year),
            buyer_id=buyer_id,
            seller_id=offered.content.seller_id,
            product_id=product_id,
            product_title=offered.content.title,
            product_version=1,
            licence=licence,
            price_minor=price_of(offered, licence),
            schedule=schedule_for(offered.pricing.currency),
            at=now,
            reserve=self._reserve(offered.content.seller_id),
        )

    def _reserve(self, seller_id: SellerId) -> ReserveTerms:
        """As agreed with a seller of this level now; later levels change later orders only."""
        state = self._handler.state(SELLER, seller_stream(seller_id))
        level: Level = state.level if isinstance(state, Joined) else "new"
        return self._reserves.get(level, NO_RESERVE)

    def _with_intent(
        self, terms: OrderPlaced, payment_intent_id: str, position: int
    ) -> PlacedOrder:
        if payment_intent_id:
            intent = self._payments.payment_intent(payment_intent_id)
            return PlacedOrder(terms, intent.client_secret, "pending", position)
        intent = self._payments.create_payment_intent(
            terms.order_id,
            terms.currency,
            terms.price_minor,
            idempotency_key=order_stream(terms.order_id),
        )
        initiate = InitiatePayment(terms.order_id, intent.id, self._clock.now())
        outcome = self._handler.handle(
            envelope(initiate, actor=terms.buyer_id, command_id=f"initiate:{intent.id}")
        )
        return PlacedOrder(terms, intent.client_secret, "pending", outcome.position or position)
