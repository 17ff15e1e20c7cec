"""The break's decider: which verb takes a command."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from mywork.domain.breaks import desk, difference, differing, explaining, returning, settling, words
from mywork.domain.breaks.evolving import evolve_break
from mywork.domain.breaks.states import Absent, BreakState
from mywork.domain.breaks.words import BreakEvent
from mywork.domain.decider import Decider
from mywork.domain.streams import break_stream

DECISIONS: Mapping[type, Callable[[Any, BreakState], Sequence[BreakEvent]]] = {
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

BreakMoneyEvent = (
    words.BreakOpened
    | words.BreakSettled
    | words.BreakFundsAvailable
    | words.BreakConverted
    | words.PaymentReturned
    | words.PaymentReturnFailed
    | words.PaymentReturnSettled
    | words.BreakResolved
    | words.FactWrittenOff
    | desk.BreakReopened
    | difference.DifferenceCorrected
)

BREAK: Decider[BreakEvent, BreakState] = Decider(
    initial=Absent(),
    decisions=DECISIONS,
    evolve=evolve_break,
    stream=lambda command: break_stream(command.break_id),
    events=words.EVENTS | desk.EVENTS | difference.EVENTS,
    money=get_args(BreakMoneyEvent),
    still={difference.DifferenceFound: "by how much two books differ; a correction moves it"},
)
