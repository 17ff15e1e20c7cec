"""Financial statements: profit and loss, balance sheets, safeguarding; each currency by itself."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mywork.documents.document import Amount, Currency, Document, Moment, moment, money
from mywork.documents.ledger import Month
from mywork.domain.period.months import Period
from mywork.ledger.financials.balance_sheet import BalanceSheet
from mywork.ledger.financials.items import Item
from mywork.ledger.financials.profit_and_loss import ProfitAndLoss
from mywork.ledger.financials.safeguarding import Safeguarding
from mywork.ledger.time_range import TimeRange


class StatementItem(Document):
    """A line of the chart of accounts: all sellers are one. `amount` is on the side of the
    statement where the item stands."""

    account: str
    meaning: str
    amount: Amount
    amount_minor: int


STATEMENT_ITEM = StatementItem(
    account="revenue:commission",
    meaning="the platform's share of sales",
    **money("amount", 2_990, "USD"),
)


def _items(items: Iterable[Item], currency: str) -> tuple[StatementItem, ...]:
    return tuple(
        StatementItem(
            account=item.account,
            meaning=item.meaning,
            **money("amount", item.amount_minor, currency),
        )
        for item in items
    )


# Profit and loss ----------------------------------------------------------------------------


class CurrencyProfitAndLoss(Document):
    """Income less expense; a positive result is a profit."""

    currency: Currency
    income: tuple[StatementItem, ...]
    total_income: Amount
    total_income_minor: int
    expense: tuple[StatementItem, ...]
    total_expense: Amount
    total_expense_minor: int
    result: Amount
    result_minor: int


CURRENCY_PROFIT_AND_LOSS = CurrencyProfitAndLoss(
    currency="USD",
    income=(STATEMENT_ITEM,),
    **money("total_income", 2_990, "USD"),
    expense=(),
    **money("total_expense", 0, "USD"),
    **money("result", 2_990, "USD"),
)


class ProfitAndLossReport(Document, rename={"since": "from"}):
    """A profit and loss account: of accounting periods, both of them included, or of a time, `to`
    not part of it. The other two are null."""

    period: Month | None
    last_period: Month | None
    since: Moment | None
    to: Moment | None
    data: tuple[CurrencyProfitAndLoss, ...]


PROFIT_AND_LOSS_REPORT = ProfitAndLossReport(
    period=Period("2026-11"),
    last_period=Period("2026-11"),
    since=None,
    to=None,
    data=(CURRENCY_PROFIT_AND_LOSS,),
)


def profit_and_loss_of(
    asked: tuple[Period, Period] | TimeRange, found: Iterable[ProfitAndLoss], currency: str = ""
) -> ProfitAndLossReport:
    """Of the first and last period, or of a time range; of one currency, or of all."""
    first, last = (None, None) if isinstance(asked, TimeRange) else asked
    since, to = (asked.since, asked.until) if isinstance(asked, TimeRange) else (None, None)
    return ProfitAndLossReport(
        period=first,
        last_period=last,
        since=moment(since),
        to=moment(to),
        data=tuple(_result(item) for item in found if currency in {"", item.currency}),
    )


def _result(found: ProfitAndLoss) -> CurrencyProfitAndLoss:
    currency = found.currency
    return CurrencyProfitAndLoss(
        currency=currency,
        income=_items(found.income, currency),
        **money("total_income", found.income_minor, currency),
        expense=_items(found.expense, currency),
        **money("total_expense", found.expense_minor, currency),
        **money("result", found.result_minor, currency),
    )


# The balance sheet --------------------------------------------------------------------------


class CurrencyBalanceSheet(Document):
    """`balanced`: assets = liabilities + equity, which ends with the result."""

    currency: Currency
    balanced: bool
    assets: tuple[StatementItem, ...]
    total_assets: Amount
    total_assets_minor: int
    liabilities: tuple[StatementItem, ...]
    total_liabilities: Amount
    total_liabilities_minor: int
    equity: tuple[StatementItem, ...]
    total_equity: Amount
    total_equity_minor: int


CURRENCY_BALANCE_SHEET = CurrencyBalanceSheet(
    currency="USD",
    balanced=True,
    assets=(
        StatementItem(
            account="stripe:available",
            meaning="Stripe's available balance, exactly",
            **money("amount", 2_990, "USD"),
        ),
    ),
    **money("total_assets", 2_990, "USD"),
    liabilities=(),
    **money("total_liabilities", 0, "USD"),
    equity=(
        StatementItem(
            account="result:year",
            meaning="what was earned this year",
            **money("amount", 2_990, "USD"),
        ),
    ),
    **money("total_equity", 2_990, "USD"),
)


class BalanceSheetReport(Document):
    """A balance sheet at a moment. Nothing is set off: what stands below zero is listed on the
    other side."""

    at: Moment
    data: tuple[CurrencyBalanceSheet, ...]


BALANCE_SHEET_REPORT = BalanceSheetReport(
    at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), data=(CURRENCY_BALANCE_SHEET,)
)


def balance_sheet_of(
    at: datetime, found: Iterable[BalanceSheet], currency: str = ""
) -> BalanceSheetReport:
    """Of one currency, or of all."""
    return BalanceSheetReport(
        at=moment(at),
        data=tuple(_sheet(item) for item in found if currency in {"", item.currency}),
    )


def _sheet(found: BalanceSheet) -> CurrencyBalanceSheet:
    currency = found.currency
    return CurrencyBalanceSheet(
        currency=currency,
        balanced=found.balanced,
        assets=_items(found.assets, currency),
        **money("total_assets", found.assets_minor, currency),
        liabilities=_items(found.liabilities, currency),
        **money("total_liabilities", found.liabilities_minor, currency),
        equity=_items(found.equity, currency),
        **money("total_equity", found.equity_minor, currency),
    )


# Safeguarding -------------------------------------------------------------------------------


class CurrencySafeguarding(Document):
    """What Stripe holds and what sellers are owed; `safe` where the surplus is not negative. What
    sellers owe us (`overdrawn`) and their shares of open disputes count on neither side."""

    currency: Currency
    safe: bool
    held: tuple[StatementItem, ...]
    total_held: Amount
    total_held_minor: int
    owed: tuple[StatementItem, ...]
    total_owed: Amount
    total_owed_minor: int
    surplus: Amount
    surplus_minor: int
    overdrawn: Amount
    overdrawn_minor: int
    disputed: Amount
    disputed_minor: int


CURRENCY_SAFEGUARDING = CurrencySafeguarding(
    currency="USD",
    safe=True,
    held=CURRENCY_BALANCE_SHEET.assets,
    **money("total_held", 2_990, "USD"),
    owed=(),
    **money("total_owed", 0, "USD"),
    **money("surplus", 2_990, "USD"),
    **money("overdrawn", 0, "USD"),
    **money("disputed", 0, "USD"),
)


class SafeguardingReport(Document):
    """Whether Stripe holds what sellers are owed, at a moment; `safe` if so in every currency."""

    at: Moment
    safe: bool
    data: tuple[CurrencySafeguarding, ...]


SAFEGUARDING_REPORT = SafeguardingReport(
    at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), safe=True, data=(CURRENCY_SAFEGUARDING,)
)


def safeguarding_of(at: datetime, found: Sequence[Safeguarding]) -> SafeguardingReport:
    return SafeguardingReport(
        at=moment(at),
        safe=all(item.safe for item in found),
        data=tuple(map(_guard, found)),
    )


def _guard(found: Safeguarding) -> CurrencySafeguarding:
    currency = found.currency
    return CurrencySafeguarding(
        currency=currency,
        safe=found.safe,
        held=_items(found.held, currency),
        **money("total_held", found.held_minor, currency),
        owed=_items(found.owed, currency),
        **money("total_owed", found.owed_minor, currency),
        **money("surplus", found.surplus_minor, currency),
        **money("overdrawn", found.overdrawn_minor, currency),
        **money("disputed", found.disputed_minor, currency),
    )
