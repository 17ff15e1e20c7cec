"""Who looked at whose data: recorded before it is shown, and never changed."""

from dataclasses import dataclass
from datetime import datetime

from eventstore.store import EventStore

_RECORD = """
INSERT INTO operations.looks (user_id, roles, asked, whom, request_id) VALUES (%s, %s, %s, %s, %s)
"""
_PAGE = """
SELECT id, user_id, roles, asked, whom, request_id, looked_at FROM operations.looks
 WHERE id < coalesce(%(before)s::bigint, 9223372036854775807)
   AND (%(user)s = '' OR user_id = %(user)s) AND (%(whom)s = '' OR whom = %(whom)s)
 ORDER BY id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Access:
    """`asked` is the request; `whom` is empty where many people's data was shown."""

    id: int
    user_id: str
    roles: str
    asked: str
    whom: str
    request_id: str
    looked_at: datetime


class AccessLog:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def record(
        self, user_id: str, roles: frozenset[str], *, asked: str, whom: str, request_id: str
    ) -> None:
        """Durable when this returns; raises EventStoreError when it cannot be recorded."""
        row = user_id, ", ".join(sorted(roles)), asked, whom, request_id
        with self._store.transaction() as cursor:
            cursor.execute(_RECORD, row)

    def page(
        self, *, before: int | None = None, user: str = "", whom: str = "", limit: int = 100
    ) -> list[Access]:
        """The newest first, below the id `before`; of one user, or at one person's data."""
        asked = {"before": before, "user": user, "whom": whom, "limit": limit}
        with self._store.connection() as connection:
            return [Access(*row) for row in connection.execute(_PAGE, asked)]
