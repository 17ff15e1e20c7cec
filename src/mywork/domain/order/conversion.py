"""Settled in another currency: what is owed because of an order becomes owed in that one.

Only refunds can have come before: what a dispute took is told in the settlement currency, so it
waits for this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mywork.domain.charge.state import AT_STRIPE, Settlement
from mywork.domain.identifiers import RefundId
from mywork.domain.money import allocate
from mywork.domain.order.settlement_messages import ConvertedPart, ConvertedRefund, PaymentConverted
from mywork.domain.order.shares import claim
from mywork.domain.order.state import Buckets, Division, Paid, Refund

Refunds = Mapping[str, Refund]


def converted_payment(settled: Settlement, state: Paid) -> PaymentConverted:
    """Everything is divided anew, largest remainder first, so that both sides sum up exactly."""
    division = _divided_anew(settled, state.division)
    refunds = _refunds_anew(settled, state, division)
    return PaymentConverted(
        order_id=state.payment.order_id,
        seller_id=state.payment.seller_id,
        charge_id=state.payment.charge_id,
        transaction_id=settled.transaction_id,
        currency=state.payment.currency,
        amount_minor=state.payment.amount_minor,
        settlement_currency=settled.currency,
        settled_minor=settled.amount_minor,
        seller_share_minor=division.seller_minor,
        commission_minor=division.commission_minor,
        processing_fee_minor=division.processing_minor,
        exchange_rate=settled.exchange_rate,
        parts=tuple(
            part for part in _parts(state, division, refunds) if part.from_minor or part.to_minor
        ),
        refunds=tuple(_amounts(refund) for refund in refunds.values()),
    )


def _divided_anew(settled: Settlement, old: Division) -> Division:
    weights = old.seller_minor, old.commission_minor, old.processing_minor
    parts = allocate(settled.amount_minor, weights)
    return Division(settled.currency, settled.amount_minor, *parts)


def _refunds_anew(settled: Settlement, state: Paid, division: Division) -> Refunds:
    """Each refund's shares as if it had been requested in the new currency, in the same order."""
    charge = replace(state.charge, settlement=settled, refunds={})
    for refund in state.charge.refunds.values():
        anew = replace(state, division=division, charge=charge)
        bears_fee = refund.share.platform_bears_fee
        found = claim(anew, refund.asked_minor, platform_bears_fee=bears_fee)
        moved = replace(
            refund,
            amount_minor=found.amount_minor,
            share=found.share,
            excess_minor=found.excess_minor,
        )
        charge = charge.with_refund(moved)
    return charge.refunds


def _amounts(refund: Refund) -> ConvertedRefund:
    return ConvertedRefund(
        refund_id=RefundId(refund.refund_id),
        amount_minor=refund.amount_minor,
        seller_minor=refund.share.seller_minor,
        commission_minor=refund.share.commission_minor,
        processing_minor=refund.share.processing_minor,
        excess_minor=refund.excess_minor,
    )


def _parts(state: Paid, division: Division, refunds: Refunds) -> Iterator[ConvertedPart]:
    """Where the order's money stands, before and after; both sides sum to the payment."""
    old, new = state.charge.refunds.values(), refunds.values()
    buckets = _buckets_anew(state, division, refunds)
    yield ConvertedPart("pending", "", state.buckets.pending_minor, buckets.pending_minor)
    yield ConvertedPart("reserve", "", state.buckets.reserve_minor, buckets.reserve_minor)
    yield ConvertedPart("available", "", state.buckets.available_minor, buckets.available_minor)
    aside = [sum(r.share.seller_minor for r in side if _is_set_aside(r)) for side in (old, new)]
    yield ConvertedPart("refunding", "", *aside)
    made_old, made_new = ([r for r in side if r.stage in AT_STRIPE] for side in (old, new))
    yield ConvertedPart(
        "commission",
        "",
        state.division.commission_minor - sum(r.share.commission_minor for r in made_old),
        division.commission_minor - sum(r.share.commission_minor for r in made_new),
    )
    yield ConvertedPart(
        "processing",
        "",
        state.division.processing_minor - sum(r.share.processing_minor for r in made_old),
        division.processing_minor - sum(r.share.processing_minor for r in made_new),
    )
    for before, after in zip(made_old, made_new, strict=True):
        refund_id = before.stripe_refund_id
        yield ConvertedPart("uncleared", refund_id, before.amount_minor, after.amount_minor)
        yield ConvertedPart("suspense", refund_id, -before.excess_minor, -after.excess_minor)


def _is_set_aside(refund: Refund) -> bool:
    return refund.stage in {"requested", "approved"}


def _buckets_anew(state: Paid, division: Division, refunds: Refunds) -> Buckets:
    """What is left to the seller, over the same stages; the last that has any takes the residue."""
    left = division.seller_minor - sum(r.share.seller_minor for r in refunds.values() if r.claims)
    old, ratio = state.buckets, (division.amount_minor, state.division.amount_minor)
    pending, reserve = _scaled(old.pending_minor, ratio), _scaled(old.reserve_minor, ratio)
    if not old.available_minor:
        reserve = left - pending if old.reserve_minor else 0
        pending = left - reserve
    return Buckets(pending, reserve, left - pending - reserve)


def _scaled(amount_minor: int, ratio: tuple[int, int]) -> int:
    to, of = ratio
    return (amount_minor * to * 2 + of) // (of * 2)
