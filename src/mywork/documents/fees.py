"""Fees: what was quoted to sellers against what Stripe took."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import ORDER_STREAM
from mywork.ledger.reports.fees import FeeRow
from mywork.ledger.time_range import TimeRange

FeeGroup = Annotated[
    Literal["order", "month"],
    Meta(title="FeeGroup", description="What a line of the report is of."),
]


class FeeComparison(Document):
    """Of an order (`key` is its stream) or a month (`2026-11`), in one currency. A positive
    variance is ours; while `known` is false, the actual fee is still to come."""

    key: str
    order_number: str | None
    currency: Currency
    quoted: Amount
    quoted_minor: int
    actual: Amount
    actual_minor: int
    variance: Amount
    variance_minor: int
    dispute_quoted: Amount
    dispute_quoted_minor: int
    dispute_actual: Amount
    dispute_actual_minor: int
    dispute_variance: Amount
    dispute_variance_minor: int
    known: bool


FEE_COMPARISON = FeeComparison(
    key=ORDER_STREAM,
    order_number="MW-2026-00001",
    currency="USD",
    **money("quoted", 897, "USD"),
    **money("actual", 912, "USD"),
    **money("variance", -15, "USD"),
    **money("dispute_quoted", 0, "USD"),
    **money("dispute_actual", 0, "USD"),
    **money("dispute_variance", 0, "USD"),
    known=True,
)


class UnsettledOrder(Document):
    """An order that was paid and of which Stripe has not told the fee."""

    order_number: str
    stream: Id


UNSETTLED_ORDER = UnsettledOrder(order_number="MW-2026-00007", stream=ORDER_STREAM)


class FeeReport(Document, rename={"since": "from"}):
    """Fees of a time, `to` not part of it. `next_after` asks for the next page of orders; it is
    null at the end."""

    since: Moment
    to: Moment
    group: FeeGroup
    data: tuple[FeeComparison, ...]
    next_after: str | None
    not_known_yet: tuple[UnsettledOrder, ...]


FEE_REPORT = FeeReport(
    since=datetime(2026, 11, 1, tzinfo=UTC),
    to=datetime(2026, 12, 1, tzinfo=UTC),
    group="order",
    data=(FEE_COMPARISON,),
    next_after=f"{ORDER_STREAM}:USD",
    not_known_yet=(UNSETTLED_ORDER,),
)


def fee_report_of(
    time_range: TimeRange,
    group: FeeGroup,
    rows: Iterable[FeeRow],
    *,
    unsettled: Iterable[tuple[str, str]],
    following: str | None = None,
) -> FeeReport:
    """`unsettled` are streams and numbers of orders."""
    return FeeReport(
        since=moment(time_range.since),
        to=moment(time_range.until),
        group=group,
        data=tuple(map(_comparison, rows)),
        next_after=following,
        not_known_yet=tuple(
            UnsettledOrder(order_number=number, stream=stream) for stream, number in unsettled
        ),
    )


def _comparison(row: FeeRow) -> FeeComparison:
    return FeeComparison(
        key=row.key,
        order_number=row.order_number or None,
        currency=row.currency,
        **money("quoted", row.quoted_minor, row.currency),
        **money("actual", row.actual_minor, row.currency),
        **money("variance", row.variance_minor, row.currency),
        **money("dispute_quoted", row.dispute_quoted_minor, row.currency),
        **money("dispute_actual", row.dispute_actual_minor, row.currency),
        **money("dispute_variance", row.dispute_variance_minor, row.currency),
        known=row.known,
    )
