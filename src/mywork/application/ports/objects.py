"""Object storage: bytes under a key, in a bucket or a folder.

An object appears whole or not at all: a reader never sees half of one. A key is words between
slashes, such as `heads/2026/000042.json`; it names the same object on every machine.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mywork.application.ports.faults import VendorUnavailable
from mywork.domain.errors import MyWorkError

CHUNK_BYTES = 1024 * 1024

_KEY = re.compile(r"[A-Za-z0-9!_.*'()=@:+-]+(?:/[A-Za-z0-9!_.*'()=@:+-]+)*")
_LONGEST_KEY = 900  # S3 takes 1,024 bytes; a file system's path is not much longer


class ObjectExists(MyWorkError):
    """A write-once object lies under the key already, with other bytes; it was left as it is."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was stored before, with other bytes, and is kept as it is")


class ObjectMissing(MyWorkError):
    """Nothing lies under the key."""


class ObjectKeyInvalid(MyWorkError):
    """A key that some store could not hold, or that would lead out of its folder."""


class StorageUnavailable(VendorUnavailable):
    """The store does not answer, or refuses us: what was asked may or may not be done."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Never overwritten. Until `locked_until` (aware) not deleted either, by nobody, where the
    store can promise that (S3 object lock in compliance mode); None asks for no lock."""

    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`locked_until` is what the store has promised; None where it promised nothing."""

    key: str
    size_bytes: int
    locked_until: datetime | None = None


class Objects(Protocol):
    """Raises StorageUnavailable when the store cannot be asked, ObjectKeyInvalid for a bad key."""

    def put(self, key: str, body: bytes, *, once: Retention | None = None) -> StoredObject:
        """Store bytes; without `once` what lay there is replaced.

        With `once` raises ObjectExists when other bytes lie there; the same bytes again are as
        good as stored, so a repeated call whose first answer was lost succeeds.
        """

    def put_file(self, key: str, path: Path, *, once: Retention | None = None) -> StoredObject:
        """`put` for a file of any size, in constant memory."""

    def get(self, key: str) -> bytes:
        """All of an object that fits into memory; raises ObjectMissing."""

    def chunks(self, key: str) -> Iterator[bytes]:
        """An object of any size, a piece at a time; raises ObjectMissing."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Every object whose key begins with `prefix`, by key; locks are not looked up."""


def check_key(key: str) -> str:
    """The key itself; raises ObjectKeyInvalid."""
    parts = key.split("/")
    if _KEY.fullmatch(key) is None or len(key) > _LONGEST_KEY or {".", ".."} & set(parts):
        raise ObjectKeyInvalid(
            f"{key[:80]!r} cannot be a key: use words of letters, digits and !_.*'()=@:+-, "
            "with slashes between"
        )
    return key
