"""A balance with what it is made of."""

from datetime import UTC, datetime

from mywork.documents.document import Amount, Currency, Document, Moment, moment, money
from mywork.documents.examples import RULE
from mywork.documents.ledger import (
    ACCOUNT_LINE,
    AccountKind,
    AccountLine,
    EventName,
    account_lines_of,
)
from mywork.ledger.accounts import chart_row
from mywork.ledger.explain.account import ExplainedAccount, Kind
from mywork.ledger.time_range import INSTANT


class MovingEvents(Document):
    """What all events of one name moved; `sentence` is their rule's, `largest` the largest of
    their lines."""

    event: EventName
    sentence: str
    entries: int
    amount: Amount
    amount_minor: int
    largest: tuple[AccountLine, ...]


MOVING_EVENTS = MovingEvents(
    event="order.paid.v1",
    sentence=RULE,
    entries=1,
    **money("amount", 2_990, "USD"),
    largest=(ACCOUNT_LINE,),
)


class ExplainedBalance(Document, rename={"since": "from"}):
    """opening + kinds = balance, on the account's normal side. `last` begins with the latest line;
    `next_after` leads to those before it, and is null where there are none."""

    account: str
    kind: AccountKind
    meaning: str
    currency: Currency
    since: Moment
    at: Moment
    opening: Amount
    opening_minor: int
    kinds: tuple[MovingEvents, ...]
    balance: Amount
    balance_minor: int
    last: tuple[AccountLine, ...]
    next_after: str | None


EXPLAINED_BALANCE = ExplainedBalance(
    account="revenue:commission",
    kind="income",
    meaning="the platform's share of sales",
    currency="USD",
    since=datetime(2026, 11, 1, tzinfo=UTC),
    at=datetime(2026, 11, 10, 12, 30, tzinfo=UTC),
    **money("opening", 0, "USD"),
    kinds=(MOVING_EVENTS,),
    **money("balance", 2_990, "USD"),
    last=(ACCOUNT_LINE,),
    next_after="2026-11-10T12:01:00+00:00_42",
)


def explained_balance_of(found: ExplainedAccount) -> ExplainedBalance:
    account, currency = found.key
    row = chart_row(account)
    sign = row.normal_sign
    return ExplainedBalance(
        account=account,
        kind=row.kind,
        meaning=row.meaning,
        currency=currency,
        since=moment(found.time_range.since),
        at=moment(found.time_range.until - INSTANT),
        **money("opening", found.opening_minor * sign, currency),
        kinds=tuple(_moving(kind, currency, sign) for kind in found.kinds),
        **money("balance", found.balance_minor * sign, currency),
        last=account_lines_of(found.last, currency, sign),
        next_after=found.following,
    )


def _moving(kind: Kind, currency: str, sign: int) -> MovingEvents:
    return MovingEvents(
        event=kind.event,
        sentence=kind.sentence,
        entries=kind.entries,
        **money("amount", kind.amount_minor * sign, currency),
        largest=account_lines_of(kind.largest, currency, sign),
    )
