"""Lines of the bank's statement against the payouts that went to it: pure, one line to one payout.

A line that names a payout is that payout's. Others are told apart by amount and day: money that
leaves Stripe arrives within days, and money that goes there left the bank within days before.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from mywork.domain.breaks.difference_messages import DifferenceKind, Evidence, Figures
from mywork.domain.money import Money
from mywork.ledger.reconciliation.differences import Difference

# Longer than any bank's holidays; a payout younger than ARRIVES at a statement's end may still be
# on its way. Stripe says one to five working days (https://docs.stripe.com/payouts).
ARRIVES, AT_MOST = timedelta(days=7), timedelta(days=12)


@dataclass(frozen=True, slots=True)
class BankLine:
    """A booked line. `id` is made of what it says, so the same line has the same id in every
    file; `amount_minor` is positive for money that came in."""

    id: str
    line: int
    account: str
    day: date
    currency: str
    amount_minor: int
    reference: str

    @property
    def at(self) -> datetime:
        return datetime.combine(self.day, time(), UTC)


@dataclass(frozen=True, slots=True)
class BankPayout:
    """What a movement posted to `bank`, positive for money that went there."""

    position: int
    transaction_id: str
    object_id: str
    currency: str
    amount_minor: int
    at: datetime

    def is_named_in(self, reference: str) -> bool:
        return self.object_id in reference or self.transaction_id in reference


@dataclass(slots=True)
class Matching:
    """`pairs` are matched; the others are what is left of each side."""

    pairs: list[tuple[BankLine, BankPayout]] = field(default_factory=list)
    lines: list[BankLine] = field(default_factory=list)
    payouts: list[BankPayout] = field(default_factory=list)


def match(lines: Sequence[BankLine], payouts: Sequence[BankPayout]) -> Matching:
    """Each line with at most one payout, by name first, then by amount and the nearest day."""
    found, free = Matching(), dict.fromkeys(sorted(payouts, key=lambda payout: payout.at))
    unnamed: list[BankLine] = []
    for line in sorted(lines, key=lambda line: (line.day, line.line)):
        named = next((p for p in free if p.is_named_in(line.reference)), None)
        if named is None:
            unnamed.append(line)
        else:
            del free[named]
            found.pairs.append((line, named))
    by_amount: dict[tuple[str, int], list[BankPayout]] = defaultdict(list)
    for payout in free:
        by_amount[payout.currency, payout.amount_minor].append(payout)
    for line in unnamed:
        alike = by_amount[line.currency, line.amount_minor]
        near = [payout for payout in alike if abs(line.at - payout.at) <= AT_MOST]
        if near:
            nearest = min(near, key=lambda payout: abs(line.at - payout.at))
            alike.remove(nearest)
            found.pairs.append((line, nearest))
        else:
            found.lines.append(line)
    found.payouts = [payout for alike in by_amount.values() for payout in alike]
    return found


def differences(found: Matching, first: date, last: date) -> list[Difference]:
    """Of a statement from one day to another; payouts that may be on their way are none."""
    late = datetime.combine(last, time(), UTC) - ARRIVES
    early = datetime.combine(first, time(), UTC)
    unlike = [pair for pair in found.pairs if not _same_amount(*pair)]
    return [
        *(_amount_differs(line, payout) for line, payout in unlike),
        *(_unexplained(line) for line in found.lines),
        *(_not_at_bank(payout) for payout in found.payouts if early <= payout.at <= late),
    ]


def _same_amount(line: BankLine, payout: BankPayout) -> bool:
    return (line.currency, line.amount_minor) == (payout.currency, payout.amount_minor)


def _amount_differs(line: BankLine, payout: BankPayout) -> Difference:
    amount, sent = (
        Money(line.amount_minor, line.currency),
        Money(payout.amount_minor, payout.currency),
    )
    detail = f"{payout.object_id} moved {amount} says the bank (line {line.line}), {sent} the books"
    return _difference("bank_amount_differs", detail, line=line, payout=payout)


def _unexplained(line: BankLine) -> Difference:
    amount = Money(line.amount_minor, line.currency)
    detail = f"the bank booked {amount} on {line.day} ({line.reference[:80]}), and no payout did"
    return _difference("bank_line_unexplained", detail, line=line)


def _not_at_bank(payout: BankPayout) -> Difference:
    amount = Money(payout.amount_minor, payout.currency)
    detail = f"{payout.object_id} moved {amount} on {payout.at.date()}, and the bank shows no line"
    return _difference("payout_not_at_bank", detail, payout=payout)


def _difference(
    kind: DifferenceKind,
    detail: str,
    *,
    line: BankLine | None = None,
    payout: BankPayout | None = None,
) -> Difference:
    theirs = Figures(line.currency, line.amount_minor, 0, line.at) if line else None
    ours = Figures(payout.currency, payout.amount_minor, 0, payout.at) if payout else None
    evidence = Evidence(
        source="bank",
        references=tuple(_references(line, payout)),
        positions=(payout.position,) if payout else (),
        theirs=theirs,
        ours=ours,
    )
    currency = line.currency if line else payout.currency if payout else ""
    alone = line is None or payout is None
    amount_minor = theirs.amount_minor if theirs else ours.amount_minor if ours else 0
    return Difference(
        kind=kind,
        subject=payout.transaction_id if payout else line.id if line else "",
        object_id=payout.object_id if payout else line.id if line else "",
        currency=currency,
        amount_minor=amount_minor if alone else evidence.effect_minor(currency),
        detail=detail,
        evidence=evidence,
    )


def _references(line: BankLine | None, payout: BankPayout | None) -> Iterable[str]:
    if payout is not None:
        yield from (payout.transaction_id, payout.object_id)
    if line is not None:
        yield from (line.id, line.reference)
