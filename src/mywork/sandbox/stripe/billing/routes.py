"""The routes of Billing, with the parameters that each knows."""

from mywork.sandbox.stripe.billing import (
    catalogue,
    changes,
    clocks,
    collecting,
    cycle,
    invoices,
    subscriptions,
    wallets,
)
from mywork.sandbox.stripe.routing import Route, listing, retrieving, route, updating

_SUBSCRIPTION = (
    "cancel_at_period_end default_payment_method description items metadata off_session "
    "payment_behavior payment_settings proration_behavior"
)
ROUTES: tuple[Route, ...] = (
    # What is sold
    route("POST /v1/products", catalogue.create_product, "active description id metadata name"),
    route("GET /v1/products", listing("product")),
    route("GET /v1/products/{id}", retrieving("product")),
    route("POST /v1/products/{id}", updating("product"), "description metadata"),
    route(
        "POST /v1/prices",
        catalogue.create_price,
        "active currency lookup_key metadata nickname product recurring transfer_lookup_key "
        "unit_amount",
    ),
    route("GET /v1/prices", catalogue.list_prices, "active currency lookup_keys product type"),
    route("GET /v1/prices/{id}", retrieving("price")),
    route("POST /v1/prices/{id}", catalogue.update_price, "active metadata nickname"),
    # What it is paid with
    route("GET /v1/payment_methods", wallets.list_methods, "customer type"),
    route("GET /v1/payment_methods/{id}", retrieving(wallets.METHOD)),
    route("POST /v1/payment_methods/{id}/attach", wallets.attach, "customer"),
    route("POST /v1/payment_methods/{id}/detach", wallets.detach),
    route("GET /v1/customers/{id}/payment_methods", wallets.list_methods, "type"),
    route(
        "POST /v1/customers/{id}/balance_transactions",
        wallets.adjust,
        "amount currency description",
    ),
    route("GET /v1/customers/{id}/balance_transactions", wallets.list_balance),
    # Subscriptions
    route(
        "POST /v1/subscriptions",
        subscriptions.create,
        f"{_SUBSCRIPTION} collection_method customer trial_end trial_period_days trial_settings",
    ),
    route("GET /v1/subscriptions", subscriptions.list_subscriptions, "customer status"),
    route("GET /v1/subscriptions/{id}", retrieving("subscription")),
    route("POST /v1/subscriptions/{id}", changes.update, _SUBSCRIPTION),
    route("DELETE /v1/subscriptions/{id}", changes.cancel, "invoice_now prorate"),
    route("POST /v1/subscriptions/{id}/resume", changes.resume),
    # Invoices
    route("GET /v1/invoices", listing(invoices.INVOICE, "customer", "status"), "customer status"),
    route("GET /v1/invoices/{id}", retrieving(invoices.INVOICE)),
    route("GET /v1/invoices/{id}/lines", invoices.list_lines),
    route("POST /v1/invoices/{id}/pay", collecting.pay, "off_session payment_method"),
    route("POST /v1/invoices/{id}/finalize", collecting.finalize),
    route("POST /v1/invoices/{id}/void", collecting.void),
    route("POST /v1/invoices/{id}/mark_uncollectible", collecting.mark_uncollectible),
    route("GET /v1/invoice_payments", invoices.list_payments, "invoice payment status"),
    route("GET /v1/invoice_payments/{id}", retrieving(invoices.PAYMENT)),
    # Time
    route("POST /v1/test_helpers/test_clocks", clocks.create, "frozen_time name"),
    route("GET /v1/test_helpers/test_clocks", listing(clocks.CLOCK)),
    route("GET /v1/test_helpers/test_clocks/{id}", retrieving(clocks.CLOCK)),
    route("POST /v1/test_helpers/test_clocks/{id}/advance", cycle.advance, "frozen_time"),
)
