"""Ed25519 keys for signing heads, in the text form of C2SP's signed-note.

A secret key is `PRIVATE+KEY+name+id+base64`, the form that other tools for transparency logs make
and read. In development the key is made once, in a file that only its owner may read.
"""

import base64
import binascii
import os
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mywork.domain.errors import MyWorkError
from mywork.ledger.proof import notes

_PREFIX = "PRIVATE+KEY+"
_ED25519 = b"\1"
DEVELOPMENT_NAME = "localhost/mywork"


class SigningKeyInvalid(MyWorkError):
    """AUDIT_SIGNING_KEY is no signing key; what it is instead is never shown."""


class NoteSigner:
    """The Signer port on a secret key's text; raises SigningKeyInvalid."""

    def __init__(self, secret: str) -> None:
        try:
            prefix, self.name, id_, encoded = _parts(secret.strip())
            raw = base64.b64decode(encoded, validate=True)
            self._key = Ed25519PrivateKey.from_private_bytes(raw[1:])
        except (ValueError, binascii.Error):
            raise _invalid() from None
        self._public = self._key.public_key().public_bytes_raw()
        known = notes.key_id(self.name, self._public).hex()
        if prefix != _PREFIX or raw[:1] != _ED25519 or known != id_ or not _is_name(self.name):
            raise _invalid()

    def __repr__(self) -> str:
        return f"NoteSigner({self.verifier_key})"

    @property
    def verifier_key(self) -> str:
        return notes.verifier_key(self.name, self._public)

    def sign(self, text: str) -> str:
        return notes.signature_line(self.name, self._public, self._key.sign(text.encode()))


class FileSigner:
    """The Signer port on a key of development, made on first use."""

    def __init__(self, file: Path, name: str = DEVELOPMENT_NAME) -> None:
        self._file, self._name = file, name

    @cached_property
    def _signer(self) -> NoteSigner:
        if not self._file.exists():
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_secret(self._file, new_secret(self._name))
        return NoteSigner(self._file.read_text(encoding="ascii"))

    @property
    def name(self) -> str:
        return self._signer.name

    @property
    def verifier_key(self) -> str:
        return self._signer.verifier_key

    def sign(self, text: str) -> str:
        return self._signer.sign(text)


def new_secret(name: str) -> str:
    """A new secret key; raises SigningKeyInvalid for a name that no note could carry."""
    if not _is_name(name):
        raise SigningKeyInvalid(f"{name!r} cannot name a key: use one word without a plus sign")
    key = Ed25519PrivateKey.generate()
    id_ = notes.key_id(name, key.public_key().public_bytes_raw()).hex()
    encoded = base64.b64encode(_ED25519 + key.private_bytes_raw()).decode()
    return f"{_PREFIX}{name}+{id_}+{encoded}"


def write_secret(file: Path, secret: str) -> None:
    """Readable by us alone, whole or not at all; what another process wrote first is kept."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(f"{secret}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parts(secret: str) -> tuple[str, str, str, str]:
    name, id_, encoded = secret.removeprefix(_PREFIX).split("+", 2)
    return secret[: len(_PREFIX)], name, id_, encoded


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(c.isspace() or c == "+" for c in name)


def _invalid() -> SigningKeyInvalid:
    return SigningKeyInvalid(
        "AUDIT_SIGNING_KEY is not a signing key; `mywork audit keys new NAME` makes one"
    )
