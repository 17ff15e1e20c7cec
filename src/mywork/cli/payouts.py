"""Paying sellers."""

from datetime import datetime
from typing import Any

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, JSON, REASON, Moment, check_admin, expected_errors, using_core


@main.group()
def payouts() -> None:
    """Paying sellers."""


@payouts.command("run")
@click.option(
    "--at",
    type=Moment(),
    help="Cutoff for all; by default each seller's own last one: Monday, or the 1st, 00:00 UTC.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be paid, and why not the rest.")
@JSON
@expected_errors
def payouts_run(at: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Request a payout for every seller's released balance. Safe to run twice.

    \b
    Example:  mywork payouts run --dry-run
    """
    from mywork.rendering import payouts as rendering

    with using_core() as core:
        decisions = core.paying_out.run(at, dry_run=dry_run)
    rendering.planned_payouts([found.document() for found in decisions], as_json=as_json)


@payouts.command("cancel")
@click.argument("payout_id", metavar="PAYOUT")
@REASON
@ACTOR
@expected_errors
def cancel(payout_id: str, reason: str, actor: str) -> None:
    """Call off PAYOUT while nothing has been sent; its money is the seller's balance again.

    \b
    Example:  mywork payouts cancel 0b1c6f0e-... --reason "the seller asked" --as user_alice
    """
    _decide("cancel", payout_id, reason, actor)


@payouts.command("retry")
@click.argument("payout_id", metavar="PAYOUT")
@REASON
@ACTOR
@expected_errors
def retry(payout_id: str, reason: str, actor: str) -> None:
    """Send PAYOUT, which the bank sent back, to the bank again.

    \b
    Example:  mywork payouts retry 0b1c6f0e-... --reason "new bank account" --as user_alice
    """
    _decide("retry", payout_id, reason, actor)


@payouts.command("reverse")
@click.argument("payout_id", metavar="PAYOUT")
@REASON
@ACTOR
@expected_errors
def reverse(payout_id: str, reason: str, actor: str) -> None:
    """Take PAYOUT, which the bank sent back, back into the seller's balance.

    \b
    Example:  mywork payouts reverse 0b1c6f0e-... --reason "no bank account" --as user_alice
    """
    _decide("reverse", payout_id, reason, actor)


def _decide(verb: str, payout_id: str, reason: str, actor: str) -> None:
    with using_core() as core:
        check_admin(core, actor)
        decide: Any = getattr(core.payout_administration, verb)
        decide(payout_id, reason=reason, by=actor)
    click.echo(f"payout {payout_id}: {verb} recorded")
