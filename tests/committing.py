"""A backend that dies while it commits: nobody can know what became of the transaction."""

import threading
from typing import Any

import psycopg
from waiting import GUARD_SECONDS, wait_until

_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"  # noqa: E501


def die_while_committing(cursor: psycopg.Cursor[Any], url: str) -> None:
    """For a hook of an append: what it executes is sent with the commit, in one pipeline."""
    cursor.execute("SELECT pg_sleep(%s)", (GUARD_SECONDS,))
    pid = cursor.connection.info.backend_pid
    threading.Thread(target=_end, args=(url, pid)).start()


def _end(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        wait_until(lambda: other.execute(_END, (pid,)).rowcount)
