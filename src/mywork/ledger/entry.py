"""A journal entry: postings that balance to zero in each currency, or no entry at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from mywork.domain.errors import MyWorkError


class EntryUnbalanced(MyWorkError):
    """A fault in a posting rule: debits and credits differ."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line. `amount_minor` is debit-positive; `object_id` names the Stripe object, if any."""

    account: str
    currency: str
    amount_minor: int
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Balanced by construction. `not_negative` names accounts that must stand on their normal
    side once this entry is written, though their bound is otherwise free."""

    postings: tuple[Posting, ...]
    not_negative: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sums: dict[str, int] = {}
        for posting in self.postings:
            sums[posting.currency] = sums.get(posting.currency, 0) + posting.amount_minor
        if any(sums.values()) or not self.postings:
            raise EntryUnbalanced(f"the postings sum to {sums}, not to zero: {self.postings}")

    def reversed(self) -> "Entry":
        """The entry that undoes this one."""
        return Entry(
            tuple(
                Posting(line.account, line.currency, -line.amount_minor, line.object_id)
                for line in self.postings
            )
        )


Side = tuple[str, int] | tuple[str, int, str]


def entry(
    currency: str,
    *,
    debit: Iterable[Side],
    credit: Iterable[Side],
    not_negative: tuple[str, ...] = (),
) -> Entry | None:
    """Build an entry from (account, amount_minor[, object_id]) sides; None when nothing moves.

    Zero amounts are left out; a negative amount stands on the other side.
    """
    lines = [_posting(currency, side, 1) for side in debit if side[1]]
    lines += [_posting(currency, side, -1) for side in credit if side[1]]
    return Entry(tuple(lines), not_negative) if lines else None


def _posting(currency: str, side: Side, sign: int) -> Posting:
    return Posting(side[0], currency, sign * side[1], side[2] if len(side) == 3 else "")
