"""How each event changes what is known of a break. Nothing is decided here."""

from dataclasses import replace
from typing import assert_never

from mywork.domain.accounts import STRIPE_UNCLEARED, SUSPENSE_STRIPE
from mywork.domain.breaks.difference_messages import (
    DifferenceCorrected,
    DifferenceEnded,
    DifferenceFound,
)
from mywork.domain.breaks.explanation_messages import (
    IN_SUSPENSE,
    BreakAssigned,
    BreakOpened,
    BreakReopened,
    BreakResolved,
    FactWrittenOff,
)
from mywork.domain.breaks.return_messages import (
    PaymentReturnAsked,
    PaymentReturned,
    PaymentReturnFailed,
    PaymentReturnSettled,
)
from mywork.domain.breaks.settlement_messages import (
    BreakConverted,
    BreakFundsAvailable,
    BreakSettled,
)
from mywork.domain.breaks.state import Absent, BreakState, Known, Resolution
from mywork.domain.charge.state import Charge, Maturing, Refund, Settlement

BreakMoneyEvent = (
    BreakOpened
    | BreakSettled
    | BreakConverted
    | BreakFundsAvailable
    | BreakResolved
    | FactWrittenOff
    | PaymentReturned
    | PaymentReturnFailed
    | PaymentReturnSettled
    | BreakReopened
    | DifferenceCorrected
)
BreakEvent = (
    BreakMoneyEvent | PaymentReturnAsked | BreakAssigned | DifferenceFound | DifferenceEnded
)


def evolve_break(state: BreakState, event: BreakEvent) -> BreakState:
    match event:
        case BreakOpened():
            return _opened(event)
        case DifferenceFound():
            owner = state.owner if isinstance(state, Known) else ""
            charge: Charge[None, None] = Charge(event.object_id, event.currency, 0)
            return Known(event, charge, event.currency, 0, owner=owner)
        case _:
            return state if isinstance(state, Absent) else _evolve_known(state, event)


def _opened(event: BreakOpened) -> Known:
    charge: Charge[None, None] = Charge(event.object_id, event.currency, event.amount_minor)
    net_minor = event.amount_minor - event.fee_minor
    maturing = Maturing(event.currency, net_minor, event.available_on)
    charge = charge.with_maturing(event.object_id, maturing)
    suspense = event.amount_minor if event.kind in IN_SUSPENSE else 0
    return Known(event, charge, event.currency, suspense)


def _evolve_known(state: Known, event: BreakEvent) -> Known:
    match event:
        case BreakOpened() | DifferenceFound():
            return state
        case BreakSettled():
            return _settled(state, event)
        case BreakConverted(settlement_currency=currency, settled_minor=settled_minor):
            return replace(state, currency=currency, suspense_minor=settled_minor)
        case BreakFundsAvailable():
            return replace(state, charge=state.charge.matured(event.object_id))
        case BreakResolved() | FactWrittenOff() | DifferenceCorrected() | DifferenceEnded():
            return _resolved(state, event)
        case BreakAssigned():
            return replace(state, owner=event.owner)
        case BreakReopened():
            back = event.amount_minor if event.source == SUSPENSE_STRIPE else 0
            left = state.suspense_minor + back
            return replace(state, resolved=False, ended=False, suspense_minor=left, resolution=None)
        case _:
            return _evolve_returns(state, event)


def _settled(state: Known, event: BreakSettled) -> Known:
    settlement = Settlement(event.transaction_id, event.currency, event.amount_minor)
    net_minor = event.amount_minor - event.fee_minor
    maturing = Maturing(event.currency, net_minor, event.available_on)
    charge = replace(state.charge, settlement=settlement)
    return replace(state, charge=charge.with_maturing(event.object_id, maturing))


def _resolved(
    state: Known,
    event: BreakResolved | FactWrittenOff | DifferenceCorrected | DifferenceEnded,
) -> Known:
    match event:
        case DifferenceEnded():
            return replace(state, resolved=True, ended=True)
        case DifferenceCorrected():
            moved = Resolution(event.corrected, event.account, event.currency, event.amount_minor)
            return replace(state, resolution=moved)
        case FactWrittenOff():
            moved = Resolution(STRIPE_UNCLEARED, event.account, event.currency, -event.amount_minor)
            return replace(state, resolution=moved)
        case BreakResolved(suspense_minor=0):
            return replace(state, resolved=True)
        case BreakResolved():
            left = state.suspense_minor - event.suspense_minor
            moved = Resolution(SUSPENSE_STRIPE, event.account, event.currency, event.suspense_minor)
            return replace(state, resolved=True, suspense_minor=left, resolution=moved)
        case _:
            assert_never(event)


def _evolve_returns(
    state: Known,
    event: PaymentReturnAsked | PaymentReturned | PaymentReturnFailed | PaymentReturnSettled,
) -> Known:
    match event:
        case PaymentReturnAsked():
            return state
        case PaymentReturned():
            left = state.suspense_minor - event.amount_minor
            changed = replace(state, suspense_minor=left, resolved=state.resolved and not left)
            return _with(changed, _returned(event))
        case PaymentReturnFailed():
            left = state.suspense_minor + event.amount_minor
            found = replace(state.charge.refunds[event.stripe_refund_id], stage="failed")
            return _with(replace(state, suspense_minor=left, resolved=False), found)
        case PaymentReturnSettled():
            return _return_settled(state, event)
        case _:
            assert_never(event)


def _returned(event: PaymentReturned) -> Refund[None]:
    return Refund(
        refund_id=event.stripe_refund_id,
        asked_minor=event.amount_minor,
        amount_minor=event.amount_minor,
        share=None,
        stage="created",
        stripe_refund_id=event.stripe_refund_id,
    )


def _with(state: Known, changed: Refund[None]) -> Known:
    return replace(state, charge=state.charge.with_refund(changed))


def _return_settled(state: Known, event: PaymentReturnSettled) -> Known:
    settled = state.charge.refunds[event.stripe_refund_id].settled_by(event.transaction_id)
    net_minor = -event.moved_minor - event.fee_minor
    maturing = Maturing(event.currency, net_minor, event.available_on)
    charge = state.charge.with_maturing(event.transaction_id, maturing)
    return replace(state, charge=charge.with_refund(settled))
