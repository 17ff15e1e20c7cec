"""Looking into the read tables, and running what follows the history in other processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventstore.store import EventStore
from mywork.domain.identifiers import SellerId, UserId
from mywork.projections.catalogue import PROJECTION_NAMES
from mywork.projections.install import projection_statuses

GRACE = SellerId(UserId("user_grace"))


def rows(store: EventStore, name: str) -> list[Any]:
    with store.connection() as connection:
        return connection.execute(f"SELECT * FROM read.{name} ORDER BY 1").fetchall()


def everything(store: EventStore) -> dict[str, list[Any]]:
    return {name: rows(store, name) for name in PROJECTION_NAMES}


def caught_up(store: EventStore) -> bool:
    return all(status.lag == 0 for status in projection_statuses(store))


_PRELUDE = """
import sys, threading
from importlib import import_module
from eventstore.catalogue import Catalogue
from eventstore.follow import Runner
from eventstore.store import EventStore
from mywork.projections.catalogue import projection_followers
from mywork.projections.rebuild import rebuild
from mywork.domain.catalogue import EVENTS
store = EventStore(sys.argv[1], Catalogue(EVENTS))
"""


@contextmanager
def elsewhere(store: EventStore, code: str) -> Iterator["subprocess.Popen[str]"]:
    """Run code in a process of its own, where `store` is open; it is killed in the end."""
    command = [sys.executable, "-c", _PRELUDE + code, store.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
