"""The break's decider: which decision answers which command."""

from typing import get_args

from mywork.domain.breaks import (
    difference_decisions,
    difference_messages,
    explanation_decisions,
    explanation_messages,
    return_decisions,
    return_messages,
    settlement_decisions,
    settlement_messages,
)
from mywork.domain.breaks.difference_messages import DifferenceFound
from mywork.domain.breaks.evolve import BreakEvent, BreakMoneyEvent, evolve_break
from mywork.domain.breaks.state import Absent, BreakState
from mywork.domain.decider import Decider
from mywork.domain.streams import break_stream

BREAK: Decider[BreakEvent, BreakState] = Decider(
    initial=Absent(),
    decisions=explanation_decisions.DECISIONS
    | settlement_decisions.DECISIONS
    | difference_decisions.DECISIONS
    | return_decisions.DECISIONS,
    evolve=evolve_break,
    stream=lambda command: break_stream(command.break_id),
    events=explanation_messages.EVENTS
    | settlement_messages.EVENTS
    | return_messages.EVENTS
    | difference_messages.EVENTS,
    money=get_args(BreakMoneyEvent),
    still={DifferenceFound: "by how much two books differ; a correction moves it"},
)
