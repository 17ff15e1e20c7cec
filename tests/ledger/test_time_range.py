"""A stretch of effective time, and what is no such thing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from fakes import START

from mywork.domain.errors import TimeRangeInvalid
from mywork.ledger.time_range import TimeRange, default_range

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def test_without_a_word_it_is_this_month() -> None:
    assert default_range(None, None, now=START) == TimeRange(
        FIRST, datetime(2026, 12, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize("now", ["2026-12-31T23:59:59", "2026-12-01T00:00:00"])
def test_the_year_turns_like_any_month(now: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert default_range(None, None, now=moment).until == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("end", ["2026-07-31", "2026-08-01", "2026-07-01T00:00:01"])
def test_the_end_alone_means_the_month_that_ends(end: str) -> None:
    until = datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert default_range(None, until, now=START).since == datetime(2026, 7, 1, tzinfo=UTC)


def test_times_without_a_zone_are_utc_and_others_are_converted() -> None:
    tokyo = datetime(2026, 11, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert default_range(datetime(2026, 10, 1), tokyo, now=START).until == FIRST  # noqa: DTZ001
    assert default_range(tokyo, None, now=START).since == FIRST


@pytest.mark.parametrize("end", [FIRST, FIRST - timedelta(seconds=1)])
def test_a_period_that_is_turned_round_or_empty_is_refused(end: datetime) -> None:
    with pytest.raises(TimeRangeInvalid, match="must end after it begins"):
        default_range(FIRST, end, now=START)


def test_a_month_to_come_needs_its_end_said() -> None:
    with pytest.raises(TimeRangeInvalid):
        default_range(START + timedelta(days=30), None, now=START)


@pytest.mark.parametrize(
    "end",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime.min.replace(tzinfo=UTC),
    ],
)
def test_a_time_outside_the_calendar_is_refused(end: datetime) -> None:
    with pytest.raises(TimeRangeInvalid, match="calendar"):
        default_range(None, end, now=START)
