"""Reading Stripe's JSON: what several translations share. Nothing is guessed or rounded."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mywork.adapters.stripe.amounts import from_stripe

Json = Mapping[str, Any]


def money(subject: Json, name: str) -> tuple[str, int]:
    """The currency of an object, and one of its amounts in our minor units."""
    currency = str(subject["currency"]).upper()
    return currency, from_stripe(subject[name], currency)


def metadata(subject: Json, key: str) -> str:
    return str((subject.get("metadata") or {}).get(key, ""))


def id_of(reference: Any) -> str:
    """An object's id, whether it came as an id, expanded, or not at all."""
    if isinstance(reference, Mapping):
        return str(reference["id"])
    return str(reference or "")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
