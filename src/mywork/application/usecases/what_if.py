"""What if: a past month's orders under another fee schedule or hold, against what really came.

A pure function of the events: each order paid in the month is decided again, whole life included,
and both lives are posted by the same rules. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventstore.envelope import Recorded
from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.domain.accounts import RECOVERY_DISPUTE, RECOVERY_PROCESSING, REVENUE_COMMISSION
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.simulation import Dated, OtherTerms, simulate
from mywork.domain.period.months import Period
from mywork.domain.period.months import ends_at as months_ends_at
from mywork.ledger.periods.months import asked_for, of_months
from mywork.ledger.rules.posting import post

PAGE = 500  # orders that are read at once
AFFECTED = 20  # sellers that are named by default

Key = tuple[str, str]  # seller and currency
Sums = Counter[tuple[Key, str]]  # with the name of a figure

_ORDERS = of_months("""
SELECT e.originator_id FROM months m
  JOIN eventstore.events e ON e.notification_id = m.position
 WHERE starts_with(e.topic, 'order.paid.') ORDER BY m.position
""")
_OURS = {
    REVENUE_COMMISSION: "commission",
    RECOVERY_PROCESSING: "processing",
    RECOVERY_DISPUTE: "disputes",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """In minor units. `sellers_minor` is what the orders have brought their sellers by now, and
    `payable_minor` what of it could be paid out by the month's end."""

    gross_minor: int = 0
    commission_minor: int = 0
    processing_minor: int = 0
    disputes_minor: int = 0
    sellers_minor: int = 0
    payable_minor: int = 0

    @property
    def revenue_minor(self) -> int:
        """Commission, and the fees that sellers bear."""
        return self.commission_minor + self.processing_minor + self.disputes_minor


@dataclass(frozen=True, slots=True)
class Comparison:
    """`seller_id` is empty where it is of all sellers."""

    seller_id: str
    currency: str
    actual: Figures
    hypothetical: Figures

    @property
    def sellers_change_minor(self) -> int:
        return self.hypothetical.sellers_minor - self.actual.sellers_minor

    @property
    def payable_change_minor(self) -> int:
        return self.hypothetical.payable_minor - self.actual.payable_minor

    @property
    def revenue_change_minor(self) -> int:
        return self.hypothetical.revenue_minor - self.actual.revenue_minor


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`sellers` are those most affected, by what they would have had, then by when."""

    period: Period
    orders: int
    currencies: Sequence[Comparison]
    sellers: Sequence[Comparison]


def what_if(
    store: EventStore,
    month: Period,
    terms: OtherTerms,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> WhatIf:
    """Orders that were paid in the month, by their entries' period; lives as known by `now`.

    Raises FeeScheduleInvalid where the fees exceed the price of an order.
    """
    ends_at, actual, hypothetical = months_ends_at(month), Sums(), Sums()
    streams, done = _orders(store, month), 0
    for page in _pages(streams):
        for history in store.read(page).values():
            life = [_dated(recorded) for recorded in history]
            _count(life, actual, ends_at)
            _count(simulate(life, terms, until=now), hypothetical, ends_at)
        done += len(page)
        if progress is not None:
            progress(done, len(streams))
    sellers = _compared(actual, hypothetical)
    totals = _compared(_of_all(actual), _of_all(hypothetical))
    return WhatIf(month, len(streams), totals, sorted(sellers, key=_least_affected)[:AFFECTED])


def _orders(store: EventStore, month: Period) -> list[str]:
    with store.connection() as connection:
        return [row[0] for row in connection.execute(_ORDERS, asked_for(month))]


def _pages(streams: Sequence[str]) -> Iterator[Sequence[str]]:
    return (streams[start : start + PAGE] for start in range(0, len(streams), PAGE))


def _dated(recorded: Recorded) -> Dated:
    return recorded.event, recorded.metadata.effective_at


def _count(life: Iterable[Dated], sums: Sums, ends_at: datetime) -> None:
    """Add what the entries of one order's life come to, on each figure's own side."""
    seller_id = ""
    for event, at in life:
        if isinstance(event, OrderPaid):
            seller_id = event.seller_id
            sums[(seller_id, event.currency), "gross"] += event.amount_minor
        found: Any = post(event)
        for line in found.postings if found else ():
            key = seller_id, line.currency
            if name := _OURS.get(line.account):
                sums[key, name] -= line.amount_minor
            elif line.account.startswith("seller:"):
                sums[key, "sellers"] -= line.amount_minor
                if at < ends_at and line.account.endswith(":available"):
                    sums[key, "payable"] -= line.amount_minor


def _of_all(sums: Sums) -> Sums:
    total = Sums()
    for ((_, currency), name), amount_minor in sums.items():
        total[("", currency), name] += amount_minor
    return total


def _compared(actual: Sums, hypothetical: Sums) -> list[Comparison]:
    keys = sorted({key for key, _ in (*actual, *hypothetical)})
    return [Comparison(*key, _figures(actual, key), _figures(hypothetical, key)) for key in keys]


def _figures(sums: Sums, key: Key) -> Figures:
    return Figures(
        gross_minor=sums[key, "gross"],
        commission_minor=sums[key, "commission"],
        processing_minor=sums[key, "processing"],
        disputes_minor=sums[key, "disputes"],
        sellers_minor=sums[key, "sellers"],
        payable_minor=sums[key, "payable"],
    )


def _least_affected(found: Comparison) -> tuple[int, int, str, str]:
    changes = -abs(found.sellers_change_minor), -abs(found.payable_change_minor)
    return *changes, found.seller_id, found.currency
