"""Explaining: a break is opened once, settled by Stripe, and resolved by a person.

One person may look after it meanwhile; an explanation that was wrong is taken back, and its entry
reversed.
"""

from collections.abc import Sequence

from mywork.domain.accounts import STRIPE_UNCLEARED
from mywork.domain.breaks import difference_decisions
from mywork.domain.breaks.difference_messages import DifferenceFound
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.explanation_messages import (
    RESOLUTION_ACCOUNTS,
    AssignBreak,
    BreakAssigned,
    BreakOpened,
    BreakReopened,
    BreakResolved,
    FactWrittenOff,
    OpenBreak,
    ReopenBreak,
    ResolveBreak,
    WriteOffFact,
)
from mywork.domain.breaks.state import Absent, BreakState, Known, Resolution
from mywork.domain.decider import Decisions
from mywork.domain.errors import BreakNotFound, BreakNotOpen, BreakNotResolved, ResolutionInvalid


def open_break(command: OpenBreak, state: BreakState) -> Sequence[BreakEvent]:
    if isinstance(state, Known) and not state.may_come_again:
        return ()
    opened = BreakOpened(
        break_id=command.break_id,
        kind=command.kind,
        object_id=command.object_id,
        currency=command.currency,
        amount_minor=command.amount_minor,
        fee_minor=command.fee_minor,
        available_on=command.available_on,
        concerns=command.concerns,
        detail=command.detail,
    )
    return (opened,)


def resolve(command: ResolveBreak, state: BreakState) -> Sequence[BreakEvent]:
    known = _open(command, state)
    if isinstance(known.opened, DifferenceFound):
        return _resolve_difference(command, known, known.opened)
    if known.suspense_minor:
        _check_account(command.account)
        _check_settled(command, known)
    account = command.account if known.suspense_minor else ""
    return (_resolved(known, account, command.reason),)


def _resolve_difference(
    command: ResolveBreak, known: Known, found: DifferenceFound
) -> Sequence[BreakEvent]:
    """With an account the books are corrected; without one the difference is only explained."""
    if not command.account:
        return (_resolved(known, "", command.reason),)
    _check_account(command.account)
    corrected = difference_decisions.correction(found, command.account, command.reason)
    return (corrected, _resolved(known, command.account, command.reason))


def write_off(command: WriteOffFact, state: BreakState) -> Sequence[BreakEvent]:
    known = _open(command, state)
    if known.opened.kind != "unsettled_fact":
        raise ResolutionInvalid("only a fact that waits for Stripe can be written off")
    if command.account == STRIPE_UNCLEARED:
        raise ResolutionInvalid(f"it waits in {STRIPE_UNCLEARED} already; say where it belongs")
    _check_account(command.account)
    written_off = FactWrittenOff(
        break_id=command.break_id,
        object_id=known.opened.object_id,
        currency=known.opened.currency,
        amount_minor=command.uncleared_minor,
        account=command.account,
        reason=command.reason,
    )
    return (written_off, _resolved(known, command.account, command.reason))


def assign(command: AssignBreak, state: BreakState) -> Sequence[BreakEvent]:
    known = _unresolved(command, state)
    if known.owner == command.owner:
        return ()
    return (BreakAssigned(command.break_id, command.owner),)


def reopen(command: ReopenBreak, state: BreakState) -> Sequence[BreakEvent]:
    """Undo the entry of the last resolution, exactly; a return to the payer is not undone."""
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    if not state.resolved:
        raise BreakNotResolved(f"break {command.break_id} is open")
    if not command.reason.strip():
        raise ResolutionInvalid("say why: reopening needs a reason")
    opened, moved = state.opened, state.resolution or Resolution("", "", state.currency, 0)
    return (
        BreakReopened(
            break_id=command.break_id,
            object_id=opened.object_id,
            transaction_id=opened.transaction_id if isinstance(opened, DifferenceFound) else "",
            currency=moved.currency,
            amount_minor=moved.amount_minor,
            source=moved.source,
            account=moved.account,
            reason=command.reason,
        ),
    )


def _open(command: ResolveBreak | WriteOffFact, state: BreakState) -> Known:
    known = _unresolved(command, state)
    if not command.reason.strip():
        raise ResolutionInvalid("say why: a resolution needs a reason")
    return known


def _unresolved(command: ResolveBreak | WriteOffFact | AssignBreak, state: BreakState) -> Known:
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    if state.resolved:
        raise BreakNotOpen(f"break {command.break_id} has been resolved")
    return state


def _check_account(account: str) -> None:
    if account not in RESOLUTION_ACCOUNTS:
        raise ResolutionInvalid(
            f"the money must go somewhere: account is one of {', '.join(RESOLUTION_ACCOUNTS)}"
        )


def _check_settled(command: ResolveBreak, state: Known) -> None:
    """Until Stripe has settled a payment its money is not here, and its currency not known."""
    waits = state.opened.kind == "unexpected_payment" and state.charge.settlement is None
    if waits and command.account != STRIPE_UNCLEARED:
        raise ResolutionInvalid(
            f"Stripe has not settled {state.opened.object_id} yet; once it has, the money goes back"
            f" by itself (if it never does, resolve with account {STRIPE_UNCLEARED})"
        )


def _resolved(known: Known, account: str, reason: str) -> BreakResolved:
    return BreakResolved(
        break_id=known.opened.break_id,
        object_id=known.opened.object_id,
        currency=known.currency,
        suspense_minor=known.suspense_minor,
        account=account,
        reason=reason,
    )


DECISIONS: Decisions = {
    OpenBreak: open_break,
    ResolveBreak: resolve,
    WriteOffFact: write_off,
    AssignBreak: assign,
    ReopenBreak: reopen,
}
