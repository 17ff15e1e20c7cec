"""The key that signs heads of the history."""

from typing import Protocol


class Signer(Protocol):
    """An Ed25519 key with a name; the secret never leaves it."""

    @property
    def name(self) -> str:
        """Whose key it is, and the origin of the heads it signs: one word, such as a host."""

    @property
    def verifier_key(self) -> str:
        """The public key as people pass it on: `name+id+base64`."""

    def sign(self, text: str) -> str:
        """The signature line of a note with this text."""
