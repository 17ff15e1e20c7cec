"""Charges: what a confirmed intent leaves behind, and their capture a moment later.

When an intent succeeds its charge has no balance transaction yet; that comes "a moment after",
with `charge.updated`, as it does at Stripe. Fees are simulated.
"""

from mywork.sandbox.stripe import balance, disputes, events, radar, settlement, terms
from mywork.sandbox.stripe.cards import CARDS, DETAILS, Card, Decline
from mywork.sandbox.stripe.currencies import whole_step
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

CAPTURE = "charge.capture"
SETTLES_AFTER_SECONDS = 2 * 24 * 3600


def card_fee(world: World, amount: int, currency: str) -> int:
    """A share of the amount and a fixed part, rounded half up to what the currency can move."""
    rate: int = terms.terms(world)["card_fee_per_100_000"]
    step = whole_step(currency)
    unit = 100_000 * step
    exact = amount * rate + terms.fee(world, "card_fee", currency) * 100_000
    return (exact * 2 + unit) // (unit * 2) * step


def create(
    world: World, account: str, intent: Json, method: str, failure: Decline | None = None
) -> Json:
    """The charge of an attempt; one that succeeds is captured at the next moment."""
    paid = failure is None
    charge: Json = {
        "id": world.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": dict.fromkeys(("address", "email", "name", "phone", "tax_id")),
        "calculated_statement_descriptor": "MYWORK",
        "captured": paid,
        "created": world.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method,
        "payment_method_details": DETAILS,
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    if paid:
        world.later(world.now(), CAPTURE, account, charge["id"])
    return world.put(account, "charge", charge)


def capture(world: World, account: str, identifier: str) -> None:
    """The moment after: its balance transaction, and what its test card brings with it."""
    charge = world.find(account, "charge", identifier)
    card = CARDS.get(charge["payment_method"], Card())
    lag = 0 if card.available_at_once else SETTLES_AFTER_SECONDS
    settled = settlement.of_charge(world, account, charge["amount"], charge["currency"])
    transaction = balance.move(
        world,
        account,
        balance.Movement(
            amount=settled.amount,
            currency=settled.currency,
            source=charge["id"],
            category="charge",
            fee=card_fee(world, settled.amount, settled.currency),
            available_on=world.now() + lag,
            exchange_rate=settled.exchange_rate,
        ),
    )
    charge["balance_transaction"] = transaction["id"]
    world.put(account, "charge", charge)
    events.emit(world, account, "charge.updated", charge, balance_transaction=None)
    for number, reason in enumerate(card.disputes, start=1):
        whole, count = charge["amount"], len(card.disputes)
        part = whole * number // count - whole * (number - 1) // count
        opening = disputes.Opening(amount=part, reason=reason, inquiry=card.inquiry)
        disputes.open_(world, account, charge, opening)
    if card.fraud_warning:
        radar.warn(world, account, charge)
