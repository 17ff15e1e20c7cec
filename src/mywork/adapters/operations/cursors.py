"""How far we have read of what others list."""

from eventstore.store import EventStore
from mywork.adapters.operations.inbox import _ignore
from mywork.application.ports.tables import Write

_MOVE_CURSOR = """
INSERT INTO operations.cursors (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class Cursors:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def read(self, name: str) -> str:
        query = "SELECT value FROM operations.cursors WHERE name = %s"
        with self._store.connection() as connection:
            row = connection.execute(query, (name,)).fetchone()
        return str(row[0]) if row else ""

    def move(self, name: str, value: str) -> Write:
        return lambda cursor: _ignore(cursor.execute(_MOVE_CURSOR, (name, value)))
