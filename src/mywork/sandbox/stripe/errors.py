"""Refusals in Stripe's own words: status, type, code, message."""

from typing import Any

Json = dict[str, Any]


class StripeFault(Exception):
    """Becomes `{"error": {...}}` with its HTTP status."""

    def __init__(self, status: int, type_: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error: Json = {"type": type_, "message": message} | more


def invalid(message: str, *, code: str = "", param: str = "", status: int = 400) -> StripeFault:
    more = {name: value for name, value in (("code", code), ("param", param)) if value}
    return StripeFault(status, "invalid_request_error", message, **more)


def missing(kind: str, identifier: str) -> StripeFault:
    return invalid(
        f"No such {kind}: '{identifier}'", code="resource_missing", param="id", status=404
    )


def declined(
    message: str, *, code: str, decline_code: str, intent: Json, charge: str
) -> StripeFault:
    return StripeFault(
        402,
        "card_error",
        message,
        code=code,
        decline_code=decline_code,
        charge=charge,
        payment_intent=intent,
    )
