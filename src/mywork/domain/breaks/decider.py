"""The break's decider: which verb takes a command, and how an event changes the state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from mywork.domain.breaks import desk, difference, differing, explaining, returning, settling, words
from mywork.domain.breaks.states import Absent, Known, Resolution, Returned, State
from mywork.domain.breaks.words import IN_SUSPENSE, Command, Event
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


def evolve(state: State, event: Event) -> State:
    if isinstance(event, words.BreakOpened):
        suspense = event.amount_minor if event.kind in IN_SUSPENSE else 0
        return Known(event, event.currency, suspense)
    if isinstance(event, difference.DifferenceFound):
        owner = state.owner if isinstance(state, Known) else ""
        return Known(event, event.currency, 0, owner=owner)
    return state if isinstance(state, Absent) else _evolve_known(state, event)


def _evolve_known(state: Known, event: Event) -> Known:
    match event:
        case words.BreakOpened() | difference.DifferenceFound():
            return state
        case words.BreakSettled():
            return replace(state, settlement=event)
        case words.BreakConverted(settlement_currency=currency, settled_minor=settled_minor):
            return replace(state, currency=currency, suspense_minor=settled_minor)
        case words.BreakFundsAvailable(object_id=matured) if matured in state.maturing:
            rest = {id_: net for id_, net in state.maturing.items() if id_ != matured}
            return replace(state, maturing=rest)
        case words.BreakFundsAvailable():
            return replace(state, available=True)
        case (
            words.BreakResolved()
            | words.FactWrittenOff()
            | difference.DifferenceCorrected()
            | difference.DifferenceEnded()
        ):
            return _resolved(state, event)
        case desk.BreakAssigned():
            return replace(state, owner=event.owner)
        case desk.BreakReopened():
            back = event.amount_minor if event.source == words.SUSPENSE else 0
            left = state.suspense_minor + back
            return replace(state, resolved=False, ended=False, suspense_minor=left, resolution=None)
        case _:
            return _evolve_returns(state, event)


def _resolved(
    state: Known,
    event: words.BreakResolved
    | words.FactWrittenOff
    | difference.DifferenceCorrected
    | difference.DifferenceEnded,
) -> Known:
    match event:
        case difference.DifferenceEnded():
            return replace(state, resolved=True, ended=True)
        case difference.DifferenceCorrected():
            moved = Resolution(event.corrected, event.account, event.currency, event.amount_minor)
            return replace(state, resolution=moved)
        case words.FactWrittenOff():
            moved = Resolution(words.UNCLEARED, event.account, event.currency, -event.amount_minor)
            return replace(state, resolution=moved)
        case words.BreakResolved(suspense_minor=0):
            return replace(state, resolved=True)
        case words.BreakResolved():
            left = state.suspense_minor - event.suspense_minor
            moved = Resolution(words.SUSPENSE, event.account, event.currency, event.suspense_minor)
            return replace(state, resolved=True, suspense_minor=left, resolution=moved)
        case _:
            assert_never(event)


def _evolve_returns(
    state: Known,
    event: words.PaymentReturnAsked
    | words.PaymentReturned
    | words.PaymentReturnFailed
    | words.PaymentReturnSettled,
) -> Known:
    match event:
        case words.PaymentReturnAsked():
            return state
        case words.PaymentReturned():
            left = state.suspense_minor - event.amount_minor
            changed = replace(state, suspense_minor=left, resolved=state.resolved and not left)
            return _with(changed, event.stripe_refund_id, Returned(event.amount_minor))
        case words.PaymentReturnFailed():
            left = state.suspense_minor + event.amount_minor
            found = replace(state.returns[event.stripe_refund_id], failed=True)
            changed = replace(state, suspense_minor=left, resolved=False)
            return _with(changed, event.stripe_refund_id, found)
        case words.PaymentReturnSettled():
            return _return_settled(state, event)
        case _:
            assert_never(event)


def _with(state: Known, stripe_refund_id: str, changed: Returned) -> Known:
    return replace(state, returns={**state.returns, stripe_refund_id: changed})


def _return_settled(state: Known, event: words.PaymentReturnSettled) -> Known:
    found = state.returns[event.stripe_refund_id]
    settled = replace(found, settled=found.settled | {event.transaction_id})
    changed = _with(state, event.stripe_refund_id, settled)
    if event.available_on is None:
        return changed
    net_minor = -event.moved_minor - event.fee_minor
    return replace(changed, maturing={**state.maturing, event.transaction_id: net_minor})


def stream(command: Command) -> str:
    return stream_of(command.break_id)


def stream_of(break_id: BreakId) -> str:
    return f"break-{break_id}"


decider: Decider[Command, Event, State] = Decider(Absent(), decide, evolve, stream)
