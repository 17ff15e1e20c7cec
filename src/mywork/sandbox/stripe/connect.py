"""Connected accounts: Express onboarding, and what Stripe may do to them later.

`transfers` and `payouts` move their money.
"""

from mywork.sandbox.stripe import events
from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.listing import listed
from mywork.sandbox.stripe.world import PLATFORM, World

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
        "external_accounts": listed([], "/v1/accounts/external_accounts"),
        "future_requirements": _requirements([]),
        "metadata": params.get("metadata") or {},
        "payouts_enabled": False,
        "requirements": _requirements(NEEDED, "requirements.past_due"),
        "settings": {
            "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
            "card_payments": {"statement_descriptor_prefix": None},
            "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": None},
            "payouts": _payout_settings(params),
        },
        "tos_acceptance": {"date": None},
        "type": "express",
    }
    return world.put(PLATFORM, "account", account)


def _requirements(due: list[str], disabled_reason: str | None = None) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled_reason,
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
    """What a seller does on Stripe's pages, done at once; also what lifts a restriction."""
    account = world.find(PLATFORM, "account", account_id)
    if (account["requirements"]["disabled_reason"] or "").startswith("rejected"):
        raise invalid("This account was rejected; it cannot be opened again.")
    return _change(
        world,
        account,
        {
            "capabilities": dict.fromkeys(account["capabilities"], "active"),
            "charges_enabled": True,
            "details_submitted": True,
            "payouts_enabled": True,
            "requirements": _requirements([]),
        },
    )


def restrict(world: World, account_id: str, reason: str = "requirements.past_due") -> Json:
    """Nothing goes to the account or out of it until the reason is gone.

    A reason that begins with `rejected` is for good.
    """
    account = world.find(PLATFORM, "account", account_id)
    due = ["individual.verification.document"] if reason.startswith("requirements") else []
    return _change(
        world,
        account,
        {
            "capabilities": dict.fromkeys(account["capabilities"], "inactive"),
            "charges_enabled": False,
            "payouts_enabled": False,
            "requirements": _requirements(due, reason),
        },
    )


def _change(world: World, account: Json, change: Json) -> Json:
    previous = {name: account[name] for name in change if account[name] != change[name]}
    account |= change
    world.put(PLATFORM, "account", account)
    events.emit(world, account["id"], "account.updated", account, **previous)
    return account


def login_link(world: World, _: str, params: Json) -> Json:
    account = world.find(PLATFORM, "account", params["id"])
    url = f"{params['_base']}/_sandbox/accounts/{account['id']}"
    return {"object": "login_link", "created": world.now(), "url": url}
