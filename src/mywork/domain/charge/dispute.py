"""Disputing: what a bank takes of a payment, holds while it is open, and may give back."""

from mywork.domain.charge.state import Charge, D, Dispute, R
from mywork.domain.errors import PaymentDisagrees


def given_back(charge: Charge[R, D], dispute: Dispute[D], amount_minor: int) -> int:
    """What is held no longer once this much came back; both positive, as booked.

    Money that Stripe moves at another rate than the payment's is a difference of rates: then the
    whole comes back.
    """
    held_minor = dispute.held_minor if charge.foreign else amount_minor
    if not 0 < held_minor <= dispute.held_minor:
        raise PaymentDisagrees(
            f"{dispute.dispute_id} gives back more than the {dispute.held_minor} held of it"
        )
    return held_minor
