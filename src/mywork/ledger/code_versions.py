"""Which code decides and places money: the package's version, and a digest of its sources.

Kept with every entry, so that whoever asks why can be shown the rule as it was then.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from eventstore.store import EventStore

_PACKAGE = Path(__file__).parent.parent
# What an amount and its place depend on, and nothing else: a new page on a terminal is no version.
_DECIDING = (
    "domain/**/*.py",
    "ledger/rules/*.py",
    "ledger/accounts.py",
    "ledger/entry.py",
    "application/inbox/balance_transactions.py",  # what a balance transaction means
    "application/inbox/exceptions.py",  # what becomes of money that fits nowhere
)

_REGISTER = """
INSERT INTO ledger.code_versions (package_version, sources_sha256) VALUES (%s, %s)
ON CONFLICT DO NOTHING
"""
_FIND = "SELECT id FROM ledger.code_versions WHERE package_version = %s AND sources_sha256 = %s"


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """`sources_sha256` is hexadecimal."""

    package_version: str
    sources_sha256: str


@cache
def running() -> CodeVersion:
    """The version of the code that runs here."""
    return CodeVersion(metadata.version("mywork"), digest(deciding_files(), _PACKAGE))


def deciding_files() -> list[Path]:
    """The sources that decide amounts and place them, in one order."""
    return sorted(path for pattern in _DECIDING for path in _PACKAGE.glob(pattern))


def digest(files: Iterable[Path], root: Path) -> str:
    """Of names below `root` and contents, in hexadecimal."""
    found = hashlib.sha256()
    for path in files:
        name = path.relative_to(root).as_posix()
        found.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def register(store: EventStore) -> int:
    """The number of the running version, which is written down when it is first used."""
    version = running()
    key = (version.package_version, version.sources_sha256)
    with store.transaction() as cursor:
        # Looked for first: a conflict would spend a number, and there are few.
        if cursor.execute(_FIND, key).fetchone() is None:
            cursor.execute(_REGISTER, key)
        ((number,),) = cursor.execute(_FIND, key).fetchall()
    return int(number)
