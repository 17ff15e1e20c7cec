"""Collecting what sellers owe."""

from datetime import datetime

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, JSON, REASON, Moment, check_admin, expected_errors, using_core


@main.group()
def debts() -> None:
    """What sellers owe."""


@debts.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@JSON
@expected_errors
def debts_run(dry_run: bool, as_json: bool) -> None:
    """Make a debt of what is overdue, and let later money pay debts. Safe to run twice.

    \b
    Example:  mywork debts run --dry-run
    """
    from mywork.rendering import debts as rendering

    with using_core() as core:
        found = core.collecting.run(dry_run=dry_run)
    rendering.collected(found, as_json=as_json)


@debts.command("list")
@click.option("--at", type=Moment(), help="What was owed then; by default now.")
@JSON
@expected_errors
def debts_list(at: datetime | None, as_json: bool) -> None:
    """What each seller owes, by age, and what was proposed to be written off.

    \b
    Example:  mywork debts list --at 2026-11-30T23:59:59Z
    """
    from mywork.rendering import debts as rendering

    with using_core() as core:
        found = core.collecting.receivables(at)
    rendering.receivables(found, as_json=as_json)


@debts.command("propose-write-off")
@click.argument("seller_id", metavar="SELLER")
@click.argument("amount")
@click.argument("currency")
@REASON
@ACTOR
@expected_errors
def propose(seller_id: str, amount: str, currency: str, reason: str, actor: str) -> None:
    """Propose to give up AMOUNT CURRENCY of what SELLER owes; somebody else must approve it.

    \b
    Example:  mywork debts propose-write-off user_ada 30.00 USD --reason "gone" --as user_alice
    """
    from mywork.domain.money import parse

    with using_core() as core:
        check_admin(core, actor)
        minor = parse(amount, currency).amount_minor
        core.collecting.propose(seller_id, currency, minor, reason=reason, by=actor)
    click.echo(f"proposed to write off {amount} {currency} of {seller_id}; somebody else approves")


@debts.command("approve-write-off")
@click.argument("seller_id", metavar="SELLER")
@click.argument("amount")
@click.argument("currency")
@ACTOR
@expected_errors
def approve(seller_id: str, amount: str, currency: str, actor: str) -> None:
    """Give up AMOUNT CURRENCY of what SELLER owes, as somebody else has proposed.

    \b
    Example:  mywork debts approve-write-off user_ada 30.00 USD --as user_bob
    """
    from mywork.domain.money import parse

    with using_core() as core:
        check_admin(core, actor)
        minor = parse(amount, currency).amount_minor
        core.collecting.approve(seller_id, currency, minor, by=actor)
    click.echo(f"{amount} {currency} of {seller_id} are written off")
