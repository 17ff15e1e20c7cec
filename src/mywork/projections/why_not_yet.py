"""Why a seller's money is not available yet: in words, with a date, for every cent of a sale."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mywork.documents.document import moment, money
from mywork.documents.sales import NotYet, NotYetStage
from mywork.documents.wording import day
from mywork.domain.money import decimal_text
from mywork.projections.balance_buckets import Buckets
from mywork.projections.claims.claims import Claims
from mywork.projections.claims.disputes import DisputeLine
from mywork.projections.claims.refunds import RefundLine


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a sale's money; `until` is None where a person, Stripe or a bank must act first."""

    stage: NotYetStage
    amount_minor: int
    until: datetime | None
    reason: str


def why_not_yet(buckets: Buckets, claims: Claims) -> tuple[NotYet, ...]:
    """The amounts sum to what is pending, in reserve, being refunded and disputed."""
    open_dispute = next((line for line in claims.disputes if line.open), None)
    parts = [
        *_held(buckets, open_dispute),
        *(_refunding(line) for line in claims.refunds),
        *(_disputed(line) for line in claims.disputes),
    ]
    return tuple(
        NotYet(
            stage=part.stage,
            **money("amount", part.amount_minor, buckets.currency),
            currency=buckets.currency,
            until=moment(part.until),
            reason=part.reason,
        )
        for part in parts
        if part.amount_minor
    )


def _held(buckets: Buckets, stopped_by: DisputeLine | None) -> Iterator[Part]:
    """On hold, or kept as a reserve; an open dispute or inquiry stops the release of both."""
    held: tuple[tuple[NotYetStage, int, datetime | None, str], ...] = (
        ("pending", buckets.pending_minor, buckets.release_at, f"on hold {{}}{_reserved(buckets)}"),
        ("reserve", buckets.reserve_minor, buckets.reserve_until, "kept in reserve {}"),
    )
    for stage, amount_minor, until, reason in held:
        if stopped_by is not None:
            yield Part(stage, amount_minor, None, reason.format(_while_open(stopped_by)))
        elif until is not None:
            yield Part(stage, amount_minor, until, reason.format(f"until {day(until)}"))


def _reserved(buckets: Buckets) -> str:
    if not buckets.reserve_basis_points:
        return ""
    percent = decimal_text(buckets.reserve_basis_points, "USD")
    return f"; {percent} % of it is then kept in reserve for {buckets.reserve_days} days"


def _refunding(line: RefundLine) -> Part:
    waits = {
        "requested": "waits for a decision",
        "approved": "is being made by Stripe",
    }.get(line.status)
    reason = f"set aside for a refund asked for on {day(line.requested_at)}, which {waits}"
    return Part("refunding", line.seller_minor if waits else 0, None, reason)


def _disputed(line: DisputeLine) -> Part:
    reason = f"held by the buyer's bank {_while_open(line)}"
    if not line.open:
        reason = f"dispute {line.dispute_id} was {line.outcome}; the bank gives it back"
    return Part("disputed", line.seller_minor, None, reason)


def _while_open(line: DisputeLine) -> str:
    kind = "inquiry" if line.inquiry else "dispute"
    said = f"while {kind} {line.dispute_id} of {day(line.opened_at)} is open"
    if line.answered and line.evidence_at is not None:
        return f"{said}; evidence was submitted on {day(line.evidence_at)}"
    due = line.evidence_due_by
    return f"{said}; evidence is due by {day(due)}" if due is not None else said
