"""Refunds: asked for, held back where the balance is short, succeeded, failed, cancelled.

A refund leaves the available balance at once and counts against its charge until it fails or is
cancelled; then a balance transaction of its own brings the money back.
"""

from mywork.sandbox.stripe import balance, events, radar, settlement, terms
from mywork.sandbox.stripe.cards import CARDS, Card
from mywork.sandbox.stripe.currencies import check_step, written
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.settlement import Settled
from mywork.sandbox.stripe.world import PLATFORM, World

SUCCESS, FAILURE = "refund.succeed", "refund.fail"
OPEN = frozenset({"pending", "requires_action"})
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
_WAITING = "waiting_refunds"


# Asking -------------------------------------------------------------------------------------


def create(world: World, account: str, params: Json) -> Json:
    """POST /v1/refunds, by `payment_intent` or `charge`; the whole rest unless `amount` says."""
    charge = _refundable_charge(world, account, params)
    amount = _amount(charge, params)
    if params.get("reason") not in (None, *REASONS):
        raise invalid(
            "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer",
            param="reason",
        )
    refund = _refund(world, charge, amount, params)
    _count(world, account, charge, amount)
    if _covered(world, account, refund):
        _pay(world, account, refund)
    else:
        _hold_back(world, account, refund)
    events.emit(world, account, "refund.created", refund)
    events.emit(world, account, "charge.refunded", charge)
    return refund


def _refundable_charge(world: World, account: str, params: Json) -> Json:
    identifier = params.get("charge")
    if "payment_intent" in params:
        intent = world.find(account, "payment_intent", params["payment_intent"])
        identifier = intent["latest_charge"]
        if intent["status"] != "succeeded":
            raise invalid(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            )
    if identifier is None:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or"
            " charge."
        )
    charge = world.find(account, "charge", identifier)
    if not charge["paid"]:
        raise invalid(f"Charge {identifier} was not successful; nothing can be refunded.")
    for dispute in world.where(account, "dispute", "charge", identifier):
        if not dispute["is_charge_refundable"]:
            raise invalid(
                f"Charge {identifier} has been charged back; cannot issue a refund.",
                code="charge_disputed",
            )
    return charge


def _amount(charge: Json, params: Json) -> int:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    text = str(params.get("amount", left))
    if not text.isdecimal() or int(text) < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    currency = charge["currency"]
    if int(text) > left:
        raise invalid(
            f"Refund amount ({written(int(text), currency)}) is greater than unrefunded amount on"
            f" charge ({written(left, currency)})",
            param="amount",
        )
    check_step(int(text), currency)
    return int(text)


def _refund(world: World, charge: Json, amount: int, params: Json) -> Json:
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
    return {
        "id": world.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {"card": card | {"type": "refund"}, "type": "card"},
        "metadata": params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }


def _count(world: World, account: str, charge: Json, amount: int) -> None:
    """What counts against the charge: every refund that is neither failed nor cancelled."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.put(account, "charge", charge)
    radar.reconsider(world, account, charge)


# Paying, at once or when the balance allows -------------------------------------------------


def _settled(world: World, account: str, refund: Json) -> Settled:
    charge = world.find(account, "charge", refund["charge"])
    return settlement.of_reversal(world, account, charge, refund["amount"])


def _covered(world: World, account: str, refund: Json) -> bool:
    if not terms.terms(world)["refunds_wait_for_balance"]:
        return True
    settled = _settled(world, account, refund)
    needed = settled.amount + terms.fee(world, "refund_fee", settled.currency)
    return needed <= balance.available(world, account, settled.currency)


def _pay(world: World, account: str, refund: Json) -> None:
    """Take it from the available balance; its card may have more to say later."""
    card = CARDS.get(refund["payment_method"], Card())
    begins = terms.terms(world)["refunds_begin"]
    if begins == "succeeded" and card.refund == "succeeded":
        begins = "pending"
    settled = _settled(world, account, refund)
    transaction = balance.move(
        world,
        account,
        balance.Movement(
            amount=-settled.amount,
            currency=settled.currency,
            source=refund["id"],
            category="refund",
            fee=terms.fee(world, "refund_fee", settled.currency),
            fee_description="Refund fee (simulated)",
            exchange_rate=settled.exchange_rate,
        ),
    )
    refund["balance_transaction"] = transaction["id"]
    _become(world, account, refund, begins)
    if card.refund:
        at = world.now() + terms.terms(world)["outcome_seconds"]
        action = SUCCESS if card.refund == "succeeded" else FAILURE
        world.later(at, action, account, refund["id"])


def _hold_back(world: World, account: str, refund: Json) -> None:
    refund["pending_reason"] = "insufficient_funds"
    world.put(account, "refund", refund)
    name = _queue_name(world, account, refund)
    queue = world.tables.get(f"{PLATFORM}/{_WAITING}", {}).get(name)
    queue = queue or {"id": name, "account": account, "refunds": []}
    queue["refunds"].append(refund["id"])
    world.put(PLATFORM, _WAITING, queue)


def _queue_name(world: World, account: str, refund: Json) -> str:
    return f"{account}|{_settled(world, account, refund).currency}"


def pay_waiting(world: World) -> None:
    """What was held back for want of money, in the order in which it was asked for."""
    for queue in world.all(PLATFORM, _WAITING):
        account, refunds = queue["account"], queue["refunds"]
        while refunds and _covered(world, account, world.find(account, "refund", refunds[0])):
            refund = world.find(account, "refund", refunds.pop(0))
            _pay(world, account, refund)
            _tell(world, account, refund)
            world.put(PLATFORM, _WAITING, queue)


# Outcomes -----------------------------------------------------------------------------------


def succeed(world: World, account: str, identifier: str) -> Json:
    """The bank has it; nothing happens unless it was waited for and paid."""
    refund = world.find(account, "refund", identifier)
    if refund["status"] in OPEN and refund["balance_transaction"]:
        _become(world, account, refund, "succeeded")
        _tell(world, account, refund)
    return refund


def hold(world: World, account: str, identifier: str, status: str = "pending") -> Json:
    """The bank has not said yet, or the buyer must act first: `requires_action`."""
    refund = world.find(account, "refund", identifier)
    if refund["status"] in OPEN | {"succeeded"} and refund["balance_transaction"]:
        _become(world, account, refund, status)
        _tell(world, account, refund)
    return refund


def fail(
    world: World, account: str, identifier: str, reason: str = "expired_or_canceled_card"
) -> Json:
    """The money comes back; also of one that had `succeeded`."""
    refund = world.find(account, "refund", identifier)
    if refund["status"] not in {"failed", "canceled"}:
        _end(world, account, refund, status="failed", failure_reason=reason)
        events.emit(world, account, "refund.failed", refund)
    return refund


def cancel(world: World, account: str, identifier: str) -> Json:
    """Called off before the bank had it."""
    refund = world.find(account, "refund", identifier)
    if refund["status"] in OPEN:
        _end(world, account, refund, status="canceled", failure_reason="merchant_request")
    return refund


def cancel_request(world: World, account: str, params: Json) -> Json:
    """POST /v1/refunds/{id}/cancel: only while the buyer has to act."""
    refund = world.find(account, "refund", params["id"])
    if refund["status"] != "requires_action":
        raise invalid("Canceling this refund is unsupported.")
    return cancel(world, account, refund["id"])


def _end(world: World, account: str, refund: Json, *, status: str, failure_reason: str) -> None:
    if refund["balance_transaction"]:
        _bring_back(world, account, refund)
    else:
        queue = world.find(PLATFORM, _WAITING, _queue_name(world, account, refund))
        queue["refunds"].remove(refund["id"])
        world.put(PLATFORM, _WAITING, queue)
    refund["failure_reason"] = failure_reason
    _become(world, account, refund, status)
    charge = world.find(account, "charge", refund["charge"])
    _count(world, account, charge, -refund["amount"])
    _tell(world, account, refund)


def _bring_back(world: World, account: str, refund: Json) -> None:
    """Exactly what had been taken, whatever the rate is now; not the fee."""
    taken = world.find(account, balance.TRANSACTIONS, refund["balance_transaction"])
    back = balance.Movement(
        amount=-taken["amount"],
        currency=taken["currency"],
        source=refund["id"],
        category="refund_failure",
        exchange_rate=taken["exchange_rate"],
    )
    refund["failure_balance_transaction"] = balance.move(world, account, back)["id"]


def _become(world: World, account: str, refund: Json, status: str) -> None:
    """A refund says why it is pending, and why it failed, only when it has."""
    refund["status"] = status
    refund.pop("pending_reason", None)
    if status == "pending":
        refund["pending_reason"] = "processing"
    world.put(account, "refund", refund)


def _tell(world: World, account: str, refund: Json) -> None:
    events.emit(world, account, "refund.updated", refund)
    events.emit(world, account, "charge.refund.updated", refund)
