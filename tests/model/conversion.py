"""A payment that Stripe settles in another currency: everybody is owed that one from then on.

Everything is divided anew, largest remainder first, refunds included, as if it had been so from
the beginning; what stands in one currency ends, and begins in the other.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from model.arithmetic import half_up, split
from model.book import Book, Line
from model.sale import Sale

UNCLEARED, SUSPENSE = "stripe:uncleared", "suspense:stripe"


def convert(sale: Sale, book: Book, currency: str, amount: int, at: datetime) -> None:
    """`amount` of `currency` is what the payment became."""
    before, ended = sale.owed, list(_standing(sale))
    price, buckets = sale.total, (sale.pending, sale.reserve, sale.available)
    sale.parts = tuple(split(amount, *sale.parts))
    sale.owed, sale.total = currency, amount
    known, sale.refunds = sale.refunds, {}
    for refund_id, refund in known.items():
        asked, bears = refund.claim.asked, refund.platform_bears_fee
        claim = sale.claim(asked, platform_bears_fee=bears)
        sale.refunds[refund_id] = replace(refund, claim=claim)
    _move_buckets(sale, buckets, Fraction(amount, price))
    book.post(before, at, debit=ended, credit=[(UNCLEARED, price, sale.charge)])
    book.post(currency, at, debit=[(UNCLEARED, amount, sale.charge)], credit=list(_standing(sale)))


def _standing(sale: Sale) -> Iterator[Line]:
    """Where the payment's money stands, as debts; it comes to the whole payment."""
    stages = f"seller:{sale.seller}"
    made = [refund for refund in sale.refunds.values() if refund.stage in {"made", "succeeded"}]
    aside = [refund for refund in sale.standing() if refund not in made]
    yield f"{stages}:pending", sale.pending
    yield f"{stages}:reserve", sale.reserve
    yield f"{stages}:available", sale.available
    yield f"{stages}:refunding", sum(refund.claim.seller for refund in aside)
    yield "revenue:commission", sale.parts[1] - sum(refund.claim.commission for refund in made)
    yield "recovery:processing", sale.parts[2] - sum(refund.claim.processing for refund in made)
    for refund in made:
        yield UNCLEARED, refund.claim.amount, refund.stripe_id
        yield SUSPENSE, -refund.claim.excess, refund.stripe_id


def _move_buckets(sale: Sale, buckets: tuple[int, int, int], rate: Fraction) -> None:
    """What is left to the seller, over the same stages; the last that has any takes the rest."""
    pending, reserve, available = buckets
    left = sale.parts[0] - sum(refund.claim.seller for refund in sale.standing())
    if available:
        sale.pending, sale.reserve = half_up(pending * rate), half_up(reserve * rate)
    elif reserve:
        sale.pending, sale.reserve = half_up(pending * rate), left - half_up(pending * rate)
    else:
        sale.pending, sale.reserve = left, 0
    sale.available = left - sale.pending - sale.reserve
