"""Numbered SQL migrations: applied once, in order, in one transaction, by one process at a time.

A component owns a schema of its own name and a folder of files `0001_words.sql`. An applied file
may never change: its hash is kept and compared.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors

from eventstore.errors import UnsafeConfiguration
from eventstore.recorder import translated

_MIGRATION_LOCK = 0x6D696772
_BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS public.schema_migrations (
    component  text        NOT NULL,
    number     integer     NOT NULL,
    name       text        NOT NULL,
    sha256     text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (component, number)
)
"""


@dataclass(frozen=True, slots=True)
class Migrations:
    """A component: its files run with its schema first in the search path."""

    component: str
    folder: Path

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*.sql"))


def migrate(url: str, components: Sequence[Migrations], *, roles: Sequence[str] = ()) -> list[str]:
    """Bring a database up to date; returns the names of the files applied now.

    `roles` are cluster-wide groups without login, made first where they are missing.
    """
    applied: list[str] = []
    with translated(), psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute(_BOOKKEEPING)
        _make_roles(connection, roles)
        for component in components:
            applied += _migrate_component(connection, component)
    return applied


def pending(url: str, components: Sequence[Migrations]) -> list[str]:
    """Files not applied yet; raises StoreUnavailable, quickly, when the database is down."""
    with translated(), psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute("SELECT to_regclass('public.schema_migrations')").fetchone()
        rows = (
            connection.execute("SELECT component, number FROM public.schema_migrations").fetchall()
            if row and row[0]
            else []
        )
    known = set(rows)
    return [
        f"{component.component}/{file.name}"
        for component in components
        for file in component.files()
        if (component.component, int(file.name[:4])) not in known
    ]


def _make_roles(connection: psycopg.Connection[Any], roles: Sequence[str]) -> None:
    present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in roles:
        # Roles belong to the whole cluster, and our lock to one database: another may be first.
        if role not in present:
            with suppress(errors.DuplicateObject, errors.UniqueViolation), connection.transaction():
                connection.execute(f"CREATE ROLE {role} NOLOGIN")
                connection.execute(f"GRANT {role} TO CURRENT_USER")


def _migrate_component(connection: psycopg.Connection[Any], component: Migrations) -> list[str]:
    known = {
        row[0]: row[1]
        for row in connection.execute(
            "SELECT number, sha256 FROM public.schema_migrations WHERE component = %s",
            (component.component,),
        )
    }
    schema = component.component
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(f"SET LOCAL search_path = {schema}, public")
    return [
        file.name
        for file in component.files()
        if _apply(connection, component.component, file, known.get(int(file.name[:4])))
    ]


def _apply(
    connection: psycopg.Connection[Any], component: str, file: Path, known: str | None
) -> bool:
    text = file.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known == digest:
        return False
    if known is not None:
        raise UnsafeConfiguration(
            f"{component}/{file.name} was changed after it was applied; add a new migration instead"
        )
    connection.execute(text)
    connection.execute(
        "INSERT INTO public.schema_migrations (component, number, name, sha256)"
        " VALUES (%s, %s, %s, %s)",
        (component, int(file.name[:4]), file.name, digest),
    )
    return True
