"""Receivables: what sellers owe us, by age, whether it became a debt already or not yet."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

from mywork.application.ports.views import Owing
from mywork.documents.debts import AGES, Receivable, Receivables, receivable_amounts, totals
from mywork.documents.document import moment, money
from mywork.ledger.reports.overdrawn import Overdrawn

_LAST_DAYS = (30, 60, 90)


def receivables(
    overdrawn: Iterable[Overdrawn], owing: Iterable[Owing], *, now: datetime
) -> Receivables:
    """One for each seller and currency that owes anything, in that order."""
    below = {(str(found.seller_id), found.currency): found for found in overdrawn}
    debts = {(found.seller_id, found.currency): found for found in owing}
    keys = sorted({*below, *debts})
    found = tuple(_receivable(key, below.get(key), debts.get(key), now) for key in keys)
    return Receivables(as_of=moment(now), data=found, totals=totals(found))


def _receivable(
    key: tuple[str, str], below: Overdrawn | None, owing: Owing | None, now: datetime
) -> Receivable:
    overdrawn_minor = -below.available_minor if below is not None else 0
    debts = list(owing.parts) if owing is not None else []
    parts = debts + ([(below.since, overdrawn_minor)] if below is not None else [])
    minor = {
        "overdrawn": overdrawn_minor,
        "owed": sum(amount_minor for _, amount_minor in debts),
        "written_off": owing.written_off_minor if owing is not None else 0,
        **by_age(parts, now),
    }
    seller_id, currency = key
    return Receivable(
        **receivable_amounts(currency, minor),
        seller_id=seller_id,
        since=moment(min((since for since, _ in parts), default=None)),
        **money("proposed", owing.proposed_minor if owing is not None else 0, currency),
        proposed_by=owing.proposed_by or None if owing is not None else None,
        reason=owing.reason or None if owing is not None else None,
    )


def by_age(parts: Iterable[tuple[datetime, int]], now: datetime) -> dict[str, int]:
    """Minor units by age; a day counts once it is over."""
    ages = dict.fromkeys(AGES, 0)
    for since, amount_minor in parts:
        days = (now - since).days
        ages[AGES[bisect_left(_LAST_DAYS, days)]] += amount_minor
    return ages
