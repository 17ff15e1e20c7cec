"""Who bears how much of a refund or dispute: cumulative allocation, so that no cent is lost.

What a payment covers of a claim (`charge.bearing`) is shared by seller and commission: all that is
claimed is allocated as a whole, and each claim is the difference to what stands already.
"""

from dataclasses import dataclass

from mywork.domain.charge.bearing import Standing, bearing, borne
from mywork.domain.money import allocate
from mywork.domain.order.state import Buckets, Division, Paid, Share


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as booked: who bears it, and what nobody does."""

    share: Share
    excess_minor: int

    @property
    def amount_minor(self) -> int:
        return self.share.borne_minor + self.excess_minor


@dataclass(frozen=True, slots=True)
class Taken:
    """From which of the seller's stages a share is taken: this order's pending first."""

    pending_minor: int
    reserve_minor: int
    available_minor: int


def refundable_minor(state: Paid) -> int:
    """What our own commands may still refund: refunds + open or lost disputes <= captured."""
    refunds = (one.asked_minor for one in state.charge.refunds.values() if one.claims)
    disputes = (one.exposed_minor for one in state.charge.disputes.values())
    return max(state.charge.captured_minor - sum(refunds) - sum(disputes), 0)


def claim(state: Paid, asked_minor: int, *, platform_bears_fee: bool = False) -> Claim:
    """The share of a further `asked_minor`, in the order's currency."""
    found = bearing(state.charge, asked_minor, _standing(state))
    stands, by_seller = _booked(_shares(state))
    seller_due = _seller_part(stands + found.amount_minor, state.division) - by_seller
    gross = min(max(seller_due, 0), found.amount_minor)
    processing = _processing_part(state, gross) if platform_bears_fee else 0
    share = Share(gross - processing, found.amount_minor - gross, processing, platform_bears_fee)
    return Claim(share, found.excess_minor)


def take(buckets: Buckets, amount_minor: int) -> Taken:
    pending = min(buckets.pending_minor, amount_minor)
    reserve = min(buckets.reserve_minor, amount_minor - pending)
    return Taken(pending, reserve, amount_minor - pending - reserve)


def less(buckets: Buckets, taken: Taken) -> Buckets:
    return Buckets(
        buckets.pending_minor - taken.pending_minor,
        buckets.reserve_minor - taken.reserve_minor,
        buckets.available_minor - taken.available_minor,
    )


def returned(buckets: Buckets, pending_minor: int, available_minor: int) -> Buckets:
    return Buckets(
        buckets.pending_minor + pending_minor,
        buckets.reserve_minor,
        buckets.available_minor + available_minor,
    )


def give_back(state: Paid, amount_minor: int) -> tuple[int, int]:
    """Where a share goes that nobody claims any more: pending while on hold, else available."""
    return (0, amount_minor) if state.released else (amount_minor, 0)


def _claims(state: Paid) -> list[tuple[int, Share]]:
    """The claims that stand: what was asked, and who bears it."""
    refunds = [(one.asked_minor, one.share) for one in state.charge.refunds.values() if one.claims]
    disputes = state.charge.disputes.values()
    return refunds + [(one.disputed_minor, one.share) for one in disputes if one.disputed_minor]


def _shares(state: Paid) -> list[Share]:
    return [share for _, share in _claims(state)]


def _standing(state: Paid) -> Standing:
    asked = sum(borne(state.charge, asked, share.borne_minor) for asked, share in _claims(state))
    return Standing(asked, _booked(_shares(state))[0])


def _booked(shares: list[Share]) -> tuple[int, int]:
    """What stands already: in all, and of that the seller's part with its processing fee."""
    seller = sum(share.seller_minor + share.processing_minor for share in shares)
    return seller + sum(share.commission_minor for share in shares), seller


def _seller_part(amount_minor: int, division: Division) -> int:
    """The processing fee is not returned to the seller, so it is part of what he bears."""
    seller, _ = allocate(
        amount_minor,
        (division.amount_minor - division.commission_minor, division.commission_minor),
    )
    return seller


def _processing_part(state: Paid, gross_minor: int) -> int:
    """Of a seller's part that we bear with him: the processing fee, cumulatively pro rata."""
    with_him = [share for share in _shares(state) if share.platform_bears_fee]
    before = sum(share.seller_minor + share.processing_minor for share in with_him)
    stands = sum(share.processing_minor for share in with_him)
    weights = state.division.seller_minor, state.division.processing_minor
    _, processing = allocate(before + gross_minor, weights)
    return min(max(processing - stands, 0), gross_minor)
