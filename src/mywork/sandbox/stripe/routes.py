"""Every route that is imitated, with its operation and the parameters it knows.

The list is the sandbox's whole promise: another route answers Stripe's 404, another parameter its
400.
"""

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
    topups,
    transfers,
)
from mywork.sandbox.stripe.billing import collecting, wallets
from mywork.sandbox.stripe.billing.routes import ROUTES as BILLING
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.routing import PAGING, Route, listing, retrieving, route, updating
from mywork.sandbox.stripe.world import PLATFORM, World

__all__ = ["PAGING", "ROUTES"]


def _own_account(world: World, _: str, params: Json) -> Json:
    return world.find(PLATFORM, "account", params["id"])


INTENT = (
    "amount currency automatic_payment_methods customer description metadata payment_method "
    "confirm receipt_email statement_descriptor transfer_group"
)
ROUTES: tuple[Route, ...] = (
    route("POST /v1/payment_intents", payments.create_intent, INTENT),
    route("GET /v1/payment_intents", listing("payment_intent", "customer"), "customer"),
    route("GET /v1/payment_intents/{id}", retrieving("payment_intent"), "client_secret"),
    route(
        "POST /v1/payment_intents/{id}",
        updating("payment_intent"),
        "metadata description transfer_group receipt_email",
    ),
    route(
        "POST /v1/payment_intents/{id}/confirm",
        collecting.confirm_intent,
        "payment_method return_url receipt_email",
    ),
    route("POST /v1/payment_intents/{id}/cancel", payments.cancel_intent, "cancellation_reason"),
    route(
        "GET /v1/charges",
        listing("charge", "payment_intent", "transfer_group", "customer"),
        "payment_intent transfer_group customer",
    ),
    route("GET /v1/charges/{id}", retrieving("charge")),
    route("POST /v1/refunds", refunds.create, "amount charge payment_intent reason metadata"),
    route(
        "GET /v1/refunds",
        listing("refund", "charge", "payment_intent"),
        "charge payment_intent",
    ),
    route("GET /v1/refunds/{id}", retrieving("refund")),
    route("POST /v1/refunds/{id}", updating("refund"), "metadata"),
    route("POST /v1/refunds/{id}/cancel", refunds.cancel_request),
    route(
        "GET /v1/disputes",
        listing("dispute", "charge", "payment_intent"),
        "charge payment_intent",
    ),
    route("GET /v1/disputes/{id}", retrieving("dispute")),
    route("POST /v1/disputes/{id}", disputes.update, "evidence submit metadata"),
    route("POST /v1/disputes/{id}/close", disputes.close_request),
    route(
        "GET /v1/radar/early_fraud_warnings",
        listing(radar.WARNINGS, "charge", "payment_intent"),
        "charge payment_intent",
    ),
    route("GET /v1/radar/early_fraud_warnings/{id}", retrieving(radar.WARNINGS)),
    route("GET /v1/balance", balance.balance),
    route(
        "GET /v1/balance_transactions",
        listing("balance_transaction", "source", "type", "currency", show=balance.refreshed),
        "source type currency",
    ),
    route(
        "GET /v1/balance_transactions/{id}",
        retrieving("balance_transaction", balance.refreshed),
    ),
    route(
        "POST /v1/accounts",
        connect.create_account,
        "type country email capabilities metadata settings business_type",
    ),
    route("GET /v1/accounts", listing("account")),
    route("GET /v1/accounts/{id}", _own_account),
    route("POST /v1/accounts/{id}", updating("account"), "metadata email"),
    route("POST /v1/accounts/{id}/login_links", connect.login_link),
    route(
        "POST /v1/account_links",
        connect.create_account_link,
        "account type return_url refresh_url collection_options",
    ),
    route(
        "POST /v1/transfers",
        transfers.create,
        "amount currency destination description metadata transfer_group",
    ),
    route(
        "GET /v1/transfers",
        listing("transfer", "destination", "transfer_group"),
        "destination transfer_group",
    ),
    route("GET /v1/transfers/{id}", retrieving("transfer")),
    route("POST /v1/transfers/{id}", updating("transfer"), "metadata description"),
    route("POST /v1/transfers/{transfer}/reversals", transfers.reverse, "amount metadata"),
    route("GET /v1/transfers/{transfer}/reversals", listing(transfers.REVERSALS, "transfer")),
    route("GET /v1/transfers/{transfer}/reversals/{id}", transfers.reversal),
    route("POST /v1/payouts", payouts.create, "amount currency description metadata method"),
    route("GET /v1/payouts", listing("payout", "status"), "status"),
    route("GET /v1/payouts/{id}", retrieving("payout")),
    route("POST /v1/payouts/{id}", updating("payout"), "metadata"),
    route("POST /v1/payouts/{id}/cancel", payouts.cancel),
    route(
        "POST /v1/topups",
        topups.create,
        "amount currency description metadata statement_descriptor transfer_group",
    ),
    route("GET /v1/topups", listing("topup", "status"), "status"),
    route("GET /v1/topups/{id}", retrieving("topup")),
    route("POST /v1/topups/{id}", updating("topup"), "metadata description"),
    route("POST /v1/topups/{id}/cancel", topups.cancel),
    route(
        "POST /v1/customers",
        customers.create,
        "email name description metadata phone test_clock",
    ),
    route("GET /v1/customers", listing("customer", "email"), "email"),
    route("GET /v1/customers/{id}", retrieving("customer")),
    route(
        "POST /v1/customers/{id}",
        wallets.update_customer,
        "email description invoice_settings metadata name phone",
    ),
    route("GET /v1/events", listing("event", "type", "types"), "type types delivery_success"),
    route("GET /v1/events/{id}", retrieving("event")),
    route(
        "POST /v1/webhook_endpoints",
        events.create_endpoint,
        "url enabled_events connect description",
    ),
    route(
        "GET /v1/webhook_endpoints",
        listing("webhook_endpoint", show=lambda _, found: events.shown(found)),
    ),
    route("DELETE /v1/webhook_endpoints/{id}", events.delete_endpoint),
    *BILLING,
)
