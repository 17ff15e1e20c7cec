"""How much of a claim a payment covers: all claims together never cost more than was captured.

What is claimed is taken cumulatively, each claim being the difference to what stands already. So
any sequence of partial claims ends at the same unit as one of the whole. What goes beyond the
payment is named as excess: nobody bears it, and somebody must look at it.
"""

from dataclasses import dataclass

from mywork.domain.charge.state import Charge, D, R


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody bears of the claims that stand: as asked, and as booked."""

    asked_minor: int
    booked_minor: int


@dataclass(frozen=True, slots=True)
class Bearing:
    """Of a further claim, `within_minor` as asked is covered.

    As booked, somebody bears `amount_minor`, and nobody `excess_minor`.
    """

    within_minor: int
    amount_minor: int
    excess_minor: int


def bearing(charge: Charge[R, D], asked_minor: int, standing: Standing) -> Bearing:
    """A further claim on what the claims that stand leave.

    What nobody bears of an earlier claim leaves room for this one, and is not picked up by it.
    """
    before = min(standing.asked_minor, charge.captured_minor)
    within = min(asked_minor, charge.captured_minor - before)
    due = charge.booked(before + within) - standing.booked_minor
    return Bearing(
        within_minor=within,
        amount_minor=max(due, 0) if within else 0,
        excess_minor=charge.booked(asked_minor) - charge.booked(within),
    )


def borne(charge: Charge[R, D], asked_minor: int, share_minor: int) -> int:
    """What of a claim, as asked, the booked `share_minor` bears.

    A conversion may have rounded its last unit away.
    """
    rounding = 1 if charge.foreign else 0
    covered = share_minor >= charge.booked(asked_minor) - rounding
    return asked_minor if covered else charge.asked(share_minor)
