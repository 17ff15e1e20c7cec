"""Identifiers: UUIDv7 (RFC 9562), so they sort by time of creation and reveal nothing else."""

import os
import re
import time
from typing import NewType
from uuid import NAMESPACE_URL, UUID, uuid5

UserId = NewType("UserId", str)
SellerId = NewType("SellerId", UserId)  # a seller is a user: the same opaque id
ProductId = NewType("ProductId", str)
OrderId = NewType("OrderId", str)
PayoutId = NewType("PayoutId", str)
BreakId = NewType("BreakId", str)
TransactionId = NewType("TransactionId", str)  # a balance transaction of Stripe's
RefundId = NewType("RefundId", str)
DisputeId = NewType("DisputeId", str)  # Stripe's own

_OPAQUE = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


def new_id(now_ms: int | None = None) -> str:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def derived_id(*parts: str) -> str:
    """The same id for the same parts: names a command by what caused it."""
    return str(uuid5(NAMESPACE_URL, "\x1f".join(parts)))


def is_opaque(value: str) -> bool:
    """Whether a text can stand in a stream or account name: no separators, no surprises."""
    return _OPAQUE.fullmatch(value) is not None
