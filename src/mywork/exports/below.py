"""A part of a store, as if it were a store of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mywork.application.ports.objects import Objects, Retention, StoredObject


@dataclass(frozen=True, slots=True)
class Below:
    """Every key stands below `prefix`, which ends in a slash."""

    objects: Objects
    prefix: str

    def put(self, key: str, body: bytes, *, once: Retention | None = None) -> StoredObject:
        return self._known(self.objects.put(self.prefix + key, body, once=once))

    def put_file(self, key: str, path: Path, *, once: Retention | None = None) -> StoredObject:
        return self._known(self.objects.put_file(self.prefix + key, path, once=once))

    def get(self, key: str) -> bytes:
        return self.objects.get(self.prefix + key)

    def chunks(self, key: str) -> Iterator[bytes]:
        return self.objects.chunks(self.prefix + key)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        return map(self._known, self.objects.list(self.prefix + prefix))

    def _known(self, stored: StoredObject) -> StoredObject:
        return replace(stored, key=stored.key.removeprefix(self.prefix))
