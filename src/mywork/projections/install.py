"""Making the read tables where they are missing, and saying how each of them stands.

They are no migrations: a read table whose definition has changed is rebuilt from the history.
"""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from eventstore.follow import runner_key
from eventstore.recorder import translated
from eventstore.store import EventStore
from mywork.documents.operations import ProjectionStatus
from mywork.projections.catalogue import PROJECTION_NAMES
from mywork.projections.definitions import definition, fingerprint
from mywork.projections.projection import LIVE

_BOOKKEEPING = f"""
CREATE SCHEMA IF NOT EXISTS {LIVE};
GRANT USAGE ON SCHEMA {LIVE} TO mywork_app, mywork_reader, mywork_auditor;
CREATE TABLE IF NOT EXISTS {LIVE}.definitions (name text PRIMARY KEY, fingerprint text NOT NULL);
GRANT SELECT ON {LIVE}.definitions TO mywork_app, mywork_auditor;
"""
CURRENT = "current"
_INSTALL_LOCK = 0x72656164
_REMEMBER = f"""
INSERT INTO {LIVE}.definitions VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint
"""
_FROM_THE_FIRST_EVENT = "UPDATE eventstore.followers SET position = 0 WHERE name = %s"
_STATUS = f"""
SELECT p.name, coalesce(f.position, 0), h.head, d.fingerprint,
       greatest(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float8,
       EXISTS (SELECT FROM pg_locks l
                WHERE l.locktype = 'advisory' AND l.database = (
                      SELECT oid FROM pg_database WHERE datname = current_database())
                  AND l.classid::bigint = %(runners)s
                  AND l.objid::bigint = (%(by_name)s::jsonb ->> p.name)::bigint)
  FROM unnest(%(names)s::text[]) AS p(name)
  LEFT JOIN {LIVE}.definitions d ON d.name = p.name
  LEFT JOIN eventstore.followers f ON f.name = p.name
  LEFT JOIN eventstore.events e ON e.notification_id = coalesce(f.position, 0) + 1
 CROSS JOIN (SELECT coalesce(max(notification_id), 0) AS head FROM eventstore.events) h
"""


def install(url: str) -> None:
    """Create what is missing; safe to repeat, and when several processes do it at once."""
    with translated(), psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALL_LOCK,))
        connection.execute(_BOOKKEEPING)
        for name in PROJECTION_NAMES:
            row = connection.execute("SELECT to_regclass(%s)", (f"{LIVE}.{name}",)).fetchone()
            if row is None or row[0] is None:
                create(connection, name, LIVE)
                remember(connection, name)
                # A table that was lost starts again empty, so its follower does, too.
                connection.execute(_FROM_THE_FIRST_EVENT, (name,))


def create(connection: psycopg.Connection[Any], name: str, schema: str) -> None:
    connection.execute(f"SET LOCAL search_path = {schema}, public")
    connection.execute(definition(name))


def remember(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(_REMEMBER, (name, fingerprint(name)))


def projection_statuses(store: EventStore) -> list[ProjectionStatus]:
    """How far each projection is, and whether somebody works on it."""
    runners, by_name = runner_key(PROJECTION_NAMES)
    parameters = {"names": list(PROJECTION_NAMES), "runners": runners, "by_name": Jsonb(by_name)}
    with store.connection() as connection:
        found = {row[0]: row for row in connection.execute(_STATUS, parameters)}
    return [_status(found[name]) for name in PROJECTION_NAMES]


def _status(row: tuple[Any, ...]) -> ProjectionStatus:
    name, position, head, known, behind_seconds, running = row
    if known is None:
        state = "its table is missing: mywork migrate"
    elif known != fingerprint(name):
        state = f"its definition has changed: mywork projections rebuild {name}"
    else:
        state = CURRENT
    return ProjectionStatus(
        name=name,
        position=position,
        head=head,
        lag=head - position,
        behind_seconds=behind_seconds,
        running=running,
        state=state,
    )
