"""Collecting an invoice: with the card on file, by the customer's own hand, again after a while.

A renewal that fails is tried again on a schedule shorter than Stripe's two weeks, and then the
subscription ends, or becomes unpaid, as the terms say.
"""

from collections.abc import Callable

from mywork.sandbox.stripe import events, payments
from mywork.sandbox.stripe.billing import clocks, invoices, standing, wallets
from mywork.sandbox.stripe.cards import CARDS
from mywork.sandbox.stripe.errors import Json, StripeFault, invalid
from mywork.sandbox.stripe.terms import terms
from mywork.sandbox.stripe.world import World

RETRY, FINALIZATION = "invoice.retry", "invoice.finalization"
RETRY_AFTER_DAYS = (1, 3, 6)  # simulated: Stripe chooses the moments within two weeks


# Cards --------------------------------------------------------------------------------------


def card_on_file(world: World, account: str, subscription: Json) -> str:
    """The test card that pays by itself: the subscription's, or the customer's; "" without."""
    customer = world.find(account, "customer", subscription["customer"])
    method = subscription["default_payment_method"] or wallets.default_method(customer)
    return wallets.card_of(world, account, method) if method else ""


def require_card(world: World, account: str, subscription: Json, *, must_pay: bool) -> None:
    """Refuse before anything is made: no card, or one that declines where it must pay."""
    card = card_on_file(world, account, subscription)
    if not card:
        raise invalid(
            "This customer has no attached payment source or default payment method. Please"
            " consider adding a default payment method.",
            code="resource_missing",
        )
    decline = CARDS[card].decline
    if must_pay and decline:
        raise StripeFault(
            402,
            "card_error",
            decline.message,
            code=decline.code,
            decline_code=decline.decline_code,
        )


# Attempts -----------------------------------------------------------------------------------


def collect(world: World, account: str, invoice: Json) -> None:
    """Pay an open invoice with the card on file; one that asks for nothing is paid."""
    subscription = _subscription(world, account, invoice)
    if not invoice["amount_due"]:
        _paid(world, account, invoice, "")
        return
    card = card_on_file(world, account, subscription)
    if card:
        _attempt(world, account, invoice, card)
    else:
        _failed(world, account, invoice)


def _attempt(world: World, account: str, invoice: Json, card: str) -> StripeFault | None:
    intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]
    try:
        payments.confirm_intent(world, account, {"id": intent, "payment_method": card})
    except StripeFault as fault:
        _failed(world, account, invoice)
        return fault
    _paid(world, account, invoice, card)
    return None


def pay(world: World, account: str, params: Json) -> Json:
    """POST /v1/invoices/{id}/pay, with the card on file or another."""
    invoice = world.find(account, invoices.INVOICE, params["id"])
    with clocks.time_of(world, account, invoice["customer"]):
        if invoice["status"] == "draft":
            invoices.finalize(world, account, invoice)
        if invoice["status"] not in {"open", "uncollectible"}:
            raise invalid(f"Invoice is already {invoice['status']}", code="invoice_already_paid")
        subscription = _subscription(world, account, invoice)
        method = params.get("payment_method")
        card = wallets.card_of(world, account, method) if method else ""
        card = card or card_on_file(world, account, subscription)
        if not invoice["amount_due"]:
            _paid(world, account, invoice, "")
        elif not card:
            raise invalid("There is no default payment method set on this Customer.")
        elif fault := _attempt(world, account, invoice, card):
            raise fault
        return invoice


def confirm_intent(world: World, account: str, params: Json) -> Json:
    """POST /v1/payment_intents/{id}/confirm: a customer pays, perhaps for an invoice."""
    method = params.get("payment_method")
    known = {"payment_method": wallets.card_of(world, account, method)} if method else {}
    payment = invoices.payment_of(world, account, params["id"])
    if payment is None:
        return payments.confirm_intent(world, account, params | known)
    invoice = world.find(account, invoices.INVOICE, payment["invoice"])
    with clocks.time_of(world, account, invoice["customer"]):
        try:
            intent = payments.confirm_intent(world, account, params | known)
        except StripeFault as fault:
            if fault.status == 402:
                _failed(world, account, invoice)
            raise
        _paid(world, account, invoice, intent["payment_method"])
        return intent


# Outcomes -----------------------------------------------------------------------------------


def _paid(world: World, account: str, invoice: Json, card: str) -> None:
    now = world.now()
    invoice |= {
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempt_count": invoice["attempt_count"] + bool(card),
        "attempted": True,
        "next_payment_attempt": None,
        "status": "paid",
    }
    invoice["status_transitions"]["paid_at"] = now
    for payment in invoice["payments"]["data"]:
        payment |= {"amount_paid": payment["amount_requested"], "status": "paid"}
        payment["status_transitions"]["paid_at"] = now
        world.put(account, invoices.PAYMENT, payment)
        events.emit(world, account, "invoice_payment.paid", payment)
    world.put(account, invoices.INVOICE, invoice)
    invoices.tell(world, account, "invoice.paid", invoice)
    invoices.tell(world, account, "invoice.payment_succeeded", invoice)
    _recover(world, account, _subscription(world, account, invoice), card)


def _recover(world: World, account: str, subscription: Json, card: str) -> None:
    """What was incomplete begins; what was overdue goes on once nothing is open."""
    status = subscription["status"]
    what: Json = {}
    if card and subscription["payment_settings"]["save_default_payment_method"] != "off":
        method = wallets.save(world, account, subscription["customer"], card)
        what["default_payment_method"] = method["id"]
    owed = standing.of_subscription(world, account, subscription, "open")
    if status == "incomplete" or (status in {"past_due", "unpaid", "paused"} and not owed):
        what["status"] = "active"
    resumed = status == "paused" and "status" in what
    standing.change(world, account, subscription, **what)
    if status == "incomplete":
        standing.schedule(world, account, subscription)
    if resumed:
        events.emit(world, account, "customer.subscription.resumed", subscription)


def _failed(world: World, account: str, invoice: Json) -> None:
    """Tell it; a renewal makes its subscription overdue and will be tried again, or given up."""
    subscription = _subscription(world, account, invoice)
    invoice |= {"attempt_count": invoice["attempt_count"] + 1, "attempted": True}
    renewal = subscription["status"] in {"trialing", "active", "past_due"}
    number = invoice["attempt_count"]
    due = invoice["next_payment_attempt"]
    if renewal and (due is None or due <= world.now()):
        again = number <= len(RETRY_AFTER_DAYS)
        due = world.now() + RETRY_AFTER_DAYS[number - 1] * standing.DAY if again else None
        invoice["next_payment_attempt"] = due
        if due is not None:
            later(world, account, invoice, at=due, action=RETRY)
    world.put(account, invoices.INVOICE, invoice)
    invoices.tell(world, account, "invoice.payment_failed", invoice)
    if renewal:
        standing.change(world, account, subscription, status="past_due")
        if due is None:
            _give_up(world, account, subscription)


def _give_up(world: World, account: str, subscription: Json) -> None:
    fate = terms(world)["subscription_after_retries"]
    if fate == "canceled":
        standing.end(world, account, subscription, "payment_failed")
    else:
        standing.change(world, account, subscription, status=fate)


def later(world: World, account: str, invoice: Json, *, at: int, action: str) -> None:
    customer = invoice["customer"]
    clocks.later(world, account, customer, at=at, action=action, subject=invoice["id"])


def _subscription(world: World, account: str, invoice: Json) -> Json:
    return world.find(account, standing.SUBSCRIPTION, invoices.subscription_of(invoice))


# Other ends of an invoice -------------------------------------------------------------------


def _ending(act: Callable[[World, str, Json], Json]) -> Callable[[World, str, Json], Json]:
    def operation(world: World, account: str, params: Json) -> Json:
        invoice = world.find(account, invoices.INVOICE, params["id"])
        with clocks.time_of(world, account, invoice["customer"]):
            return act(world, account, invoice)

    return operation


def _finalize(world: World, account: str, invoice: Json) -> Json:
    invoices.finalize(world, account, invoice)
    if not invoice["amount_due"]:
        collect(world, account, invoice)
    return invoice


finalize = _ending(_finalize)
void = _ending(invoices.void)
mark_uncollectible = _ending(invoices.mark_uncollectible)
