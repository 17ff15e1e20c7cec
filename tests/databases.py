"""Databases of one's own on a server for tests, and where such a server is quick."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg


def roomy_memory() -> str | None:
    """Copying a database means hundreds of small files: 10 ms in memory, 200 ms on some disks."""
    memory = "/dev/shm"
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if roomy else None


def sibling(url: str, database: str) -> str:
    """The same server, another database."""
    return f"{url.rpartition('/')[0]}/{database}"


@dataclass
class Databases:
    """Copies of databases, by the worker's own session on the server.

    Nobody may be connected to what is copied. What a test is done with is dropped before the next
    copy is made: by then whoever was connected is gone, and need not be waited for.
    """

    session: psycopg.Connection[Any]
    url: str
    _done: list[str] = field(default_factory=list)

    def copy(self, template: str) -> str:
        """The URL of a copy, under a name of its own."""
        while self._done:
            self.session.execute(f"DROP DATABASE {self._done.pop()} WITH (FORCE)")
        return self._copied(template, f"test_{uuid4().hex}")

    def replace(self, url: str, template: str) -> None:
        """Make a database, to which nobody was connected yet, a copy of another."""
        self.session.execute(f"DROP DATABASE {_name(url)}")
        self._copied(template, _name(url))

    def _copied(self, template: str, name: str) -> str:
        copying = f"CREATE DATABASE {name} TEMPLATE {_name(template)} STRATEGY file_copy"
        self.session.execute(copying)
        return sibling(self.url, name)

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """A copy for as long as it is needed."""
        url = self.copy(template)
        try:
            yield url
        finally:
            self._done.append(_name(url))


def _name(url: str) -> str:
    return url.rpartition("/")[2]
