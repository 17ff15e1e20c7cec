"""A run of reconciliation is recorded once, whatever it found."""

from dataclasses import fields, replace
from typing import Any

from events import AT, EXAMPLES
from scenario import Scenario

from mywork.domain.reconciliation import RECONCILIATION, RecordRun

COMPLETED: Any = EXAMPLES["reconciliation.completed.v1"]
VALUES = {field.name: getattr(COMPLETED, field.name) for field in fields(COMPLETED)}
RECORD = RecordRun(at=AT, **VALUES)
nothing = Scenario(RECONCILIATION)


def test_a_run_is_recorded_and_the_last_one_is_known() -> None:
    nothing.when(RECORD).then(COMPLETED)
    state = RECONCILIATION.fold([COMPLETED])
    assert state.last == COMPLETED
    assert [item.unexplained_minor for item in COMPLETED.balances] == [0]


def test_the_same_run_is_recorded_once() -> None:
    nothing.given(COMPLETED).when(RECORD).nothing_new()
    other = replace(RECORD, run_id="2")
    nothing.given(COMPLETED).when(other).then(replace(COMPLETED, run_id="2"))


def test_each_source_has_a_stream_of_its_own() -> None:
    assert RECONCILIATION.stream(replace(RECORD, source="bank")) == "reconciliation-bank"
