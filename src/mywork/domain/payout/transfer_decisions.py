"""From a seller's balance to the seller's Stripe account: set aside, take turns, transfer."""

from collections.abc import Sequence

from mywork.domain.decider import Decisions
from mywork.domain.errors import (
    BalanceNegative,
    NothingToPayOut,
    PaymentDisagrees,
    PayoutBelowMinimum,
    PayoutInFlight,
    PayoutUnderWay,
    PredecessorMissing,
    SellerHasOpenBreak,
    SellerNotOnboarded,
    SellerPaused,
)
from mywork.domain.money import Money, payout_step_minor
from mywork.domain.payout.evolve import PayoutEvent
from mywork.domain.payout.state import UNSENT, WORDS, Payouts, Stage
from mywork.domain.payout.transfer_messages import (
    CancelPayout,
    DispatchPayout,
    HoldPayout,
    PayoutCancelled,
    PayoutDispatched,
    PayoutHeld,
    PayoutQueued,
    PayoutRefused,
    PayoutRequested,
    PayoutSent,
    QueuePayout,
    RefusePayout,
    RequestPayout,
    SendPayout,
)

_MAY_WAIT: frozenset[Stage] = UNSENT | {"dispatched"}  # no transfer is known


def request(command: RequestPayout, state: Payouts) -> Sequence[PayoutEvent]:
    if command.payout_id in state.by_id:
        return ()
    if (found := state.in_flight) is not None:
        raise PayoutInFlight(f"payout {found.requested.payout_id} {WORDS[found.stage]}")
    _check_seller(command)
    return (
        PayoutRequested(
            payout_id=command.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            amount_minor=_payable(command),
            stripe_account_id=command.stripe_account_id,
            trigger=command.trigger,
        ),
    )


def _check_seller(command: RequestPayout) -> None:
    if command.paused_because:
        raise SellerPaused(
            f"payouts are paused: {command.paused_because}; they go on when we have released them"
        )
    if not command.payouts_enabled:
        raise SellerNotOnboarded("finish the onboarding at Stripe before asking for a payout")
    if command.open_breaks:
        raise SellerHasOpenBreak(looking_into(command.open_breaks))


def looking_into(open_breaks: Sequence[str]) -> str:
    """Why nothing is paid while something about a seller's money is not explained."""
    return f"we are looking into {', '.join(open_breaks[:3])}; payouts go on when it is explained"


def _payable(command: RequestPayout) -> int:
    """The smaller of what is there and what was released by the cutoff, less what others claim."""
    currency = command.currency
    if command.available_minor < 0:
        balance = Money(command.available_minor, currency)
        raise BalanceNegative(f"the balance is {balance}; later sales make up for it first")
    claimed_minor = command.claimed_minor
    amount_minor = min(command.available_minor, command.released_minor) - claimed_minor
    amount_minor -= amount_minor % payout_step_minor(currency)  # the rest stays for the next one
    if amount_minor <= 0:
        kept = f"; {Money(claimed_minor, currency)} is owed to us first" if claimed_minor else ""
        raise NothingToPayOut(f"there is no released {currency} to pay out{kept}")
    if amount_minor < command.minimum_minor:
        minimum = Money(command.minimum_minor, currency)
        raise PayoutBelowMinimum(
            f"the minimum is {minimum}; {Money(amount_minor, currency)} is released so far"
        )
    return amount_minor


# Taking turns -------------------------------------------------------------------------------


def queue(command: QueuePayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    return (PayoutQueued(command.payout_id),) if payout.stage in _MAY_WAIT - {"queued"} else ()


def hold(command: HoldPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    held = PayoutHeld(command.payout_id, command.reason)
    return (held,) if payout.stage in _MAY_WAIT - {"held"} else ()


def dispatch(command: DispatchPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    if payout.stage not in UNSENT:
        return ()
    return (PayoutDispatched(command.payout_id, payout.dispatches + 1),)


def cancel(command: CancelPayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.payout(command.payout_id)
    if payout.stage == "cancelled":
        return ()
    if payout.stage not in UNSENT:
        raise PayoutUnderWay(
            f"payout {command.payout_id} {WORDS[payout.stage]}; only what has not been sent can be"
            " cancelled"
        )
    return (
        PayoutCancelled(
            payout_id=command.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            amount_minor=payout.requested.amount_minor,
            reason=command.reason,
        ),
    )


# The transfer -------------------------------------------------------------------------------


def send(command: SendPayout, state: Payouts) -> Sequence[PayoutEvent]:
    known = state.of_transfer(command.transfer_id)
    if known is not None:
        return ()
    payout = state.by_id.get(command.payout_id)
    if payout is None:
        raise PredecessorMissing(f"payout {command.payout_id} is not recorded yet")
    if payout.stage not in _MAY_WAIT:
        raise PaymentDisagrees(
            f"transfer {command.transfer_id} was made for payout {command.payout_id}, which"
            f" {WORDS[payout.stage]}"
        )
    return (
        PayoutSent(
            payout_id=command.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            amount_minor=payout.requested.amount_minor,
            transfer_id=command.transfer_id,
        ),
    )


def refuse(command: RefusePayout, state: Payouts) -> Sequence[PayoutEvent]:
    payout = state.by_id.get(command.payout_id)
    if payout is None:
        raise PredecessorMissing(f"payout {command.payout_id} is not recorded yet")
    if payout.transfer_id:
        raise PayoutUnderWay("a payout that was sent cannot be refused any more; reverse it")
    if not payout.open:
        return ()
    return (
        PayoutRefused(
            payout_id=command.payout_id,
            seller_id=command.seller_id,
            currency=command.currency,
            amount_minor=payout.requested.amount_minor,
            reason=command.reason,
        ),
    )


DECISIONS: Decisions = {
    RequestPayout: request,
    QueuePayout: queue,
    HoldPayout: hold,
    DispatchPayout: dispatch,
    SendPayout: send,
    RefusePayout: refuse,
    CancelPayout: cancel,
}
