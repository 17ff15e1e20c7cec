"""What an export is of: a format, a stretch of effective time, and how far history had come."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from mywork.documents.exports import Format
from mywork.domain.errors import ExportInvalid
from mywork.ledger.time_range import TimeRange

FORMATS: tuple[Format, ...] = get_args(Format)

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """Entries that took effect from `since` up to, and not including, `until`.

    Both are aware; None is open. What was recorded after the event at position `head` is left
    out, so the same scope gives the same bytes for ever.
    """

    format: Format
    head: int
    since: datetime | None = None
    until: datetime | None = None

    @property
    def bounds(self) -> TimeRange:
        return TimeRange(self.since or _BEGINNING, self.until or _NEVER)


def scope_of(
    form: str,
    *,
    head: int,
    since: datetime | None = None,
    until: datetime | None = None,
    at: datetime | None = None,
) -> Scope:
    """Either a range, or `at`: everything that had happened by then.

    Raises ExportInvalid, or TimeRangeInvalid for a range that is turned round. The archive is the
    whole history, since part of one could not be proved complete.
    """
    if form not in FORMATS:
        raise ExportInvalid(f"{form!r} is no format of ours; use one of {', '.join(FORMATS)}")
    if at is not None and (since is not None or until is not None):
        raise ExportInvalid("ask for a range (from, to) or for a moment (at), not for both")
    if form == "parquet" and (at or since or until):
        raise ExportInvalid("the Parquet archive is the whole history; leave the times out")
    scope = Scope(form, head, _utc(since), _utc(at + _MOMENT if at else until))
    scope.bounds  # noqa: B018  a range that is turned round is refused here
    return scope


def _utc(moment: datetime | None) -> datetime | None:
    """In UTC; a time without a zone is meant in UTC."""
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
