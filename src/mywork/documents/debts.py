"""What sellers owe us: their debts, receivables by age, and what is given up."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, money
from mywork.documents.examples import SELLER_ID

AGES = ("age_0_30", "age_31_60", "age_61_90", "age_over_90")  # days since a balance fell below zero
_AMOUNTS = ("overdrawn", "owed", "written_off", *AGES)
WriteOffStatus = Annotated[
    Literal["proposed", "written_off"],
    Meta(title="WriteOffStatus", description="What is `proposed` waits for a second admin."),
]


class Debt(Document):
    """What a seller owes in one currency; what is `proposed` to be written off waits."""

    id: Id
    seller_id: Id
    currency: Currency
    owed: Amount
    owed_minor: int
    written_off: Amount
    written_off_minor: int
    proposed: Amount
    proposed_minor: int
    proposed_by: Id | None
    reason: str | None
    changed_at: Moment


DEBT = Debt(
    id=f"{SELLER_ID}-USD",
    seller_id=SELLER_ID,
    currency="USD",
    **money("owed", 26_910, "USD"),
    **money("written_off", 0, "USD"),
    **money("proposed", 3_000, "USD"),
    proposed_by="user_root",
    reason="the seller left",
    changed_at=datetime(2026, 12, 20, 9, tzinfo=UTC),
)


class ReceivableTotal(Document):
    """What all sellers owe in one currency. `overdrawn` stands below zero in a balance, `owed` is a
    debt; ages sum both. What is `written_off` is in no age, and taken when later money comes."""

    currency: Currency
    overdrawn: Amount
    overdrawn_minor: int
    owed: Amount
    owed_minor: int
    written_off: Amount
    written_off_minor: int
    age_0_30: Amount
    age_0_30_minor: int
    age_31_60: Amount
    age_31_60_minor: int
    age_61_90: Amount
    age_61_90_minor: int
    age_over_90: Amount
    age_over_90_minor: int


class Receivable(ReceivableTotal):
    """What a seller owes in one currency, and since when."""

    seller_id: Id
    since: Moment | None
    proposed: Amount
    proposed_minor: int
    proposed_by: Id | None
    reason: str | None


def receivable_amounts(currency: str, minor: Mapping[str, int]) -> dict[str, Any]:
    """The fields of a total, and the first ones of a receivable, by name."""
    fields: dict[str, Any] = {"currency": currency}
    for name in _AMOUNTS:
        fields |= money(name, minor.get(name, 0), currency)
    return fields


def totals(found: Iterable[Receivable]) -> tuple[ReceivableTotal, ...]:
    """One for each currency."""
    sums: dict[str, dict[str, int]] = {}
    for item in found:
        known = sums.setdefault(item.currency, dict.fromkeys(_AMOUNTS, 0))
        for name in _AMOUNTS:
            known[name] += getattr(item, f"{name}_minor")
    return tuple(
        ReceivableTotal(**receivable_amounts(currency, sums[currency])) for currency in sorted(sums)
    )


RECEIVABLE = Receivable(
    **receivable_amounts("USD", {"owed": 26_910, "age_31_60": 26_910}),
    seller_id=SELLER_ID,
    since=datetime(2026, 11, 17, 12, tzinfo=UTC),
    **money("proposed", 3_000, "USD"),
    proposed_by="user_root",
    reason="the seller left",
)
(RECEIVABLE_TOTAL,) = totals([RECEIVABLE])


class Receivables(Document):
    """What was owed at a moment, by seller and currency, and in all."""

    as_of: Moment
    data: tuple[Receivable, ...]
    totals: tuple[ReceivableTotal, ...]


RECEIVABLES = Receivables(
    as_of=datetime(2026, 12, 31, 9, tzinfo=UTC),
    data=(RECEIVABLE,),
    totals=(RECEIVABLE_TOTAL,),
)


class CollectedDebt(Document):
    """What a run did, or would do, about one seller and currency, or why not."""

    seller_id: Id
    currency: Currency
    became_debt: Amount
    became_debt_minor: int
    recouped: Amount
    recouped_minor: int
    why_not: str | None


COLLECTED_DEBT = CollectedDebt(
    seller_id=SELLER_ID,
    currency="USD",
    **money("became_debt", 26_910, "USD"),
    **money("recouped", 0, "USD"),
    why_not=None,
)


class WriteOffDecision(Document):
    """What of a seller's debt was proposed to be given up, or was given up, just now."""

    seller_id: Id
    status: WriteOffStatus
    amount: Amount
    amount_minor: int
    currency: Currency


WRITE_OFF_DECISION = WriteOffDecision(
    seller_id=SELLER_ID,
    status="proposed",
    **money("amount", 3_000, "USD"),
    currency="USD",
)
