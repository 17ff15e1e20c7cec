"""The break's decider: which verb takes a command."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mywork.domain.breaks import desk, difference, differing, explaining, returning, settling, words
from mywork.domain.breaks.evolving import evolve
from mywork.domain.breaks.states import Absent, State
from mywork.domain.breaks.words import Command, Event
from mywork.domain.decider import Decider
from mywork.domain.identifiers import BreakId

VERBS: Mapping[type, Callable[[Any, State], Sequence[Event]]] = {
    words.OpenBreak: explaining.open_break,
    words.SettleBreak: settling.settle,
    words.MakeBreakFundsAvailable: explaining.make_available,
    words.ResolveBreak: explaining.resolve,
    words.WriteOffFact: explaining.write_off,
    desk.AssignBreak: explaining.assign,
    desk.ReopenBreak: explaining.reopen,
    difference.FindDifference: differing.find,
    difference.EndDifference: differing.end,
    words.RecordReturn: returning.record_return,
    words.FailReturn: returning.fail_return,
    words.MakeReturnAvailable: returning.make_return_available,
}


def decide(command: Command, state: State) -> Sequence[Event]:
    return VERBS[type(command)](command, state)


def stream(command: Command) -> str:
    return stream_of(command.break_id)


def stream_of(break_id: BreakId) -> str:
    return f"break-{break_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
