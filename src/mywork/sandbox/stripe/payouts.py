"""Payouts to bank accounts: handed to the bank, arrived, sent back, called off.

One that was `paid` may still fail; the money is then in the account's balance again.
"""

from mywork.sandbox.stripe import balance, events
from mywork.sandbox.stripe.balance import Movement
from mywork.sandbox.stripe.currencies import check_step
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.payments import lower_currency, whole_amount
from mywork.sandbox.stripe.world import PLATFORM, World

SUBMISSION, ARRIVAL = "payout.submit", "payout.arrive"
SUBMITTED_AFTER_SECONDS, ARRIVES_AFTER_SECONDS = 24 * 3600, 2 * 24 * 3600


def create(world: World, account: str, params: Json) -> Json:
    """POST /v1/payouts of the platform or, with `Stripe-Account`, of a connected account."""
    amount, currency = whole_amount(params, "amount"), lower_currency(params)
    if account != PLATFORM and not world.find(PLATFORM, "account", account)["payouts_enabled"]:
        raise invalid("Payouts are not enabled on this account.", code="payouts_not_allowed")
    check_step(amount, currency, of_payout=True)
    if balance.available(world, account, currency) < amount:
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
        )
    payout = _payout(world, amount, currency, params)
    out = Movement(amount=-amount, currency=currency, source=payout["id"], category="payout")
    payout["balance_transaction"] = balance.move(world, account, out)["id"]
    world.put(account, "payout", payout)
    world.later(payout["created"] + SUBMITTED_AFTER_SECONDS, SUBMISSION, account, payout["id"])
    world.later(payout["arrival_date"], ARRIVAL, account, payout["id"])
    events.emit(world, account, "payout.created", payout)
    return payout


def _payout(world: World, amount: int, currency: str, params: Json) -> Json:
    return {
        "id": world.new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now() + ARRIVES_AFTER_SECONDS,
        "automatic": False,
        "balance_transaction": None,
        "created": world.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": "ba_sandbox",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }


def submit(world: World, account: str, identifier: str) -> Json:
    """The bank has been told; it can no longer be called off."""
    payout = world.find(account, "payout", identifier)
    if payout["status"] == "pending":
        _become(world, account, payout, "in_transit", told="payout.updated")
    return payout


def arrive(world: World, account: str, identifier: str) -> Json:
    """The bank has it."""
    payout = world.find(account, "payout", identifier)
    if payout["status"] in {"pending", "in_transit"}:
        _become(world, account, payout, "paid", told="payout.paid")
    return payout


def fail(world: World, account: str, identifier: str, code: str = "account_closed") -> Json:
    """The bank sends it back; also one that was `paid`."""
    payout = world.find(account, "payout", identifier)
    if payout["status"] not in {"failed", "canceled"}:
        payout["failure_code"] = code
        payout["failure_message"] = f"The bank returned it: {code} (simulated)"
        _return(world, account, payout, "payout_failure")
        _become(world, account, payout, "failed", told="payout.failed")
    return payout


def cancel(world: World, account: str, params: Json) -> Json:
    """POST /v1/payouts/{id}/cancel: while the bank has not been told."""
    payout = world.find(account, "payout", params["id"])
    if payout["status"] != "pending":
        raise invalid(
            f"Payouts can be canceled only while they are pending; this one is {payout['status']}."
        )
    _return(world, account, payout, "payout_cancel")
    return _become(world, account, payout, "canceled", told="payout.canceled")


def _return(world: World, account: str, payout: Json, kind: str) -> None:
    back = Movement(
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        category="payout_reversal",
        type=kind,
    )
    payout["failure_balance_transaction"] = balance.move(world, account, back)["id"]


def _become(world: World, account: str, payout: Json, status: str, *, told: str) -> Json:
    previous, payout["status"] = payout["status"], status
    world.put(account, "payout", payout)
    events.emit(world, account, told, payout, status=previous)
    return payout
