"""Every route that is imitated, with its operation and the parameters it knows.

The list is the sandbox's whole promise: another route answers Stripe's 404, another parameter its
400.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mywork.sandbox.stripe import (
    balance,
    connect,
    customers,
    disputes,
    events,
    payments,
    payouts,
    radar,
    refunds,
    transfers,
)
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import PLATFORM, World

PAGING = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})

Operation = Callable[[World, str, Json], Json]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    operation: Operation
    parameters: frozenset[str]


# Reading ------------------------------------------------------------------------------------


def _retrieve(kind: str, show: Callable[[World, Json], Json] | None = None) -> Operation:
    def operation(world: World, account: str, params: Json) -> Json:
        found = world.find(account, kind, params["id"])
        return show(world, found) if show else found

    return operation


def _listing(
    kind: str, *filters: str, show: Callable[[World, Json], Json] | None = None
) -> Operation:
    """A list newest first, filtered by equal fields and times of creation."""

    def operation(world: World, account: str, params: Json) -> Json:
        wanted = {name: params[name] for name in filters if name in params}
        if "types" in wanted:
            wanted["type"] = wanted.pop("types")
        rows, has_more = world.shelf(account, kind).page(wanted, params)
        data = [show(world, row) if show else row for row in rows]
        return {
            "object": "list",
            "data": data,
            "has_more": has_more,
            "url": f"/v1/{kind.replace('.', '/')}s",
        }

    return operation


# Routes -------------------------------------------------------------------------------------


def _route(text: str, operation: Operation, parameters: str = "") -> Route:
    method, path = text.split()
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[A-Za-z0-9_]+)", path)
    return Route(method, re.compile(pattern), operation, frozenset(parameters.split()))


def _updating(kind: str) -> Operation:
    return lambda world, account, params: payments.update_metadata(world, account, kind, params)


def _own_account(world: World, _: str, params: Json) -> Json:
    return world.find(PLATFORM, "account", params["id"])


INTENT = (
    "amount currency automatic_payment_methods customer description metadata payment_method "
    "confirm receipt_email statement_descriptor transfer_group"
)
ROUTES: tuple[Route, ...] = (
    _route("POST /v1/payment_intents", payments.create_intent, INTENT),
    _route("GET /v1/payment_intents", _listing("payment_intent", "customer"), "customer"),
    _route("GET /v1/payment_intents/{id}", _retrieve("payment_intent"), "client_secret"),
    _route(
        "POST /v1/payment_intents/{id}",
        _updating("payment_intent"),
        "metadata description transfer_group receipt_email",
    ),
    _route(
        "POST /v1/payment_intents/{id}/confirm",
        payments.confirm_intent,
        "payment_method return_url receipt_email",
    ),
    _route("POST /v1/payment_intents/{id}/cancel", payments.cancel_intent, "cancellation_reason"),
    _route(
        "GET /v1/charges",
        _listing("charge", "payment_intent", "transfer_group", "customer"),
        "payment_intent transfer_group customer",
    ),
    _route("GET /v1/charges/{id}", _retrieve("charge")),
    _route("POST /v1/refunds", refunds.create, "amount charge payment_intent reason metadata"),
    _route(
        "GET /v1/refunds",
        _listing("refund", "charge", "payment_intent"),
        "charge payment_intent",
    ),
    _route("GET /v1/refunds/{id}", _retrieve("refund")),
    _route("POST /v1/refunds/{id}", _updating("refund"), "metadata"),
    _route("POST /v1/refunds/{id}/cancel", refunds.cancel_request),
    _route(
        "GET /v1/disputes",
        _listing("dispute", "charge", "payment_intent"),
        "charge payment_intent",
    ),
    _route("GET /v1/disputes/{id}", _retrieve("dispute")),
    _route("POST /v1/disputes/{id}", disputes.update, "evidence submit metadata"),
    _route("POST /v1/disputes/{id}/close", disputes.close_request),
    _route(
        "GET /v1/radar/early_fraud_warnings",
        _listing(radar.WARNINGS, "charge", "payment_intent"),
        "charge payment_intent",
    ),
    _route("GET /v1/radar/early_fraud_warnings/{id}", _retrieve(radar.WARNINGS)),
    _route("GET /v1/balance", balance.balance),
    _route(
        "GET /v1/balance_transactions",
        _listing("balance_transaction", "source", "type", "currency", show=balance.refreshed),
        "source type currency",
    ),
    _route(
        "GET /v1/balance_transactions/{id}",
        _retrieve("balance_transaction", balance.refreshed),
    ),
    _route(
        "POST /v1/accounts",
        connect.create_account,
        "type country email capabilities metadata settings business_type",
    ),
    _route("GET /v1/accounts", _listing("account")),
    _route("GET /v1/accounts/{id}", _own_account),
    _route("POST /v1/accounts/{id}", _updating("account"), "metadata email"),
    _route("POST /v1/accounts/{id}/login_links", connect.login_link),
    _route(
        "POST /v1/account_links",
        connect.create_account_link,
        "account type return_url refresh_url collection_options",
    ),
    _route(
        "POST /v1/transfers",
        transfers.create,
        "amount currency destination description metadata transfer_group",
    ),
    _route(
        "GET /v1/transfers",
        _listing("transfer", "destination", "transfer_group"),
        "destination transfer_group",
    ),
    _route("GET /v1/transfers/{id}", _retrieve("transfer")),
    _route("POST /v1/transfers/{id}", _updating("transfer"), "metadata description"),
    _route("POST /v1/transfers/{transfer}/reversals", transfers.reverse, "amount metadata"),
    _route("GET /v1/transfers/{transfer}/reversals", _listing(transfers.REVERSALS, "transfer")),
    _route("GET /v1/transfers/{transfer}/reversals/{id}", transfers.reversal),
    _route("POST /v1/payouts", payouts.create, "amount currency description metadata method"),
    _route("GET /v1/payouts", _listing("payout", "status"), "status"),
    _route("GET /v1/payouts/{id}", _retrieve("payout")),
    _route("POST /v1/payouts/{id}", _updating("payout"), "metadata"),
    _route("POST /v1/payouts/{id}/cancel", payouts.cancel),
    _route("POST /v1/customers", customers.create, "email name description metadata phone"),
    _route("GET /v1/customers", _listing("customer", "email"), "email"),
    _route("GET /v1/customers/{id}", _retrieve("customer")),
    _route("POST /v1/customers/{id}", _updating("customer"), "email description metadata"),
    _route("GET /v1/events", _listing("event", "type", "types"), "type types delivery_success"),
    _route("GET /v1/events/{id}", _retrieve("event")),
    _route(
        "POST /v1/webhook_endpoints",
        events.create_endpoint,
        "url enabled_events connect description",
    ),
    _route(
        "GET /v1/webhook_endpoints",
        _listing("webhook_endpoint", show=lambda _, found: events.shown(found)),
    ),
    _route("DELETE /v1/webhook_endpoints/{id}", events.delete_endpoint),
)
