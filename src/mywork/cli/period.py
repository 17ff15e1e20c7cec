"""Closing the books, month by month."""

import sys

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, JSON, REASON, check_finance, expected_errors, using_core


@main.group("period")
def period_group() -> None:
    """Accounting periods: months, closed in order."""


@period_group.command("status")
@click.argument("period", required=False)
@JSON
@expected_errors
def period_status(period: str | None, as_json: bool) -> None:
    """Every month, or the checklist of PERIOD; exit 1 if something of it fails.

    \b
    Example:  mywork period status 2026-10
    """
    from mywork.domain.period.months import parse_period
    from mywork.rendering import periods as rendering

    with using_core() as core:
        if period is None:
            rendering.periods(core.closing_periods.listed(), as_json=as_json)
            return
        found = core.closing_periods.checklist(parse_period(period))
    rendering.checklist(found, as_json=as_json)
    sys.exit(0 if found.ready else 1)


@period_group.command("close")
@click.argument("period")
@ACTOR
@JSON
@expected_errors
def period_close(period: str, actor: str, as_json: bool) -> None:
    """Close PERIOD: nothing gets into it any more. Every item of its checklist must pass.

    \b
    Example:  mywork period close 2026-10 --as user_alice
    """
    from mywork.domain.period.months import parse_period
    from mywork.rendering import periods as rendering

    with using_core() as core:
        check_finance(core, actor)
        core.closing_periods.close(parse_period(period), by=actor)
        found = core.closing_periods.decided(parse_period(period))
    rendering.period_closed(found, as_json=as_json)


@period_group.command("reopen")
@click.argument("period")
@REASON
@ACTOR
@expected_errors
def period_reopen(period: str, reason: str, actor: str) -> None:
    """Open PERIOD again: one person proposes it, another runs the same command to approve.

    \b
    Example:  mywork period reopen 2026-10 --reason "an invoice is missing" --as user_alice
    """
    from mywork.domain.period.months import parse_period

    with using_core() as core:
        check_finance(core, actor)
        month = parse_period(period)
        core.closing_periods.reopen(month, reason=reason, by=actor)
        is_open = core.closing_periods.decided(month).status == "open"
    said = "is open again" if is_open else "reopening is proposed; somebody else approves"
    click.echo(f"{period}: {said}")
