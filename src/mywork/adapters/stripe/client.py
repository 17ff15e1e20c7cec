"""The SDK's client, as everything here uses it."""

from typing import Any, cast

import stripe
from stripe._v1_services import V1Services

TIMEOUT_SECONDS = 20


def open_client(
    secret_key: str, *, api_base: str = "", http_client: stripe.HTTPClient | None = None
) -> V1Services:
    """`api_base` points it at the sandbox; no connection is made yet."""
    addresses = cast("Any", {"api": api_base} if api_base else {})
    return stripe.StripeClient(
        secret_key,
        base_addresses=addresses,
        max_network_retries=2,
        http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    ).v1
