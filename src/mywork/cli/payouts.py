"""Paying sellers."""

from datetime import datetime

import click

from mywork.cli.common import JSON, Moment, expected_errors, using_core
from mywork.cli.main import main


@main.group()
def payouts() -> None:
    """Paying sellers."""


@payouts.command("run")
@click.option("--at", type=Moment(), help="Cutoff; by default the last Monday 00:00 UTC.")
@click.option("--dry-run", is_flag=True, help="Only say what would be paid, and why not the rest.")
@JSON
@expected_errors
def payouts_run(at: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Request a payout for every seller's released balance. Safe to run twice.

    \b
    Example:  mywork payouts run --dry-run
    """
    from mywork import rendering
    from mywork.application.payouts import last_monday

    with using_core() as core:
        cutoff = at or last_monday(core.outside.clock.now())
        decisions = core.paying_out.run(cutoff, dry_run=dry_run)
    rendering.payout_decisions(decisions, as_json=as_json)
