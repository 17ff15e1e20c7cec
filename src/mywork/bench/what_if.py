"""`what_if`: a month's orders decided and posted again under other fees.

The floor is reading and decoding the same events, which nothing that looks at them can avoid.
"""

import time
from datetime import UTC, datetime, timedelta

from eventstore.catalogue import Catalogue
from eventstore.store import EventStore
from mywork.application.usecases.what_if import PAGE, what_if
from mywork.bench.replay import write_history
from mywork.bench.report import Result
from mywork.bench.sales import order_id
from mywork.bench.scratch import scratch_database
from mywork.domain.catalogue import EVENTS
from mywork.domain.fee_changes import parse_expression
from mywork.domain.order.simulation import OtherTerms
from mywork.domain.period.months import month_of
from mywork.domain.streams import order_stream


def run(scale: float) -> Result:
    """Orders a second; each is six events, of which three are posted, twice."""
    orders = max(PAGE, int(10_000 * scale))
    with scratch_database() as url, EventStore(url, Catalogue(EVENTS)) as store:
        write_history(store, orders)
        now = datetime.now(UTC)
        terms = OtherTerms(parse_expression("commission=12%"), timedelta(days=14))
        started = time.perf_counter()
        found = what_if(store, month_of(now), terms, now=now)
        seconds = time.perf_counter() - started
        floor_seconds = _floor(store, orders)
    details = {
        "orders": found.orders,
        "seconds": round(seconds, 2),
        "floor": "the same streams read and decoded",
    }
    rate, baseline = int(found.orders / seconds), int(orders / floor_seconds)
    return Result("what_if", rate, "orders/s", baseline, details)


def _floor(store: EventStore, orders: int) -> float:
    streams = [order_stream(order_id(number)) for number in range(orders)]
    started = time.perf_counter()
    for start in range(0, orders, PAGE):
        store.read(streams[start : start + PAGE])
    return time.perf_counter() - started
