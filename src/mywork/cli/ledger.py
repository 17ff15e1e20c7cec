"""The books."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mywork.cli import main
from mywork.cli.common import JSON, Moment, expected_errors, using_core

if TYPE_CHECKING:
    from mywork.documents.fees import FeeGroup


@main.group()
def ledger() -> None:
    """The double-entry book."""


@ledger.command("trial-balance")
@click.option("--at", type=Moment(), help="What had happened by then (effective time).")
@click.option("--as-known-at", type=Moment(), help="What was booked by then.")
@JSON
@expected_errors
def trial_balance_command(at: datetime | None, as_known_at: datetime | None, as_json: bool) -> None:
    """Every account, debits equal to credits; exit 1 if they are not.

    \b
    Example:  mywork ledger trial-balance --at 2026-11-30T23:59:59Z
    """
    from mywork.documents.ledger import trial_balance_of
    from mywork.ledger.trial_balance import trial_balance
    from mywork.rendering import ledger as rendering

    with using_core() as core:
        found = trial_balance(core.store, at=at, as_known_at=as_known_at)
    rendering.trial_balance(trial_balance_of(found), as_json=as_json)
    sys.exit(0 if found.balanced else 1)


@ledger.command("fees")
@click.option("--from", "since", type=Moment(), help="By default the first of the month.")
@click.option(
    "--to", "until", type=Moment(), help="Not part of it; by default the end of this month."
)
@click.option("--group", type=click.Choice(["order", "month"]), default="month", show_default=True)
@JSON
@expected_errors
def fees_command(
    since: datetime | None, until: datetime | None, group: "FeeGroup", as_json: bool
) -> None:
    """Fees quoted to sellers against what Stripe really took, by month or order.

    \b
    Example:  mywork ledger fees --from 2026-11-01 --group order
    """
    from mywork.documents.fees import fee_report_of
    from mywork.ledger.reports import fees
    from mywork.ledger.time_range import default_range
    from mywork.rendering import fees as rendering

    with using_core() as core:
        chosen = default_range(since, until, now=core.outside.clock.now())
        if group == "month":
            rows = fees.by_month(core.store, chosen)
        else:
            rows = list(fees.every_order(core.store, chosen))
        unsettled = fees.unsettled_orders(core.store, chosen, limit=fees.PAGE)
    rendering.fees(fee_report_of(chosen, group, rows, unsettled=unsettled), as_json=as_json)


@ledger.command("uncleared")
@JSON
@expected_errors
def uncleared_command(as_json: bool) -> None:
    """Stripe objects that have not netted to zero: facts without their balance transaction.

    \b
    Example:  mywork ledger uncleared
    """
    from mywork.documents.reconciliation import uncleared_of
    from mywork.ledger.reports.uncleared import everything
    from mywork.rendering import uncleared as rendering

    with using_core() as core:
        found = uncleared_of(everything(core.store), core.outside.clock.now())
    rendering.uncleared(found, as_json=as_json)


@ledger.command("count-totals")
@expected_errors
def count_totals_command() -> None:
    """Count the totals of every account anew from the postings; what is read meanwhile is right.

    \b
    Example:  mywork ledger count-totals
    """
    from mywork.ledger import totals
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        with_progress("counting", lambda report: totals.rebuild(core.store, progress=report))
