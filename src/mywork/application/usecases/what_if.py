"""What if: a past month's orders under another fee schedule or hold, against what really came.

A pure function of the events: each order paid in the month is decided again, whole life included,
and both lives are posted by the same rules. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from eventstore.envelope import Recorded
from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.documents.what_if import COUNTED, Comparison, SellerComparison, WhatIf, compared
from mywork.domain.accounts import (
    RECOVERY_DISPUTE,
    RECOVERY_PROCESSING,
    REVENUE_COMMISSION,
    SELLERS,
)
from mywork.domain.order.decider import OrderMoneyEvent
from mywork.domain.order.sale_messages import OrderPaid
from mywork.domain.order.simulation import Dated, OtherTerms, simulate
from mywork.domain.period.months import Period
from mywork.domain.period.months import ends_at as months_ends_at
from mywork.ledger.periods.months import asked_for, of_months
from mywork.ledger.rules.orders import order_posts

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
    RECOVERY_DISPUTE: "dispute_fees",
}


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
    return WhatIf(
        period=month,
        orders=len(streams),
        currencies=_by_currency(_of_all(actual), _of_all(hypothetical)),
        sellers_most_affected=_most_affected(actual, hypothetical),
    )


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
        found = order_posts(event) if isinstance(event, OrderMoneyEvent) else None
        for line in found.postings if found else ():
            key = seller_id, line.currency
            if name := _OURS.get(line.account):
                sums[key, name] -= line.amount_minor
            elif line.account.startswith(SELLERS):
                sums[key, "sellers"] -= line.amount_minor
                if at < ends_at and line.account.endswith(":available"):
                    sums[key, "payable"] -= line.amount_minor


def _of_all(sums: Sums) -> Sums:
    total = Sums()
    for ((_, currency), name), amount_minor in sums.items():
        total[("", currency), name] += amount_minor
    return total


def _by_currency(actual: Sums, hypothetical: Sums) -> tuple[Comparison, ...]:
    return tuple(
        Comparison(**compared(key[1], _counted(actual, key), _counted(hypothetical, key)))
        for key in _keys(actual, hypothetical)
    )


def _most_affected(actual: Sums, hypothetical: Sums) -> tuple[SellerComparison, ...]:
    found = (
        SellerComparison(
            seller_id=key[0],
            **compared(key[1], _counted(actual, key), _counted(hypothetical, key)),
        )
        for key in _keys(actual, hypothetical)
    )
    return tuple(sorted(found, key=_least_affected)[:AFFECTED])


def _keys(actual: Sums, hypothetical: Sums) -> list[Key]:
    return sorted({key for key, _ in (*actual, *hypothetical)})


def _counted(sums: Sums, key: Key) -> dict[str, int]:
    return {name: sums[key, name] for name in COUNTED}


def _least_affected(found: SellerComparison) -> tuple[int, int, str, str]:
    changes = -abs(found.change.sellers_minor), -abs(found.change.payable_minor)
    return *changes, found.seller_id, found.currency
