"""Who bears how much of a refund or dispute: cumulative allocation, so that no cent is lost.

What is claimed of a payment is allocated as a whole, and each claim is the difference to what
stands already. So any sequence of partial refunds ends at the same cent as one full refund.
A claim never exceeds what is left of the payment; what does is named as excess.
"""

from dataclasses import dataclass

from mywork.domain.money import allocate
from mywork.domain.order.states import Dispute, Division, Paid, Purse, Refund


@dataclass(frozen=True, slots=True)
class Share:
    """A claim in the owed currency: the sum of seller, commission, processing and excess."""

    seller_minor: int
    commission_minor: int
    processing_minor: int
    excess_minor: int

    @property
    def amount_minor(self) -> int:
        parts = self.seller_minor, self.commission_minor, self.processing_minor
        return sum(parts) + self.excess_minor


@dataclass(frozen=True, slots=True)
class Taken:
    """From which of the seller's stages a share is taken: this order's pending first."""

    pending_minor: int
    reserve_minor: int
    available_minor: int


def refunded_minor(state: Paid) -> int:
    """Requested, made or succeeded, in the order's currency."""
    return sum(refund.requested.asked_minor for refund in _claiming(state))


def exposed_minor(state: Paid) -> int:
    """Open or lost disputes, in the order's currency."""
    return sum(dispute.exposed_minor for dispute in state.disputes.values())


def refundable_minor(state: Paid) -> int:
    """What our own commands may still refund: refunds + open or lost disputes <= captured."""
    left = state.payment.amount_minor - refunded_minor(state) - exposed_minor(state)
    return max(left, 0)


def claim(state: Paid, asked_minor: int, *, platform_bears_fee: bool = False) -> Share:
    """The share of a further `asked_minor`, in the order's currency.

    What nobody bears of an earlier claim leaves room for this one, and is not picked up by it.
    """
    captured, division = state.payment.amount_minor, state.division
    before = min(_borne_minor(state), captured)
    within = min(asked_minor, captured - before)
    claimed, claimed_by_seller = _claimed(state)
    due = converted(before + within, state) - claimed
    amount = max(due, 0) if within else 0
    seller_due = _seller_part(claimed + amount, division) - claimed_by_seller
    gross = min(max(seller_due, 0), amount)
    processing = _processing_part(state, gross) if platform_bears_fee else 0
    return Share(
        seller_minor=gross - processing,
        commission_minor=amount - gross,
        processing_minor=processing,
        excess_minor=converted(asked_minor, state) - converted(within, state),
    )


def converted(amount_minor: int, state: Paid) -> int:
    """An amount of the order's currency in the owed one, half-up; the whole is the whole."""
    captured, settled = state.payment.amount_minor, state.division.amount_minor
    return (amount_minor * settled * 2 + captured) // (captured * 2)


def take(purse: Purse, amount_minor: int) -> Taken:
    pending = min(purse.pending_minor, amount_minor)
    reserve = min(purse.reserve_minor, amount_minor - pending)
    return Taken(pending, reserve, amount_minor - pending - reserve)


def less(purse: Purse, taken: Taken) -> Purse:
    return Purse(
        purse.pending_minor - taken.pending_minor,
        purse.reserve_minor - taken.reserve_minor,
        purse.available_minor - taken.available_minor,
    )


def give_back(state: Paid, amount_minor: int) -> tuple[int, int]:
    """Where a share goes that nobody claims any more: pending while on hold, else available."""
    return (0, amount_minor) if state.released else (amount_minor, 0)


def _claiming(state: Paid) -> list[Refund]:
    return [refund for refund in state.refunds.values() if refund.claims]


def _withdrawn(state: Paid) -> list[Dispute]:
    return [dispute for dispute in state.disputes.values() if dispute.disputed_minor]


def _borne_minor(state: Paid) -> int:
    """What somebody bears of all claims, in the order's currency; the rest is excess."""
    refunds = (
        _borne(refund.requested.asked_minor, refund.amount_minor - refund.excess_minor, state)
        for refund in _claiming(state)
    )
    disputes = (
        _borne(dispute.disputed_minor, dispute.seller_minor + dispute.commission_minor, state)
        for dispute in _withdrawn(state)
    )
    return sum(refunds) + sum(disputes)


def _borne(asked_minor: int, share_minor: int, state: Paid) -> int:
    """Of a claim in the order's currency; a conversion may have rounded its last unit away."""
    captured, settled = state.payment.amount_minor, state.division.amount_minor
    rounding = 0 if state.division.currency == state.payment.currency else 1
    if share_minor >= converted(asked_minor, state) - rounding:
        return asked_minor
    return (share_minor * captured * 2 + settled) // (settled * 2)


def _claimed(state: Paid) -> tuple[int, int]:
    """What stands already: in all, and of that the seller's part with its processing fee."""
    refunds, disputes = _claiming(state), _withdrawn(state)
    seller = sum(refund.seller_minor + refund.processing_minor for refund in refunds)
    seller += sum(dispute.seller_minor for dispute in disputes)
    commission = sum(refund.commission_minor for refund in refunds)
    commission += sum(dispute.commission_minor for dispute in disputes)
    return seller + commission, seller


def _seller_part(amount_minor: int, division: Division) -> int:
    """The processing fee is not returned to the seller, so it is part of what he bears."""
    seller, _ = allocate(
        amount_minor,
        (division.amount_minor - division.commission_minor, division.commission_minor),
    )
    return seller


def _processing_part(state: Paid, gross_minor: int) -> int:
    """Of a seller's part that we bear with him: the processing fee, cumulatively pro rata."""
    borne = [refund for refund in _claiming(state) if refund.requested.platform_bears_fee]
    before = sum(refund.seller_minor + refund.processing_minor for refund in borne)
    stands = sum(refund.processing_minor for refund in borne)
    weights = state.division.seller_minor, state.division.processing_minor
    _, processing = allocate(before + gross_minor, weights)
    return min(max(processing - stands, 0), gross_minor)
