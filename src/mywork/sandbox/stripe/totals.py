"""A balance as running totals: what is available, and what matures when."""

import heapq
from collections import defaultdict
from collections.abc import Iterable

from mywork.sandbox.stripe.errors import Json


class Totals:
    """Of one account, by currency; equal to the sum of its transactions at every moment."""

    def __init__(self, transactions: Iterable[Json]) -> None:
        self.available: dict[str, int] = defaultdict(int)
        self.pending: dict[str, int] = defaultdict(int)
        self._maturing: list[tuple[int, str, int]] = []  # a heap: when, currency, net
        self.seen = 0  # the latest moment that was looked at
        for transaction in transactions:
            self.add(transaction)

    def add(self, transaction: Json) -> None:
        if transaction["balance_type"] != "payments":
            return
        currency, net = transaction["currency"], transaction["net"]
        self.pending[currency] += net
        heapq.heappush(self._maturing, (transaction["available_on"], currency, net))

    def mature(self, now: int) -> None:
        """Move what has become available by now; time must not go back."""
        self.seen = now
        while self._maturing and self._maturing[0][0] <= now:
            _, currency, net = heapq.heappop(self._maturing)
            self.pending[currency] -= net
            self.available[currency] += net
