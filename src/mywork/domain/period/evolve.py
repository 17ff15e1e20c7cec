"""How each event changes which months are closed."""

from dataclasses import replace
from typing import assert_never

from mywork.domain.period import months
from mywork.domain.period.messages import (
    PeriodClosed,
    PeriodEvent,
    PeriodReopened,
    ReopeningProposed,
)
from mywork.domain.period.state import Periods


def evolve_period(state: Periods, event: PeriodEvent) -> Periods:
    match event:
        case PeriodClosed(period=period, version=version):
            versions = {**state.versions, period: version}
            return replace(state, closed_through=period, versions=versions, proposal=None)
        case ReopeningProposed():
            return replace(state, proposal=event)
        case PeriodReopened(period=period):
            before = months.preceding(period)
            return replace(state, closed_through=before, proposal=None, last_reopened=event)
        case _:
            assert_never(event)
