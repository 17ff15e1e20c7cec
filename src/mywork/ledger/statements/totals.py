"""What a statement comes to: totals by kind, its payouts, and how two of its versions differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mywork.ledger.statements.statement import Line, Stages, Statement

Kind = Literal["sales", "conversions", "refunds", "disputes", "payouts", "debts", "other"]
# What changes how much is owed to a seller, by the name of its event; the rest only moves money
# between the seller's own accounts.
KINDS: dict[str, Kind] = {
    "order.paid.": "sales",
    "order.payment_converted.": "conversions",
    "order.refund_": "refunds",
    "order.dispute_": "disputes",
    "payout.": "payouts",
    "debt.": "debts",
}


@dataclass(frozen=True, slots=True)
class Total:
    """`amount_minor` is signed: what is owed to the seller grows with positive amounts."""

    kind: Kind
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version of a statement to another: opening + added - removed = closing, in change.

    History is only added to, so nothing is ever removed from a later version.
    """

    older: Statement
    newer: Statement
    added: Sequence[Line]
    removed: Sequence[Line]

    @property
    def opening_minor(self) -> int:
        return owed(self.newer.opening) - owed(self.older.opening)

    @property
    def closing_minor(self) -> int:
        return owed(self.newer.closing) - owed(self.older.closing)


def owed(stages: Stages) -> int:
    """What is owed to the seller in all, in minor units."""
    return sum(stages.values())


def totals(found: Statement) -> list[Total]:
    """By kind, in a fixed order; the opening and all of them come to the closing."""
    counts: Counter[Kind] = Counter()
    amounts: Counter[Kind] = Counter()
    for line in found.lines:
        if line.amount_minor:
            counts[kind_of(line)] += 1
            amounts[kind_of(line)] += line.amount_minor
    return [Total(kind, counts[kind], amounts[kind]) for kind in get_args(Kind) if counts[kind]]


def kind_of(line: Line) -> Kind:
    return next((kind for name, kind in KINDS.items() if line.event.startswith(name)), "other")


def payouts(found: Statement) -> list[Line]:
    """What left for the seller's Stripe account, and what came back from there."""
    return [line for line in found.lines if kind_of(line) == "payouts" and line.amount_minor]


def difference(older: Statement, newer: Statement) -> Difference:
    """Lines that only one of them has, in its own order; running balances do not count."""
    return Difference(older, newer, _without(newer, older), _without(older, newer))


def _without(found: Statement, other: Statement) -> tuple[Line, ...]:
    left = Counter(map(_key, other.lines))
    return tuple(_new(found, left))


def _new(found: Statement, left: Counter[tuple[object, ...]]) -> Iterator[Line]:
    for line in found.lines:
        key = _key(line)
        if left[key]:
            left[key] -= 1
        else:
            yield line


def _key(line: Line) -> tuple[object, ...]:
    return line.effective_at, line.event, line.words, tuple(sorted(line.moves.items()))
