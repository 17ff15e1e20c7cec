"""Connected accounts: Express onboarding, transfers to them, their bank payouts."""

from typing import Any

from mywork.sandbox.stripe import balance, events
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.payments import lower_currency, whole_amount
from mywork.sandbox.stripe.world import PLATFORM, World

ARRIVAL = "payout.arrive"
BANK_SECONDS = 2 * 24 * 3600
NEEDED = ["external_account", "individual.verification.document", "tos_acceptance.date"]


# Accounts -----------------------------------------------------------------------------------


def create_account(world: World, _: str, params: Json) -> Json:
    if params.get("type") != "express":
        raise invalid("The sandbox imitates Express accounts: type=express", param="type")
    account: Json = {
        "id": world.new_id("acct"),
        "object": "account",
        "business_profile": None,
        "business_type": None,
        "capabilities": dict.fromkeys(params.get("capabilities") or {}, "inactive"),
        "charges_enabled": False,
        "country": params.get("country", "US"),
        "created": world.now(),
        "default_currency": "usd",
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": _list([], "/v1/accounts/external_accounts"),
        "future_requirements": _requirements([]),
        "metadata": params.get("metadata") or {},
        "payouts_enabled": False,
        "requirements": _requirements(NEEDED),
        "settings": {"payouts": _payout_settings(params)},
        "tos_acceptance": {"date": None},
        "type": "express",
    }
    return world.put(PLATFORM, "account", account)


def _requirements(due: list[str]) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": "requirements.past_due" if due else None,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def _payout_settings(params: Json) -> Json:
    schedule = ((params.get("settings") or {}).get("payouts") or {}).get("schedule") or {}
    return {
        "debit_negative_balances": False,
        "schedule": {"delay_days": 2, "interval": schedule.get("interval", "daily")},
        "statement_descriptor": None,
    }


def create_account_link(world: World, _: str, params: Json) -> Json:
    account = world.find(PLATFORM, "account", params.get("account", ""))
    link = {"id": world.new_id("link"), "account": account["id"], "used": False}
    world.put(PLATFORM, "account_link", link | {"return_url": params.get("return_url")})
    return {
        "object": "account_link",
        "created": world.now(),
        "expires_at": world.now() + 300,
        "url": f"{params['_base']}/_sandbox/onboard/{link['id']}",
    }


def onboard(world: World, account_id: str) -> Json:
    """What a seller does on Stripe's pages, done at once."""
    account = world.find(PLATFORM, "account", account_id)
    account |= {
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": _requirements([]),
    }
    world.put(PLATFORM, "account", account)
    events.emit(world, account_id, "account.updated", account, details_submitted=False)
    return account


# Transfers ----------------------------------------------------------------------------------


def create_transfer(world: World, _: str, params: Json) -> Json:
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
    identifier = world.new_id("tr")
    out = balance.move(
        world,
        PLATFORM,
        balance.Movement(amount=-amount, currency=currency, source=identifier, category="transfer"),
    )
    payment = world.new_id("py")
    balance.move(
        world,
        account["id"],
        balance.Movement(amount=amount, currency=currency, source=payment, category="charge"),
    )
    transfer = {
        "id": identifier,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": out["id"],
        "created": world.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": account["id"],
        "destination_payment": payment,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "reversals": _list([], f"/v1/transfers/{identifier}/reversals"),
        "reversed": False,
        "source_transaction": None,
        "source_type": "card",
        "transfer_group": params.get("transfer_group"),
    }
    world.put(PLATFORM, "transfer", transfer)
    events.emit(world, PLATFORM, "transfer.created", transfer)
    return transfer


def create_reversal(world: World, _: str, params: Json) -> Json:
    transfer = world.find(PLATFORM, "transfer", params["id"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = whole_amount(params, "amount") if "amount" in params else left
    if not 0 < amount <= left:
        raise invalid(f"Reversal amount is greater than the {left} left", param="amount")
    currency, destination = transfer["currency"], transfer["destination"]
    if balance.available(world, destination, currency) < amount:
        raise invalid("The destination has insufficient funds.", code="balance_insufficient")
    identifier = world.new_id("trr")
    back = balance.move(
        world,
        PLATFORM,
        balance.Movement(
            amount=amount, currency=currency, source=identifier, category="transfer_reversal"
        ),
    )
    balance.move(
        world,
        destination,
        balance.Movement(amount=-amount, currency=currency, source=identifier, category="refund"),
    )
    reversal = {
        "id": identifier,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": back["id"],
        "created": world.now(),
        "currency": currency,
        "destination_payment_refund": None,
        "metadata": params.get("metadata") or {},
        "source_refund": None,
        "transfer": transfer["id"],
    }
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, reversal)
    world.put(PLATFORM, "transfer", transfer)
    events.emit(world, PLATFORM, "transfer.reversed", transfer)
    return reversal


# Payouts ------------------------------------------------------------------------------------


def create_payout(world: World, account: str, params: Json) -> Json:
    amount, currency = whole_amount(params, "amount"), lower_currency(params)
    if account != PLATFORM and not world.find(PLATFORM, "account", account)["payouts_enabled"]:
        raise invalid("Payouts are not enabled on this account.", code="payouts_not_allowed")
    if balance.available(world, account, currency) < amount:
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
        )
    identifier = world.new_id("po")
    out = balance.move(
        world,
        account,
        balance.Movement(amount=-amount, currency=currency, source=identifier, category="payout"),
    )
    payout: Json = {
        "id": identifier,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now() + BANK_SECONDS,
        "automatic": False,
        "balance_transaction": out["id"],
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
    world.put(account, "payout", payout)
    world.later(payout["arrival_date"], ARRIVAL, account, identifier)
    events.emit(world, account, "payout.created", payout)
    return payout


def pay_payout(world: World, account: str, payout: Json) -> Json:
    """The bank has it."""
    if payout["status"] in {"pending", "in_transit"}:
        payout["status"] = "paid"
        world.put(account, "payout", payout)
        events.emit(world, account, "payout.paid", payout, status="pending")
    return payout


def fail_payout(world: World, account: str, payout: Json, code: str = "account_closed") -> Json:
    """The bank sends it back; also one that was `paid` may still fail."""
    if payout["status"] in {"failed", "canceled"}:
        return payout
    back = balance.move(
        world,
        account,
        balance.Movement(
            amount=payout["amount"],
            currency=payout["currency"],
            source=payout["id"],
            category="payout_failure",
        ),
    )
    payout |= {
        "status": "failed",
        "failure_balance_transaction": back["id"],
        "failure_code": code,
        "failure_message": f"The bank returned it: {code} (simulated)",
    }
    world.put(account, "payout", payout)
    events.emit(world, account, "payout.failed", payout, status="pending")
    return payout


def arrive(world: World, account: str, identifier: str) -> None:
    pay_payout(world, account, world.find(account, "payout", identifier))


# Customers ----------------------------------------------------------------------------------


def create_customer(world: World, account: str, params: Json) -> Json:
    customer: Json = {
        "id": world.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": world.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "email": params.get("email"),
        "invoice_prefix": "SANDBOX",
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params.get("name"),
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
    }
    return world.put(account, "customer", customer)


def _list(data: list[Any], url: str) -> Json:
    return {"object": "list", "data": data, "has_more": False, "url": url}
