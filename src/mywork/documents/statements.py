"""A seller's statement, and how two versions of one differ."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from mywork.documents.document import Amount, Currency, Document, Id, Moment, moment, money
from mywork.documents.examples import PAYOUT_ID, SELLER_ID
from mywork.documents.ledger import EventName, Month
from mywork.domain.period.months import Period
from mywork.ledger.statements.statement import STAGES, Line, Stages, Statement
from mywork.ledger.statements.totals import Difference, Kind, owed, payouts, totals

MovementKind = Annotated[
    Kind, Meta(title="MovementKind", description="What changed how much is owed to a seller.")
]


def _amounts(stages: Mapping[str, int], currency: str, named: Iterable[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for stage in named:
        fields |= money(stage, stages[stage], currency)
    return fields


class StatedBalance(Document):
    """What is owed in all, and where it stands. `receivable` is negative: what the seller owes."""

    balance: Amount
    balance_minor: int
    pending: Amount
    pending_minor: int
    reserve: Amount
    reserve_minor: int
    refunding: Amount
    refunding_minor: int
    disputed: Amount
    disputed_minor: int
    available: Amount
    available_minor: int
    in_payout: Amount
    in_payout_minor: int
    receivable: Amount
    receivable_minor: int


def stated_balance_of(stages: Stages, currency: str) -> StatedBalance:
    return StatedBalance(
        **money("balance", owed(stages), currency), **_amounts(stages, currency, STAGES)
    )


STATED_BALANCE = stated_balance_of(dict.fromkeys(STAGES, 0) | {"pending": 26_013}, "USD")


class Moves(Document):
    """Between which of a seller's balances a line moves money; those it leaves alone are left out.
    What is moved comes to the line's amount."""

    pending: Amount | UnsetType = UNSET
    pending_minor: int | UnsetType = UNSET
    reserve: Amount | UnsetType = UNSET
    reserve_minor: int | UnsetType = UNSET
    refunding: Amount | UnsetType = UNSET
    refunding_minor: int | UnsetType = UNSET
    disputed: Amount | UnsetType = UNSET
    disputed_minor: int | UnsetType = UNSET
    available: Amount | UnsetType = UNSET
    available_minor: int | UnsetType = UNSET
    in_payout: Amount | UnsetType = UNSET
    in_payout_minor: int | UnsetType = UNSET
    receivable: Amount | UnsetType = UNSET
    receivable_minor: int | UnsetType = UNSET


MOVES = Moves(**money("pending", 26_013, "USD"))


class StatementLine(Document):
    """An entry that touches the seller's balances. `balance` is what is owed after it."""

    at: Moment
    what: str
    reference: str | None
    object_id: str | None
    event: EventName
    amount: Amount
    amount_minor: int
    balance: Amount
    balance_minor: int
    moves: Moves


STATEMENT_LINE = StatementLine(
    at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    what="Sale of SaaS starter (standard licence): 299.00 USD less 29.90 USD commission,"
    " 8.97 USD processing",
    reference="MW-2026-00001",
    object_id=None,
    event="order.paid.v1",
    **money("amount", 26_013, "USD"),
    **money("balance", 26_013, "USD"),
    moves=MOVES,
)


def _lines(lines: Iterable[Line], currency: str) -> tuple[StatementLine, ...]:
    return tuple(
        StatementLine(
            at=moment(line.effective_at),
            what=line.words.text,
            reference=line.words.reference or None,
            object_id=line.words.object_id or None,
            event=line.event,
            **money("amount", line.amount_minor, currency),
            **money("balance", line.balance_minor, currency),
            moves=Moves(**_amounts(line.moves, currency, line.moves)),
        )
        for line in lines
    )


class StatementTotal(Document):
    """All lines of a kind; what is owed to the seller grows with positive amounts."""

    kind: MovementKind
    count: int
    amount: Amount
    amount_minor: int


STATEMENT_TOTAL = StatementTotal(kind="sales", count=1, **money("amount", 26_013, "USD"))


class StatedPayout(Document):
    """What left for the seller's Stripe account (negative), or came back from there."""

    at: Moment
    what: str
    reference: str | None
    amount: Amount
    amount_minor: int


STATED_PAYOUT = StatedPayout(
    at=datetime(2026, 11, 17, 12, 2, tzinfo=UTC),
    what="Payout sent to your Stripe account",
    reference=PAYOUT_ID,
    **money("amount", -26_013, "USD"),
)


class SellerStatement(Document, rename={"since": "from"}):
    """opening + lines = closing, in the order in which things happened; `to` is not part of it.

    Of an accounting period where `period` is not null: its `version` is the number of the closing,
    0 while the month is open.
    """

    seller_id: Id
    currency: Currency
    since: Moment
    to: Moment
    period: Month | None
    version: int | None
    closed_at: Moment | None
    opening: StatedBalance
    lines: tuple[StatementLine, ...]
    closing: StatedBalance
    totals: tuple[StatementTotal, ...]
    payouts: tuple[StatedPayout, ...]


SELLER_STATEMENT = SellerStatement(
    seller_id=SELLER_ID,
    currency="USD",
    since=datetime(2026, 11, 1, tzinfo=UTC),
    to=datetime(2026, 12, 1, tzinfo=UTC),
    period=Period("2026-11"),
    version=1,
    closed_at=datetime(2026, 12, 3, 9, tzinfo=UTC),
    opening=stated_balance_of(dict.fromkeys(STAGES, 0), "USD"),
    lines=(STATEMENT_LINE,),
    closing=STATED_BALANCE,
    totals=(STATEMENT_TOTAL,),
    payouts=(STATED_PAYOUT,),
)


def statement_of(found: Statement) -> SellerStatement:
    edition, currency = found.edition, found.currency
    return SellerStatement(
        seller_id=found.seller_id,
        currency=currency,
        since=moment(found.time_range.since),
        to=moment(found.time_range.until),
        period=edition.period if edition else None,
        version=edition.version if edition else None,
        closed_at=moment(edition.closed_at) if edition else None,
        opening=stated_balance_of(found.opening, currency),
        lines=_lines(found.lines, currency),
        closing=stated_balance_of(found.closing, currency),
        totals=tuple(
            StatementTotal(
                kind=total.kind, count=total.count, **money("amount", total.amount_minor, currency)
            )
            for total in totals(found)
        ),
        payouts=tuple(_payout(line, currency) for line in payouts(found)),
    )


def _payout(line: Line, currency: str) -> StatedPayout:
    return StatedPayout(
        at=moment(line.effective_at),
        what=line.words.text,
        reference=line.words.reference or None,
        **money("amount", line.amount_minor, currency),
    )


# Two versions -------------------------------------------------------------------------------


class ChangedBalance(
    Document,
    rename={
        "before": "from",
        "before_minor": "from_minor",
        "after": "to",
        "after_minor": "to_minor",
    },
):
    """What is owed in all, in the one version and in the other."""

    before: Amount
    before_minor: int
    after: Amount
    after_minor: int
    change: Amount
    change_minor: int


def _changed(before: Stages, after: Stages, currency: str) -> ChangedBalance:
    return ChangedBalance(
        **money("before", owed(before), currency),
        **money("after", owed(after), currency),
        **money("change", owed(after) - owed(before), currency),
    )


CHANGED_BALANCE = _changed({}, {"pending": 26_013}, "USD")


class StatementDifference(Document):
    """From one version of a month's statement to another: opening + added - removed = closing, in
    change. History is only added to, so nothing is removed from a later version."""

    seller_id: Id
    currency: Currency
    period: Month | None
    from_version: int | None
    to_version: int | None
    opening: ChangedBalance
    added: tuple[StatementLine, ...]
    removed: tuple[StatementLine, ...]
    closing: ChangedBalance


STATEMENT_DIFFERENCE = StatementDifference(
    seller_id=SELLER_ID,
    currency="USD",
    period=Period("2026-11"),
    from_version=1,
    to_version=2,
    opening=_changed({}, {}, "USD"),
    added=(STATEMENT_LINE,),
    removed=(),
    closing=CHANGED_BALANCE,
)


def difference_of(found: Difference) -> StatementDifference:
    older, newer, currency = found.older, found.newer, found.newer.currency
    return StatementDifference(
        seller_id=newer.seller_id,
        currency=currency,
        period=newer.edition.period if newer.edition else None,
        from_version=older.edition.version if older.edition else None,
        to_version=newer.edition.version if newer.edition else None,
        opening=_changed(older.opening, newer.opening, currency),
        added=_lines(found.added, currency),
        removed=_lines(found.removed, currency),
        closing=_changed(older.closing, newer.closing, currency),
    )


class Letterhead(Document):
    """Who states and to whom; `sealed` is the head of the history that vouches for it."""

    platform: str
    seller_name: str
    sealed: str = ""
