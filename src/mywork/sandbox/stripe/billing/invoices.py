"""Invoices: lines with their periods, totals, and the customer's balance that settles first.

`payments` and `confirmation_secret` are shown only to those who ask for them (`expand`), as at
Stripe; `told` is what events carry.
"""

from collections.abc import Sequence

from mywork.sandbox.stripe import events, payments, settlement
from mywork.sandbox.stripe.billing import lines, shapes, wallets
from mywork.sandbox.stripe.errors import Json, StripeFault, invalid
from mywork.sandbox.stripe.world import World

INVOICE, PAYMENT = "invoice", "invoice_payment"
INCLUDABLE = frozenset({"payments", "confirmation_secret"})
_OF_INTENT = "invoice_of_intent"
DRAFT_SECONDS = 3600  # a renewal's invoice can be edited for an hour


# Making -------------------------------------------------------------------------------------


def create(
    world: World, account: str, subscription: Json, charged: Sequence[lines.Line], reason: str
) -> Json:
    """A draft of some lines and of whatever proration waits for the subscription's next one."""
    customer = world.find(account, "customer", subscription["customer"])
    identifier = world.new_id("in")
    waiting = lines.pending_items(world, account, subscription["id"])
    documents = [lines.document(world, identifier, subscription, line) for line in charged]
    documents += [lines.document_of_item(world, identifier, subscription, one) for one in waiting]
    for item in waiting:
        world.put(account, lines.ITEM, item | {"invoice": identifier})
    invoice = shapes.invoice(world, customer, subscription, documents, reason)
    invoice |= _due(world, account, invoice, customer["balance"])
    world.put(account, INVOICE, invoice)
    subscription["latest_invoice"] = invoice["id"]
    world.put(account, "subscription", subscription)
    tell(world, account, "invoice.created", invoice)
    return invoice


def _due(world: World, account: str, invoice: Json, balance: int) -> Json:
    """The balance settles first; too small an amount to charge stays owed on the balance."""
    left = max(0, invoice["total"] + balance)
    try:
        settlement.check_charge(world, account, left, invoice["currency"])
    except StripeFault as fault:
        if fault.error.get("code") != "amount_too_small":
            raise
        left = 0
    amounts = dict.fromkeys(("amount_due", "amount_remaining"), left)
    return amounts | {"starting_balance": balance}


# Finalising ---------------------------------------------------------------------------------


def finalize(world: World, account: str, invoice: Json) -> Json:
    """Open it: the balance is settled now, and what is left gets a payment intent."""
    if invoice["status"] != "draft":
        raise invalid(f"This invoice is {invoice['status']}; only a draft can be finalized.")
    customer = world.find(account, "customer", invoice["customer"])
    invoice |= _due(world, account, invoice, customer["balance"])
    balance = customer["balance"] + invoice["total"] - invoice["amount_due"]
    invoice |= {
        "automatically_finalizes_at": None,
        "effective_at": world.now(),
        "ending_balance": balance,
        "number": f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}",
        "status": "open",
    }
    invoice["status_transitions"]["finalized_at"] = world.now()
    customer["next_invoice_sequence"] += 1
    _settle_balance(world, account, customer, invoice)
    if invoice["amount_due"]:
        _ask_for_payment(world, account, invoice)
    world.put(account, INVOICE, invoice)
    tell(world, account, "invoice.finalized", invoice)
    return invoice


def _settle_balance(world: World, account: str, customer: Json, invoice: Json) -> None:
    change = invoice["ending_balance"] - customer["balance"]
    too_small = invoice["total"] > 0 and invoice["ending_balance"] > 0
    world.put(account, "customer", customer)
    if change:
        wallets.move_balance(
            world,
            account,
            customer,
            amount=change,
            currency=invoice["currency"],
            kind="invoice_too_small" if too_small else "applied_to_invoice",
            invoice=invoice["id"],
        )


def _ask_for_payment(world: World, account: str, invoice: Json) -> None:
    created = invoice["billing_reason"] == "subscription_create"
    intent = payments.create_intent(
        world,
        account,
        {
            "amount": str(invoice["amount_due"]),
            "currency": invoice["currency"],
            "customer": invoice["customer"],
            "description": "Subscription creation" if created else "Subscription update",
        },
    )
    payment = {
        "id": world.new_id("inpay"),
        "object": PAYMENT,
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": world.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    world.put(account, PAYMENT, payment)
    world.put(account, _OF_INTENT, {"id": intent["id"], "payment": payment["id"]})
    invoice["payments"]["data"] = [payment]
    invoice["confirmation_secret"] = {
        "client_secret": intent["client_secret"],
        "type": "payment_intent",
    }


# Giving up ----------------------------------------------------------------------------------


def void(world: World, account: str, invoice: Json) -> Json:
    """As if it had never been opened: its intent is cancelled, the balance has its part back."""
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid(f"You can only void open or uncollectible invoices, not {invoice['status']}.")
    for payment in invoice["payments"]["data"]:
        intent = {"id": payment["payment"]["payment_intent"], "cancellation_reason": "void_invoice"}
        payments.cancel_intent(world, account, intent)
        payment |= {"status": "canceled"}
        payment["status_transitions"]["canceled_at"] = world.now()
        world.put(account, PAYMENT, payment)
    customer = world.find(account, "customer", invoice["customer"])
    used = invoice["ending_balance"] - invoice["starting_balance"]
    if used:
        wallets.move_balance(
            world,
            account,
            customer,
            amount=-used,
            currency=invoice["currency"],
            kind="unapplied_from_invoice",
            invoice=invoice["id"],
        )
    return _closed(world, account, invoice, "void", "voided_at", "invoice.voided")


def mark_uncollectible(world: World, account: str, invoice: Json) -> Json:
    """Written off; it may still be paid."""
    if invoice["status"] != "open":
        raise invalid(f"You can only mark open invoices uncollectible, not {invoice['status']}.")
    at, kind = "marked_uncollectible_at", "invoice.marked_uncollectible"
    return _closed(world, account, invoice, "uncollectible", at, kind)


def _closed(world: World, account: str, invoice: Json, status: str, at: str, kind: str) -> Json:
    invoice |= {"status": status, "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"][at] = world.now()
    world.put(account, INVOICE, invoice)
    tell(world, account, kind, invoice)
    return invoice


# Finding ------------------------------------------------------------------------------------


def payment_of(world: World, account: str, intent: str) -> Json | None:
    """The invoice payment that a payment intent belongs to."""
    found = world.tables.get(f"{account}/{_OF_INTENT}", {}).get(intent)
    return world.find(account, PAYMENT, found["payment"]) if found else None


def subscription_of(invoice: Json) -> str:
    return str(invoice["parent"]["subscription_details"]["subscription"])


def list_payments(world: World, account: str, params: Json) -> Json:
    """GET /v1/invoice_payments, of an `invoice` or of a `payment` intent."""
    asked = params.get("payment")
    if asked is not None:
        found = payment_of(world, account, asked.get("payment_intent", ""))
        return shapes.listed([found] if found else [], "/v1/invoice_payments")
    wanted: Json = {name: params[name] for name in ("invoice", "status") if name in params}
    rows, has_more = world.shelf(account, PAYMENT).page(wanted, params)
    return shapes.listed(rows, "/v1/invoice_payments") | {"has_more": has_more}


def list_lines(world: World, account: str, params: Json) -> Json:
    """GET /v1/invoices/{id}/lines: all of them, an invoice of ours has few."""
    found: Json = world.find(account, INVOICE, params["id"])["lines"]
    return found


def tell(world: World, account: str, kind: str, invoice: Json, **previous: object) -> None:
    shown = {name: value for name, value in invoice.items() if name not in INCLUDABLE}
    events.emit(world, account, kind, shown, **previous)
