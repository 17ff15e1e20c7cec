"""Electronic mail: short plain texts to one person each."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is one address; `subject` has no line break."""

    to: str
    subject: str
    text: str


class Mail(Protocol):
    """Raises VendorUnavailable when it may be tried again, VendorRefused when it never will go."""

    def send(self, message: Message, *, idempotency_key: str) -> None:
        """Send once for each key, as far as the vendor remembers keys."""
