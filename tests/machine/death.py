"""The process dies between any two statements: of its own SQL, or around a call to a vendor."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg


class Crash(BaseException):
    """No `except Exception` of the product's may catch it: nothing runs after a kill -9."""


class Fate:
    """Counts the moments at which the process can die: it does at the one that was chosen."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._thread = threading.get_ident()  # the pool opens connections in others

    def moment(self, where: str) -> None:
        if self._left is None or threading.get_ident() != self._thread:
            return
        if self._left == 0:
            self._left = None
            raise Crash(where)
        self._left -= 1

    @contextmanager
    def sealed(self, moments: int) -> Iterator[None]:
        """Die at the moment after so many, if there are so many: before a statement is sent,
        after a transaction has ended but nobody knows yet, before and after a vendor's answer."""
        self._left = moments
        execute, leave = psycopg.Cursor.execute, psycopg.Transaction.__exit__

        def mortal_execute(cursor: Any, *arguments: Any, **options: Any) -> Any:
            self.moment("before a statement")
            return execute(cursor, *arguments, **options)

        def mortal_leave(transaction: Any, *arguments: Any) -> Any:
            suppressed = leave(transaction, *arguments)
            self.moment("after a transaction")
            return suppressed

        changes: list[tuple[Any, str, Callable[..., Any]]] = [
            (psycopg.Cursor, "execute", mortal_execute),
            (psycopg.Transaction, "__exit__", mortal_leave),
        ]
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
        for owner, name, mortal in changes:
            setattr(owner, name, mortal)
        try:
            yield
        finally:
            self._left = None
            for owner, name, original in before:
                setattr(owner, name, original)
