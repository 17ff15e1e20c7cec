"""The table of people: who is who, erasable; events hold opaque ids only."""

from eventstore.errors import ConstraintBroken
from eventstore.store import EventStore
from mywork.application.ports.tables import Person
from mywork.domain.errors import AlreadyExists
from mywork.domain.identifiers import UserId

_SAVE_PERSON = """
INSERT INTO operations.people (user_id, username, email) VALUES (%s, %s, %s)
ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, email = excluded.email
"""


_NEXT_NUMBER = """
INSERT INTO operations.order_numbers AS n (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last
"""


class People:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    def save(self, person: Person) -> None:
        try:
            with self._store.transaction() as cursor:
                cursor.execute(_SAVE_PERSON, (person.user_id, person.username, person.email))
        except ConstraintBroken as broken:
            raise AlreadyExists(f"the username {person.username!r} is taken") from broken

    def find(self, user_id: UserId) -> Person | None:
        query = "SELECT user_id, username, email FROM operations.people WHERE user_id = %s"
        with self._store.connection() as connection:
            row = connection.execute(query, (user_id,)).fetchone()
        return Person(*row) if row else None

    def next_order_number(self, year: int) -> str:
        with self._store.transaction() as cursor:
            cursor.execute(_NEXT_NUMBER, (year,))
            ((last,),) = cursor.fetchall()
        return f"MW-{year}-{last:05d}"
