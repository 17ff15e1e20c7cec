"""Receivables: what sellers owe us, by age, whether it became a debt already or not yet."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mywork.application.ports.views import Owing
from mywork.ledger.reports.overdrawn import Overdrawn

AGES = ("0_30", "31_60", "61_90", "over_90")  # days since the balance fell below zero
_LAST_DAYS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Receivable:
    """`overdrawn_minor` stands below zero in the balance, `owed_minor` is a debt; `ages` sum both.

    `written_off_minor` was given up, and is in no age: it is taken when later money comes.
    """

    seller_id: str
    currency: str
    overdrawn_minor: int
    owed_minor: int
    written_off_minor: int
    since: datetime | None
    ages: Mapping[str, int]
    proposed_minor: int
    proposed_by: str
    reason: str


def receivables(
    overdrawn: Iterable[Overdrawn], owing: Iterable[Owing], *, now: datetime
) -> list[Receivable]:
    """One for each seller and currency that owes anything, in that order."""
    below = {(str(found.seller_id), found.currency): found for found in overdrawn}
    debts = {(found.seller_id, found.currency): found for found in owing}
    keys = sorted({*below, *debts})
    return [_receivable(key, below.get(key), debts.get(key), now) for key in keys]


def _receivable(
    key: tuple[str, str], below: Overdrawn | None, owing: Owing | None, now: datetime
) -> Receivable:
    overdrawn_minor = -below.available_minor if below is not None else 0
    debts = list(owing.parts) if owing is not None else []
    parts = debts + ([(below.since, overdrawn_minor)] if below is not None else [])
    return Receivable(
        *key,
        overdrawn_minor=overdrawn_minor,
        owed_minor=sum(amount_minor for _, amount_minor in debts),
        written_off_minor=owing.written_off_minor if owing is not None else 0,
        since=min((since for since, _ in parts), default=None),
        ages=by_age(parts, now),
        proposed_minor=owing.proposed_minor if owing is not None else 0,
        proposed_by=owing.proposed_by if owing is not None else "",
        reason=owing.reason if owing is not None else "",
    )


def by_age(parts: Iterable[tuple[datetime, int]], now: datetime) -> dict[str, int]:
    """Minor units by age; a day counts once it is over."""
    ages = dict.fromkeys(AGES, 0)
    for since, amount_minor in parts:
        days = (now - since).days
        ages[AGES[bisect_left(_LAST_DAYS, days)]] += amount_minor
    return ages
