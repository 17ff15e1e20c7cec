"""Databases of one's own on a server for tests, and where such a server is quick."""

import os
import shutil
from collections.abc import Iterator
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


def fresh_database(server_url: str, *, template: str) -> Iterator[str]:
    """A copy of another database, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield sibling(server_url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
