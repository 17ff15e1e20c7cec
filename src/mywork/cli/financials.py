"""Financial statements."""

import sys
from datetime import datetime

import click

from mywork.cli.common import JSON, Moment, expected_errors, using_core
from mywork.cli.ledger import ledger

AT = click.option("--at", type=Moment(), help="What had happened by then; by default now.")
AS_KNOWN_AT = click.option("--as-known-at", type=Moment(), help="What was booked by then.")


@ledger.command("profit-and-loss")
@click.option("--period", default="", help="An accounting period, such as 2026-11.")
@click.option("--last-period", default="", help="Up to this one; by default only that.")
@click.option("--from", "since", type=Moment(), help="By default the first of the month.")
@click.option("--to", "until", type=Moment(), help="Not part of it; by default this month's end.")
@AS_KNOWN_AT
@JSON
@expected_errors
def profit_and_loss_command(
    period: str,
    last_period: str,
    since: datetime | None,
    until: datetime | None,
    as_known_at: datetime | None,
    as_json: bool,
) -> None:
    """Income less expense, of accounting periods or of a time range.

    \b
    Example:  mywork ledger profit-and-loss --period 2026-10 --last-period 2026-12
    """
    from mywork.documents.financials import profit_and_loss_of
    from mywork.domain.period.months import parse_period
    from mywork.ledger.financials.profit_and_loss import profit_and_loss, profit_and_loss_of_periods
    from mywork.ledger.time_range import default_range
    from mywork.rendering import financials as rendering

    if period and (since or until or as_known_at):
        raise click.UsageError("give --period, or --from, --to and --as-known-at")
    with using_core() as core:
        if period:
            first, last = parse_period(period), parse_period(last_period or period)
            of_periods = profit_and_loss_of_periods(core.store, first, last)
            found = profit_and_loss_of((first, last), of_periods)
        else:
            chosen = default_range(since, until, now=core.outside.clock.now())
            of_time = profit_and_loss(core.store, chosen, as_known_at=as_known_at)
            found = profit_and_loss_of(chosen, of_time)
    rendering.profit_and_loss(found, as_json=as_json)


@ledger.command("balance-sheet")
@AT
@AS_KNOWN_AT
@JSON
@expected_errors
def balance_sheet_command(at: datetime | None, as_known_at: datetime | None, as_json: bool) -> None:
    """Assets = liabilities + equity with the result; exit 1 if they are not.

    \b
    Example:  mywork ledger balance-sheet --at 2026-11-30T23:59:59Z
    """
    from mywork.documents.financials import balance_sheet_of
    from mywork.ledger.financials.balance_sheet import balance_sheet
    from mywork.rendering import financials as rendering

    with using_core() as core:
        moment = at or core.outside.clock.now()
        sheets = balance_sheet(core.store, moment, as_known_at=as_known_at)
    rendering.balance_sheet(balance_sheet_of(moment, sheets), as_json=as_json)
    sys.exit(0 if all(sheet.balanced for sheet in sheets) else 1)


@ledger.command("safeguarding")
@AT
@AS_KNOWN_AT
@JSON
@expected_errors
def safeguarding_command(at: datetime | None, as_known_at: datetime | None, as_json: bool) -> None:
    """Whether Stripe holds what sellers are owed; exit 1 on a shortfall in any currency.

    \b
    Example:  mywork ledger safeguarding --at 2026-11-30T23:59:59Z
    """
    from mywork.documents.financials import safeguarding_of
    from mywork.ledger.financials.safeguarding import safeguarding
    from mywork.rendering import financials as rendering

    with using_core() as core:
        guarded = safeguarding(core.store, at=at, as_known_at=as_known_at)
        found = safeguarding_of(at or core.outside.clock.now(), guarded)
    rendering.safeguarding(found, as_json=as_json)
    sys.exit(0 if found.safe else 1)
