"""Object storage for development: one file an object, below a folder."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mywork.application.ports.objects import (
    CHUNK_BYTES,
    ObjectExists,
    ObjectMissing,
    Retention,
    StorageUnavailable,
    StoredObject,
    check_key,
)


class FolderObjects:
    """The Objects port; the folder is made when something is first put there.

    A write-once object is a file that may only be read; a lock is not promised, since whoever
    owns the folder may delete it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, body: bytes, *, once: Retention | None = None) -> StoredObject:
        return self._place(key, iter([body]), once)

    def put_file(self, key: str, path: Path, *, once: Retention | None = None) -> StoredObject:
        with path.open("rb") as file:
            return self._place(key, iter(lambda: file.read(CHUNK_BYTES), b""), once)

    def _place(self, key: str, body: Iterator[bytes], once: Retention | None) -> StoredObject:
        """Written aside, made durable, then given its name: never seen half."""
        target = self._folder / check_key(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=".writing-", dir=target.parent)
            aside = Path(name)
            try:
                with os.fdopen(number, "wb") as file:
                    file.writelines(body)
                    file.flush()
                    os.fsync(file.fileno())
                return _named_once(aside, target, key) if once else _replaced(aside, target, key)
            finally:
                aside.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"{target}: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        return b"".join(self.chunks(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        path = self._folder / check_key(key)
        try:
            with path.open("rb") as file:
                yield from iter(lambda: file.read(CHUNK_BYTES), b"")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise ObjectMissing(f"nothing lies under {key} in {self._folder}") from error
        except OSError as error:
            raise StorageUnavailable(f"{path}: {error.strerror}") from error

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        found = sorted(
            (path.relative_to(self._folder).as_posix(), path)
            for path in self._folder.rglob("*")
            if path.is_file() and not path.name.startswith(".writing-")
        )
        for key, path in found:
            if key.startswith(prefix):
                yield StoredObject(key, path.stat().st_size)


def _named_once(aside: Path, target: Path, key: str) -> StoredObject:
    """A link fails where the name is taken, so of two writers one is first."""
    aside.chmod(0o444)
    with suppress(FileExistsError):
        os.link(aside, target)
        return StoredObject(key, target.stat().st_size)
    if _digest(aside) != _digest(target):
        raise ObjectExists(key)
    return StoredObject(key, target.stat().st_size)


def _replaced(aside: Path, target: Path, key: str) -> StoredObject:
    if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
        raise ObjectExists(key)
    aside.replace(target)
    return StoredObject(key, target.stat().st_size)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
