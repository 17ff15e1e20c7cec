"""What of a month the schedule has still to do: each deadline takes effect at its own time."""

from datetime import UTC
from typing import Any

import psycopg

from mywork.domain.period.messages import Check, Failing
from mywork.domain.period.months import Period, ends_at

_DUE = """
SELECT name, subject, due_at FROM operations.deadlines WHERE due_at < %s ORDER BY due_at, subject
"""


def checks(cursor: psycopg.Cursor[Any], month: Period) -> list[Check]:
    """On the snapshot of a cursor."""
    rows = cursor.execute(_DUE, (ends_at(month),)).fetchall()
    failing = tuple(
        Failing(subject, f"{name.replace('_', ' ')} is due on {due_at.astimezone(UTC).date()}")
        for name, subject, due_at in rows
    )
    return [Check("schedule_worked", len(rows), failing)]
