"""Refunds: asked for by anybody, decided, made elsewhere; and what banks make of them."""

from contextlib import suppress
from random import Random
from typing import Any

import stripe
from model.sale import Sale

from machine.rules.registry import RECENT, agreed, one_of, rule
from machine.town import Town
from mywork.application.usecases.refunding import Asked
from mywork.domain.identifiers import OrderId, RefundId, UserId, derived_id
from mywork.domain.money import decimal_text
from mywork.domain.order.refund_messages import RefundAsker
from mywork.sandbox.stripe.errors import StripeFault
from mywork.sandbox.stripe.outcomes import decide

_UNPAID = {"amount": 1_000, "amount_refunded": 0}


def some_sale(town: Town, chance: Random) -> Sale | None:
    """One of the last orders; now and then one that was never paid."""
    paid = list(town.model.sales.by_charge.values())
    if chance.random() < 0.05:
        return one_of(chance, town.model.sales.all.values())
    return one_of(chance, paid)


def some_amount(chance: Random, charge: dict[str, Any]) -> int | None:
    """Of what Stripe has left of a charge, mostly; in steps that it takes, mostly."""
    whole = charge["amount"]
    left = whole - charge["amount_refunded"]
    amount = chance.choice([None, left, left + 1, left // 2, left // 3, 1, whole])
    return amount if amount is None or chance.random() < 0.1 else amount // 10 * 10 or amount


@rule(9)
def ask_for_refund(town: Town, chance: Random) -> None:
    sale = some_sale(town, chance)
    if sale is None:
        return
    by: RefundAsker = chance.choice(["buyer", "buyer", "seller", "admin"])
    charge = town.world.tables.get("/charge", {}).get(sale.charge) or _UNPAID
    amount, bears = some_amount(chance, charge), chance.random() < 0.15
    text = None if amount is None else decimal_text(amount, sale.currency)
    actor = {"buyer": town.buyers[sale.id], "seller": UserId(sale.seller)}.get(by, UserId("admin"))
    request_id = f"r{chance.randrange(10**9)}"
    refund_id = derived_id("refund", sale.id, actor, request_id)
    town.asked[refund_id] = amount, bears
    expected = town.model.refunds.refusals(sale.id, amount, by, town.clock.now(), bears=bears)
    asked = Asked(by, text, "", bears)
    refunding = town.core.refunding
    answer = town.ask(
        lambda: refunding.request(OrderId(sale.id), actor, asked, request_id=request_id)
    )
    agreed(answer, expected)
    if not expected:
        town.ours.append(sale.id)


@rule(4)
def decide_refund(town: Town, chance: Random) -> None:
    """By the seller or an admin; now and then one that was decided already."""
    sales = list(town.model.sales.by_charge.values())[-RECENT:]
    refunds = [(sale, refund) for sale in sales for refund in sale.refunds.values()]
    waiting = [found for found in refunds if found[1].stage == "requested"]
    found = one_of(chance, waiting if chance.random() < 0.9 else refunds)
    if found is None:
        return
    sale, refund = found
    order_id, refund_id, admin = OrderId(sale.id), RefundId(refund.id), UserId("admin")
    refunding = town.core.refunding
    if chance.random() < 0.6:
        expected = town.model.refunds.approval_refusals(sale.id, refund.id)
        agreed(town.ask(lambda: refunding.approve(order_id, refund_id, admin, "admin")), expected)
    else:
        answer = town.ask(
            lambda: refunding.decline(order_id, refund_id, admin, "admin", reason="it was used")
        )
        agreed(answer, town.model.refunds.decline_refusals(sale.id, refund.id))


@rule(2)
def refund_at_the_dashboard(town: Town, chance: Random) -> None:
    """Somebody refunds at Stripe, past us."""
    charge = one_of(chance, [row for row in town.world.all("", "charge") if row["paid"]])
    if charge is None:
        return
    amount = some_amount(chance, charge)
    wish = {"charge": charge["id"]} | ({"amount": amount} if amount else {})
    with suppress(stripe.InvalidRequestError):  # more than Stripe has left of the charge
        town.people.refunds.create(wish)


@rule(4)
def bank_answers_a_refund(town: Town, chance: Random) -> None:
    found = one_of(chance, town.world.all("", "refund"))
    if found is None:
        return
    outcomes = ["succeeded", "pending", "requires_action", "failed", "failed", "canceled"]
    with suppress(StripeFault):
        decide(town.world, "refunds", found["id"], chance.choice(outcomes))
