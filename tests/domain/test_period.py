"""Accounting periods: closed in order when the checklist is clean, reopened by two people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from events import EXAMPLES
from scenario import Scenario

from mywork.domain.errors import (
    LaterPeriodClosed,
    PeriodInvalid,
    PeriodNotClosed,
    PeriodNotOver,
    PeriodNotReady,
    ReopeningNotProposed,
    SecondPersonNeeded,
    TextInvalid,
)
from mywork.domain.period.decider import PERIOD
from mywork.domain.period.messages import (
    ApproveReopening,
    Check,
    ClosePeriod,
    Failing,
    ProposeReopening,
)
from mywork.domain.period.months import (
    Period,
    begins_at,
    ends_at,
    month_of,
    parse_period,
    preceding,
)

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
CHECKS = EXAMPLES["period.closed.v1"].checks
CLOSE: Any = ClosePeriod("2026-10", "2026-10", CHECKS, 4_711, "user_fin", NOVEMBER)
IN_ORDER = Check("earlier_months_closed", 1)
CLOSED: Any = replace(EXAMPLES["period.closed.v1"], checks=(*CHECKS, IN_ORDER))
PROPOSED: Any = EXAMPLES["period.reopening_proposed.v1"]
REOPENED: Any = EXAMPLES["period.reopened.v1"]
PROPOSE: Any = ProposeReopening("2026-10", PROPOSED.reason, "user_fin", NOVEMBER)
APPROVE: Any = ApproveReopening("2026-10", "user_boss", NOVEMBER)

nothing = Scenario(PERIOD)
closed = nothing.given(CLOSED)
proposed = closed.given(PROPOSED)
reopened = proposed.given(REOPENED)
december = replace(CLOSE, period="2026-11", at=NOVEMBER + timedelta(days=30))


def test_closing_a_month() -> None:
    nothing.when(CLOSE).then(CLOSED)
    closed.when(CLOSE).nothing_new()
    closed.when(replace(CLOSE, period="2026-09")).nothing_new()
    closed.when(december).then(replace(CLOSED, period="2026-11"))
    closed.given(replace(CLOSED, period="2026-11")).when(CLOSE).nothing_new()


def test_a_month_is_not_closed_before_it_is_over() -> None:
    early = replace(CLOSE, at=NOVEMBER - timedelta(microseconds=1))
    nothing.when(early).refused(PeriodNotOver, "close it on 2026-11-01 or later")


def test_what_fails_is_named() -> None:
    failing = (Failing("txn_1", "7.00 USD are not explained"), Failing("MW-2026-1", "no fee"))
    checks = (Check("suspense_empty", 2, failing), *CHECKS)
    nothing.when(replace(CLOSE, checks=checks)).refused(
        PeriodNotReady, "2026-10 cannot be closed: txn_1: 7.00 USD are not explained; MW-2026-1: no"
    )
    many = (Check("fees_known", 99, failing * 20),)
    nothing.when(replace(CLOSE, checks=many)).refused(PeriodNotReady, "; and 30 more$")


def test_months_are_closed_in_order() -> None:
    nothing.when(replace(CLOSE, first="2026-08")).refused(
        PeriodNotReady, "2026-08: 2026-08 is open: close it first; 2026-09: 2026-09 is open"
    )
    nothing.when(replace(CLOSE, first="2026-11")).refused(PeriodNotReady, "begin with 2026-11")
    nothing.when(replace(CLOSE, first="")).refused(PeriodNotReady, "no entry in the books")
    january = replace(CLOSE, period="2027-01", at=NOVEMBER + timedelta(days=99))
    closed.when(january).refused(PeriodNotReady, "2026-11 is open.*2026-12 is open")


def test_reopening_takes_two_people_and_a_reason() -> None:
    closed.when(PROPOSE).then(PROPOSED)
    proposed.when(APPROVE).then(REOPENED)
    proposed.when(replace(APPROVE, approved_by="user_fin")).refused(SecondPersonNeeded, "user_fin")
    closed.when(APPROVE).refused(ReopeningNotProposed, "propose it first")
    closed.when(replace(PROPOSE, reason=" ")).refused(TextInvalid, "say why")
    proposed.when(PROPOSE).nothing_new()
    reopened.when(APPROVE).nothing_new()
    anew = replace(PROPOSE, reason="a better reason")
    proposed.when(anew).then(replace(PROPOSED, reason="a better reason"))


def test_only_a_closed_month_is_reopened_and_the_last_first() -> None:
    for command in (PROPOSE, APPROVE):
        nothing.when(command).refused(PeriodNotClosed, "2026-10 is open")
    later = closed.given(replace(CLOSED, period="2026-11"))
    for command in (PROPOSE, APPROVE):
        later.when(command).refused(LaterPeriodClosed, "reopen 2026-11 first")
    reopened.when(PROPOSE).refused(PeriodNotClosed)
    reopened.when(replace(APPROVE, approved_by="user_third")).refused(PeriodNotClosed)


def test_a_proposal_ends_when_another_month_is_closed() -> None:
    later = proposed.given(replace(CLOSED, period="2026-11"))
    november = replace(APPROVE, period="2026-11")
    later.when(november).refused(ReopeningNotProposed)


def test_a_month_closed_again_is_its_next_version() -> None:
    reopened.when(CLOSE).then(replace(CLOSED, version=2))
    reopened.when(december).refused(PeriodNotReady, "2026-10 is open")
    again = reopened.given(replace(CLOSED, version=2))
    again.when(december).then(replace(CLOSED, period="2026-11"))
    again.when(APPROVE).refused(ReopeningNotProposed)


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "202610", "2026-00", "0000-01", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(PeriodInvalid, match="write a month as 2026-10"):
        parse_period(text)
    nothing.when(replace(CLOSE, period=text)).refused(PeriodInvalid)


def test_a_month_begins_and_ends_in_utc() -> None:
    october = parse_period("2026-10")
    assert begins_at(october) == datetime(2026, 10, 1, tzinfo=UTC)
    assert ends_at(october) == NOVEMBER
    assert month_of(NOVEMBER - timedelta(microseconds=1)) == october
    tokyo = NOVEMBER.astimezone(timezone(timedelta(hours=9)))
    assert month_of(tokyo - timedelta(minutes=1)) == october
    assert ends_at(parse_period("2026-12")) == datetime(2027, 1, 1, tzinfo=UTC)
    assert preceding(Period("2027-01")) == "2026-12"
    assert month_of(datetime(7, 1, 2, tzinfo=UTC)) == "0007-01"
