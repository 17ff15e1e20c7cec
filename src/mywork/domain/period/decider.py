"""The periods' decider: which decision answers which command."""

from mywork.domain.decider import Decider
from mywork.domain.period.decisions import approve_reopening, close, propose_reopening
from mywork.domain.period.evolve import evolve_period
from mywork.domain.period.messages import (
    EVENTS,
    ApproveReopening,
    ClosePeriod,
    PeriodEvent,
    ProposeReopening,
)
from mywork.domain.period.state import Periods

PERIODS = "periods"


PERIOD: Decider[PeriodEvent, Periods] = Decider(
    initial=Periods(),
    decisions={
        ClosePeriod: close,
        ProposeReopening: propose_reopening,
        ApproveReopening: approve_reopening,
    },
    evolve=evolve_period,
    stream=lambda _: PERIODS,
    events=EVENTS,
)
