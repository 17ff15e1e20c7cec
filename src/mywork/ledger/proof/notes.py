"""Signed notes: texts that carry their signatures, as transparency logs write them.

The format is C2SP's signed-note, heads are its tlog-checkpoint with the time as one line more, so
other people's tools read them. A key's name is also the origin of its heads. Pure.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

_ED25519 = b"\1"  # the algorithm's number in the formats of keys


def key_id(name: str, public: bytes) -> bytes:
    """Four bytes by which a signature says whose it is."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The public key as people pass it on: `name+id+base64`."""
    return f"{name}+{key_id(name, public).hex()}+{_base64(_ED25519 + public)}"


def signature_line(name: str, public: bytes, signature: bytes) -> str:
    return f"\N{EM DASH} {name} {_base64(key_id(name, public) + signature)}\n"


def head_text(origin: str, size: int, root: bytes, signed_at: datetime) -> str:
    """What is signed of a head: origin, size, root, and when, a line each."""
    return f"{origin}\n{size}\n{_base64(root)}\nsigned_at {utc_text(signed_at)}\n"


def key_text(name: str, number: int, key: str, from_size: int, since: datetime) -> str:
    """What is signed when a key begins: by the key itself and by the one before it.

    Its first line is no origin, so it can never pass for a head.
    """
    return f"{name} signing key\n{number}\n{key}\nfrom {from_size}\nsince {utc_text(since)}\n"


def note(text: str, signature_lines: Sequence[str]) -> str:
    return f"{text}\n{''.join(signature_lines)}"


def utc_text(moment: datetime) -> str:
    """As records write times: UTC, always six digits of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
