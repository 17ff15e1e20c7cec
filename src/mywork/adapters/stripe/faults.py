"""The SDK's errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from mywork.application.ports.faults import VendorRefused, VendorUnavailable


@contextmanager
def translated() -> Iterator[None]:
    """The SDK's errors as ours: refused for good, or unknown and to be tried again."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError, stripe.PermissionError) as error:
        raise VendorRefused(error.code or "refused", error.user_message or str(error)) from error
    except stripe.StripeError as error:
        # Connection, rate limit, idempotency key in use, their fault, our key: none says no.
        raise VendorUnavailable(f"{type(error).__name__}: {error.user_message or error}") from error
