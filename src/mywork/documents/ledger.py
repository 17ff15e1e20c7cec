"""The ledger as finance and auditors see it: its accounts, and the lines of each."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from mywork.documents.document import Amount, Currency, Document, Id, Moment, exact, moment, money
from mywork.documents.examples import ORDER_STREAM
from mywork.domain.period.months import Period
from mywork.ledger.account_lines import AccountLines, Line
from mywork.ledger.accounts import Kind, chart_row
from mywork.ledger.book import AccountKey
from mywork.ledger.trial_balance import Row, TrialBalance

AccountKind = Annotated[
    Kind,
    Meta(
        title="AccountKind",
        description="Assets and expenses normally stand on the debit side, the others on credit.",
    ),
]
EventName = Annotated[
    str,
    Meta(
        title="EventName",
        description="Of the history: what happened to what, and the version of its record.",
        pattern=r"^[a-z_]+\.[a-z_]+\.v[0-9]+$",
        examples=["order.paid.v1"],
    ),
]
Month = Annotated[
    Period,
    Meta(
        title="Month",
        description="An accounting period, in UTC.",
        pattern="^[0-9]{4}-[0-9]{2}$",
        examples=["2026-11"],
    ),
]


class AccountBalance(Document):
    """An account in one currency; exactly one of debit and credit is not zero."""

    account: str
    kind: AccountKind
    currency: Currency
    debit: Amount
    debit_minor: int
    credit: Amount
    credit_minor: int


ACCOUNT_BALANCE = AccountBalance(
    account="revenue:commission",
    kind="income",
    currency="USD",
    **money("debit", 0, "USD"),
    **money("credit", 2_990, "USD"),
)


class Accounts(Document):
    """Accounts and their balances, by currency and code."""

    data: tuple[AccountBalance, ...]


ACCOUNTS = Accounts(data=(ACCOUNT_BALANCE,))


class CurrencyTotal(Document):
    """All debits and all credits of one currency."""

    currency: Currency
    debit: Amount
    debit_minor: int
    credit: Amount
    credit_minor: int


CURRENCY_TOTAL = CurrencyTotal(
    currency="USD", **money("debit", 2_990, "USD"), **money("credit", 2_990, "USD")
)


class BalancedAccounts(Document):
    """A trial balance: every account. `balanced` says that debits equal credits throughout."""

    balanced: bool
    accounts: tuple[AccountBalance, ...]
    totals: tuple[CurrencyTotal, ...]


BALANCED_ACCOUNTS = BalancedAccounts(
    balanced=True, accounts=(ACCOUNT_BALANCE,), totals=(CURRENCY_TOTAL,)
)


def trial_balance_of(found: TrialBalance) -> BalancedAccounts:
    totals = (
        CurrencyTotal(
            currency=currency,
            **money("debit", debit, currency),
            **money("credit", credit, currency),
        )
        for currency, (debit, credit) in sorted(found.totals().items())
    )
    return BalancedAccounts(
        balanced=found.balanced, accounts=accounts_of(found.rows), totals=tuple(totals)
    )


def accounts_of(rows: Iterable[Row]) -> tuple[AccountBalance, ...]:
    return tuple(
        AccountBalance(
            account=row.account,
            kind=row.kind,
            currency=row.currency,
            debit=exact(row.debit_minor, row.currency),
            debit_minor=row.debit_minor,
            credit=exact(row.credit_minor, row.currency),
            credit_minor=row.credit_minor,
        )
        for row in rows
    )


# An account's lines -------------------------------------------------------------------------


class AccountLine(Document):
    """An entry's line, on the account's normal side; `balance` is what there was after it."""

    position: int
    entry: int
    event: EventName
    stream: Id
    effective_at: Moment
    booked_at: Moment
    period: Month
    amount: Amount
    amount_minor: int
    balance: Amount
    balance_minor: int
    object_id: str | None


ACCOUNT_LINE = AccountLine(
    position=42,
    entry=42,
    event="order.paid.v1",
    stream=ORDER_STREAM,
    effective_at=datetime(2026, 11, 10, 12, 1, tzinfo=UTC),
    booked_at=datetime(2026, 11, 10, 12, 1, 2, tzinfo=UTC),
    period=Period("2026-11"),
    **money("amount", 2_990, "USD"),
    **money("balance", 2_990, "USD"),
    object_id="ch_1abc",
)


class AccountPage(Document):
    """A page of an account's lines: opening + all lines = closing. `next_after` asks for the
    next page; it is null at the end."""

    account: str
    currency: Currency
    opening: Amount
    opening_minor: int
    data: tuple[AccountLine, ...]
    closing: Amount
    closing_minor: int
    next_after: str | None


ACCOUNT_PAGE = AccountPage(
    account="revenue:commission",
    currency="USD",
    **money("opening", 0, "USD"),
    data=(ACCOUNT_LINE,),
    **money("closing", 2_990, "USD"),
    next_after="2026-11-10T12:01:00+00:00_42",
)


def account_page_of(key: AccountKey, found: AccountLines) -> AccountPage:
    account, currency = key
    sign = chart_row(account).normal_sign
    return AccountPage(
        account=account,
        currency=currency,
        **money("opening", found.opening_minor * sign, currency),
        data=account_lines_of(found.lines, currency, sign),
        **money("closing", found.closing_minor * sign, currency),
        next_after=found.following,
    )


def account_lines_of(lines: Iterable[Line], currency: str, sign: int) -> tuple[AccountLine, ...]:
    """`sign` is +1 where debits are to be positive."""
    return tuple(
        AccountLine(
            position=line.position,
            entry=line.position,
            event=line.event,
            stream=line.stream,
            effective_at=moment(line.effective_at),
            booked_at=moment(line.booked_at),
            period=line.period,
            amount=exact(line.amount_minor * sign, currency),
            amount_minor=line.amount_minor * sign,
            balance=exact(line.balance_minor * sign, currency),
            balance_minor=line.balance_minor * sign,
            object_id=line.object_id,
        )
        for line in lines
    )
