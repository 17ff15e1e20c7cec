"""Yearly gross totals of sellers, as tax authorities ask for them (DAC7 by quarter, 1099-K by
month): what buyers paid, what they got back, what we kept, what was paid out.

A year is its twelve accounting periods, so a summary is the sum of the monthly statements and
stays as it is once they are closed. Sums are the ledger's own; for each currency

    sales - refunds - disputes + conversions - commission - fees + adjustments = earned
    earned - payouts = how much more is owed to the seller
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from eventstore.store import EventStore
from mywork.domain.accounts import RECOVERY_DISPUTE, RECOVERY_PROCESSING, REVENUE_COMMISSION
from mywork.domain.errors import PeriodInvalid
from mywork.domain.identifiers import SellerId
from mywork.domain.period.months import Period, parse_period
from mywork.ledger.periods.months import asked_for, of_months

_MOVED = f"""
moved AS (
    SELECT n.period, p.currency, e.topic,
           coalesce(max(a.owner), CASE WHEN starts_with(e.topic, 'order.') THEN (
               SELECT convert_from(f.state, 'UTF8')::jsonb #>> '{{{{data,seller_id}}}}'
                 FROM eventstore.events f
                WHERE f.originator_id = e.originator_id AND f.originator_version = 1) END)
               AS seller,
           coalesce(-sum(p.amount_minor) FILTER (WHERE a.owner IS NOT NULL), 0) AS share,
           coalesce(-sum(p.amount_minor) FILTER (WHERE a.code = '{REVENUE_COMMISSION}'), 0)
               AS commission,
           coalesce(-sum(p.amount_minor) FILTER (
               WHERE a.code IN ('{RECOVERY_PROCESSING}', '{RECOVERY_DISPUTE}')), 0) AS fees
      FROM months m
      JOIN ledger.entries n USING (position)
      JOIN eventstore.events e ON e.notification_id = m.position
      JOIN ledger.postings p USING (position)
      JOIN ledger.accounts a ON a.id = p.account_id
     WHERE (a.owner IS NOT NULL
            OR a.code IN ('{REVENUE_COMMISSION}', '{RECOVERY_PROCESSING}', '{RECOVERY_DISPUTE}'))
           {{only}}
     GROUP BY m.position, n.period, p.currency, e.topic, e.originator_id)
SELECT seller, period, currency,
       count(*) FILTER (WHERE starts_with(topic, 'order.paid.')),
       coalesce(sum(gross) FILTER (WHERE starts_with(topic, 'order.paid.')), 0)::bigint,
       count(*) FILTER (WHERE starts_with(topic, 'order.refund_created.')),
       coalesce(-sum(gross) FILTER (WHERE starts_with(topic, 'order.refund_')), 0)::bigint,
       count(*) FILTER (WHERE starts_with(topic, 'order.dispute_closed.') AND gross <> 0),
       coalesce(-sum(gross) FILTER (WHERE starts_with(topic, 'order.dispute_')), 0)::bigint,
       coalesce(sum(gross) FILTER (
           WHERE starts_with(topic, 'order.payment_converted.')), 0)::bigint,
       sum(commission)::bigint, sum(fees)::bigint,
       coalesce(sum(gross) FILTER (
           WHERE split_part(topic, '.', 1) NOT IN ('order', 'payout')), 0)::bigint,
       count(*) FILTER (WHERE starts_with(topic, 'payout.sent.')),
       coalesce(-sum(share) FILTER (WHERE starts_with(topic, 'payout.')), 0)::bigint
  FROM (SELECT *, share + commission + fees AS gross FROM moved WHERE seller IS NOT NULL) moved
 WHERE (share, commission, fees) <> (0, 0, 0) {{chosen}}
 GROUP BY seller, period, currency ORDER BY seller, period, currency
"""
# A seller's orders and payouts are those whose entries ever touched the seller's accounts.
_ONLY = """
       AND e.originator_id IN (
           SELECT t.originator_id FROM ledger.accounts o
             JOIN ledger.postings l ON l.account_id = o.id
             JOIN eventstore.events t ON t.notification_id = l.position
            WHERE o.owner = %(seller)s)
"""
_OF_ALL = of_months(_MOVED.format(only="", chosen=""))
_OF_ONE = of_months(_MOVED.format(only=_ONLY, chosen="AND seller = %(seller)s"))


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Of a seller and currency in a `span`: a month, a quarter (`2026-Q4`) or a year (`2026`).

    In minor units. Refunds and disputes are what buyers got back, in all: positive amounts.
    Commission and fees are what was kept. Conversions are positive in the currency that Stripe
    settled, negative in that of the sale. Adjustments are debts given up, and corrections.
    """

    seller_id: str
    span: str
    currency: str
    sales: int
    sales_minor: int
    refunds: int
    refunds_minor: int
    disputes: int
    disputes_minor: int
    conversions_minor: int
    commission_minor: int
    fees_minor: int
    adjustments_minor: int
    payouts: int
    payouts_minor: int

    @property
    def earned_minor(self) -> int:
        """How much more was owed to the seller, before payouts."""
        returned = self.refunds_minor + self.disputes_minor
        kept = self.commission_minor + self.fees_minor
        added = self.conversions_minor + self.adjustments_minor
        return self.sales_minor - returned - kept + added


def months_of(year: int) -> list[Period]:
    """Raises PeriodInvalid for a year outside the calendar."""
    if not 1 <= year <= 9998:
        raise PeriodInvalid(f"{year} is not a year such as 2026")
    return [parse_period(f"{year:04d}-{month:02d}") for month in range(1, 13)]


def tax_summary(store: EventStore, year: int, seller_id: SellerId | None = None) -> list[TaxRow]:
    """By seller, month and currency, in this order; of one seller or of all."""
    asked = asked_for(*months_of(year)) | {"seller": seller_id}
    with store.connection() as connection:
        rows = connection.execute(_OF_ONE if seller_id else _OF_ALL, asked)
        return [TaxRow(*row) for row in rows]


def by_quarter(rows: Iterable[TaxRow]) -> list[TaxRow]:
    return _summed(rows, lambda row: f"{row.span[:4]}-Q{(int(row.span[5:]) + 2) // 3}")


def by_year(rows: Iterable[TaxRow]) -> list[TaxRow]:
    return _summed(rows, lambda row: row.span[:4])


_COUNTED = [field.name for field in fields(TaxRow)][3:]


def _summed(rows: Iterable[TaxRow], span: Callable[[TaxRow], str]) -> list[TaxRow]:
    found: dict[tuple[str, str, str], TaxRow] = {}
    for row in rows:
        key = row.seller_id, span(row), row.currency
        known = found.get(key)
        added = {
            name: getattr(row, name) + (getattr(known, name) if known else 0) for name in _COUNTED
        }
        found[key] = replace(row, span=key[1], **added)
    return [found[key] for key in sorted(found)]
