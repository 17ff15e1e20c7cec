"""Top-ups: the platform's bank pays into its balance; it takes a while, and may be taken back."""

from mywork.sandbox.stripe import balance, events, terms
from mywork.sandbox.stripe.balance import Movement
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.payments import lower_currency, whole_amount
from mywork.sandbox.stripe.world import World

SUCCESS = "topup.succeed"


def create(world: World, account: str, params: Json) -> Json:
    """POST /v1/topups."""
    amount, currency = whole_amount(params, "amount"), lower_currency(params)
    expected = world.now() + terms.terms(world)["outcome_seconds"]
    topup: Json = {
        "id": world.new_id("tu"),
        "object": "topup",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now(),
        "currency": currency,
        "description": params.get("description"),
        "expected_availability_date": expected,
        "failure_code": None,
        "failure_message": None,
        "initiated_by": "user",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "source": None,
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "transfer_group": params.get("transfer_group"),
    }
    world.put(account, "topup", topup)
    world.later(expected, SUCCESS, account, topup["id"])
    events.emit(world, account, "topup.created", topup)
    return topup


def succeed(world: World, account: str, identifier: str) -> Json:
    """The money is there; nothing happens unless it was waited for."""
    topup = world.find(account, "topup", identifier)
    if topup["status"] == "pending":
        topup["balance_transaction"] = _move(world, account, topup, "topup")["id"]
        _become(world, account, topup, "succeeded")
    return topup


def fail(world: World, account: str, identifier: str, code: str = "insufficient_funds") -> Json:
    """The bank had nothing to pay."""
    topup = world.find(account, "topup", identifier)
    if topup["status"] == "pending":
        topup |= {"failure_code": code, "failure_message": f"The bank refused: {code} (simulated)"}
        _become(world, account, topup, "failed")
    return topup


def reverse(world: World, account: str, identifier: str) -> Json:
    """The bank takes back what had succeeded."""
    topup = world.find(account, "topup", identifier)
    if topup["status"] == "succeeded":
        _move(world, account, topup, "topup_reversal")
        _become(world, account, topup, "reversed")
    return topup


def cancel(world: World, account: str, params: Json) -> Json:
    """POST /v1/topups/{id}/cancel."""
    topup = world.find(account, "topup", params["id"])
    if topup["status"] != "pending":
        raise invalid(f"Only pending top-ups can be canceled; this one is {topup['status']}.")
    return _become(world, account, topup, "canceled")


def _move(world: World, account: str, topup: Json, category: str) -> Json:
    amount = topup["amount"] if category == "topup" else -topup["amount"]
    movement = Movement(
        amount=amount, currency=topup["currency"], source=topup["id"], category=category
    )
    return balance.move(world, account, movement)


def _become(world: World, account: str, topup: Json, status: str) -> Json:
    previous, topup["status"] = topup["status"], status
    world.put(account, "topup", topup)
    events.emit(world, account, f"topup.{status}", topup, status=previous)
    return topup
