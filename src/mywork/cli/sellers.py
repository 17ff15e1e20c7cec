"""Sellers: pausing, releasing, and how far they are trusted."""

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, REASON, check_admin, expected_errors, using_core

FORMER = {"new": "basic", "trusted": "premium"}  # what levels were called before


@main.group()
def sellers() -> None:
    """Who is paid, and who is trusted how far."""


@sellers.command("pause")
@click.argument("seller_id", metavar="SELLER")
@REASON
@ACTOR
@expected_errors
def pause(seller_id: str, reason: str, actor: str) -> None:
    """Pay SELLER nothing, whoever asks, until somebody releases them.

    \b
    Example:  mywork sellers pause user_ada --reason "identity check" --as user_alice
    """
    with using_core() as core:
        check_admin(core, actor)
        core.payout_administration.pause(seller_id, reason=reason, by=actor)
    click.echo(f"payouts of {seller_id} are paused")


@sellers.command("release")
@click.argument("seller_id", metavar="SELLER")
@REASON
@ACTOR
@expected_errors
def release(seller_id: str, reason: str, actor: str) -> None:
    """Let payouts of SELLER go on.

    \b
    Example:  mywork sellers release user_ada --reason "check passed" --as user_alice
    """
    with using_core() as core:
        check_admin(core, actor)
        core.payout_administration.release(seller_id, reason=reason, by=actor)
    click.echo(f"payouts of {seller_id} go on")


@sellers.command("verify")
@click.argument("seller_id", metavar="SELLER")
@click.argument("level", type=click.Choice(["basic", "verified", "premium", *FORMER]))
@REASON
@ACTOR
@expected_errors
def verify(seller_id: str, level: str, reason: str, actor: str) -> None:
    """Set the verification level of SELLER: it decides what later sales keep in reserve.

    `new` and `trusted` are the former names of `basic` and `premium`.

    \b
    Example:  mywork sellers verify user_ada premium --reason "a year of sales" --as user_alice
    """
    from mywork.documents.sellers import LEVELS

    with using_core() as core:
        check_admin(core, actor)
        stored = LEVELS[FORMER.get(level, level)]  # type: ignore[index]
        core.selling.verify(seller_id, stored, actor=actor, reason=reason)
    click.echo(f"{seller_id} is {level}")
