"""Differing: reconciliation finds a difference, and ends it; a person corrects the books."""

from collections.abc import Sequence

from mywork.domain.breaks.difference_messages import (
    CORRECTABLE,
    DifferenceCorrected,
    DifferenceEnded,
    DifferenceFound,
    EndDifference,
    FindDifference,
)
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.state import Absent, BreakState, Known
from mywork.domain.decider import Decisions
from mywork.domain.errors import BreakNotFound, ResolutionInvalid


def find(command: FindDifference, state: BreakState) -> Sequence[BreakEvent]:
    """Nothing new where it is known with the same figures: open still, or explained by a person.

    One that had ended by itself is open again.
    """
    if isinstance(state, Known) and not state.ended:
        known = state.opened
        if isinstance(known, DifferenceFound) and known.same_as(command):
            return ()
    return (
        DifferenceFound(
            break_id=command.break_id,
            kind=command.kind,
            object_id=command.object_id,
            transaction_id=command.transaction_id,
            currency=command.currency,
            amount_minor=command.amount_minor,
            concerns=command.concerns,
            detail=command.detail,
            evidence=command.evidence,
        ),
    )


def end(command: EndDifference, state: BreakState) -> Sequence[BreakEvent]:
    """Also of one that a person has explained, so that it is news should it come again."""
    if isinstance(state, Absent):
        raise BreakNotFound(f"there is no break {command.break_id}")
    if state.ended or (state.resolved and state.resolution is not None):
        return ()
    return (DifferenceEnded(command.break_id, command.reason),)


def correction(found: DifferenceFound, account: str, reason: str) -> DifferenceCorrected:
    """The entry that brings the books to what the other side says; raises ResolutionInvalid."""
    if found.kind not in CORRECTABLE:
        raise ResolutionInvalid(
            f"no entry sets a break {found.kind!r} right; resolve it without an account, saying why"
        )
    amount_minor = found.evidence.effect_minor(found.currency)
    if not amount_minor:
        raise ResolutionInvalid(
            "both sides move the balance by the same amount, so there is nothing to correct;"
            " resolve it without an account, saying why"
        )
    corrected = CORRECTABLE[found.kind]
    if account == corrected:
        raise ResolutionInvalid(f"{account} is what is wrong; say which account bears it")
    return DifferenceCorrected(
        break_id=found.break_id,
        object_id=found.object_id,
        transaction_id=found.transaction_id,
        currency=found.currency,
        amount_minor=amount_minor,
        corrected=corrected,
        account=account,
        reason=reason,
    )


DECISIONS: Decisions = {
    FindDifference: find,
    EndDifference: end,
}
