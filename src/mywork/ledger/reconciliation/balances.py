"""Stripe's reported balance against the ledger's, at one position of Stripe's list: pure.

A balance is read while money moves. It holds what the list held when it was read, and perhaps some
of what came to the list right after; so it agrees if it does at any of those positions.
"""

from collections.abc import Iterator, Mapping, Sequence

from mywork.domain.reconciliation import ComparedBalance
from mywork.ledger.reconciliation.sides import StatementSide

Amounts = Mapping[str, int]  # by currency, in minor units


def balanced(
    theirs: Amounts, ours: Amounts, explained: Amounts, newer: Sequence[StatementSide] = ()
) -> list[ComparedBalance]:
    """The currencies at the position that agrees, or at the last one where none does.

    `explained` is what is known to be at Stripe and not here (negative the other way round) at
    the first position; `newer` came to Stripe's list after it, the oldest first.
    """
    found: list[ComparedBalance] = []
    for at_position in _positions(explained, newer):
        currencies = sorted({*theirs, *ours, *at_position})
        found = [
            ComparedBalance(name, theirs.get(name, 0), ours.get(name, 0), at_position.get(name, 0))
            for name in currencies
        ]
        if not any(item.unexplained_minor for item in found):
            return found
    return found


def _positions(explained: Amounts, newer: Sequence[StatementSide]) -> Iterator[Amounts]:
    running = dict(explained)
    yield running
    for statement in newer:
        running[statement.currency] = running.get(statement.currency, 0) + statement.net_minor
        yield running
