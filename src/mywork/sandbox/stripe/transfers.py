"""Transfers from the platform to connected accounts, and their reversals.

Both move two balances at once: the platform's and the connected account's.
"""

from mywork.sandbox.stripe import balance, events
from mywork.sandbox.stripe.balance import Movement
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.listing import listed
from mywork.sandbox.stripe.payments import lower_currency, whole_amount
from mywork.sandbox.stripe.world import PLATFORM, World

REVERSALS = "transfer_reversal"
_SHOWN_REVERSALS = 10  # those that a transfer carries; the list has them all


def create(world: World, _: str, params: Json) -> Json:
    """POST /v1/transfers: to an account that may receive, within the available balance."""
    amount, currency = whole_amount(params, "amount"), lower_currency(params)
    account = world.find(PLATFORM, "account", params.get("destination", ""))
    if account["capabilities"].get("transfers") != "active":
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers",
            code="insufficient_capabilities_for_transfer",
        )
    if balance.available(world, PLATFORM, currency) < amount:
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    identifier, payment = world.new_id("tr"), world.new_id("py")
    out = Movement(amount=-amount, currency=currency, source=identifier, category="transfer")
    into = Movement(
        amount=amount, currency=currency, source=payment, category="charge", type="payment"
    )
    paid = balance.move(world, PLATFORM, out)
    balance.move(world, account["id"], into)
    transfer = {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": paid["id"],
        "created": world.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": account["id"],
        "destination_payment": payment,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "reversals": listed([], f"/v1/transfers/{identifier}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": params.get("transfer_group"),
    }
    world.put(PLATFORM, "transfer", transfer)
    events.emit(world, PLATFORM, "transfer.created", transfer)
    return transfer


def reverse(world: World, _: str, params: Json) -> Json:
    """POST /v1/transfers/{transfer}/reversals: at most what is left, if it is still there."""
    transfer = world.find(PLATFORM, "transfer", params["transfer"])
    amount = _reversible(world, transfer, params)
    currency, destination = transfer["currency"], transfer["destination"]
    identifier, refund = world.new_id("trr"), world.new_id("pyr")
    back = Movement(
        amount=amount,
        currency=currency,
        source=identifier,
        category="transfer_reversal",
        type="transfer_refund",
    )
    out = Movement(
        amount=-amount, currency=currency, source=refund, category="refund", type="payment_refund"
    )
    returned = balance.move(world, PLATFORM, back)
    balance.move(world, destination, out)
    reversal = {
        "id": identifier,
        "object": REVERSALS,
        "amount": amount,
        "balance_transaction": returned["id"],
        "created": world.now(),
        "currency": currency,
        "destination_payment_refund": refund,
        "metadata": params.get("metadata") or {},
        "source_refund": None,
        "transfer": transfer["id"],
    }
    world.put(PLATFORM, REVERSALS, reversal)
    _count(world, transfer, reversal)
    events.emit(world, PLATFORM, "transfer.reversed", transfer)
    return reversal


def _reversible(world: World, transfer: Json, params: Json) -> int:
    left = transfer["amount"] - transfer["amount_reversed"]
    if left == 0:
        raise invalid(f"Transfer {transfer['id']} is already fully reversed.")
    amount = whole_amount(params, "amount") if "amount" in params else left
    if amount > left:
        raise invalid(
            f"Reversal amount ({amount}) is greater than the amount left on the transfer ({left}).",
            param="amount",
        )
    if balance.available(world, transfer["destination"], transfer["currency"]) < amount:
        raise invalid(
            "The connected account has insufficient available funds for this reversal.",
            code="balance_insufficient",
        )
    return int(amount)


def _count(world: World, transfer: Json, reversal: Json) -> None:
    shown = [reversal, *transfer["reversals"]["data"]]
    transfer["amount_reversed"] += reversal["amount"]
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] |= {
        "data": shown[:_SHOWN_REVERSALS],
        "has_more": transfer["reversals"]["has_more"] or len(shown) > _SHOWN_REVERSALS,
    }
    world.put(PLATFORM, "transfer", transfer)


def reversal(world: World, _: str, params: Json) -> Json:
    """GET /v1/transfers/{transfer}/reversals/{id}."""
    found = world.find(PLATFORM, REVERSALS, params["id"])
    if found["transfer"] != params["transfer"]:
        raise invalid(
            f"No such transfer reversal: '{params['id']}'",
            code="resource_missing",
            param="id",
            status=404,
        )
    return found
