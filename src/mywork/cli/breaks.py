"""Breaks: what nobody has explained yet, and explaining it."""

from typing import TYPE_CHECKING

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, JSON, REASON, check_finance, expected_errors, using_core

if TYPE_CHECKING:
    from mywork.bootstrap.core import Core
    from mywork.domain.decider import Command


@main.group()
def breaks() -> None:
    """What nobody has explained yet."""


@breaks.command("list")
@click.option("--status", type=click.Choice(["open", "resolved", "all"]), default="open")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@JSON
@expected_errors
def breaks_list(status: str, limit: int, as_json: bool) -> None:
    """Breaks, the oldest first.

    \b
    Example:  mywork breaks list --status all --json
    """
    from mywork.documents.document import Page
    from mywork.projections import lists
    from mywork.rendering import breaks as rendering

    with using_core() as core:
        wanted = "" if status == "all" else status
        found = lists.breaks(core.store, status=wanted, limit=limit)
        page = Page(data=tuple(found), next_cursor=None)
        rendering.breaks(page, core.outside.clock.now(), as_json=as_json)


@breaks.command("assign")
@click.argument("break_id", metavar="BREAK")
@click.argument("owner")
@ACTOR
@expected_errors
def assign(break_id: str, owner: str, actor: str) -> None:
    """Let OWNER look after BREAK; an empty OWNER gives it back to everybody.

    \b
    Example:  mywork breaks assign missing_here-txn_1abc user_fin --as user_boss
    """
    from mywork.domain.breaks.explanation_messages import AssignBreak
    from mywork.domain.identifiers import BreakId

    with using_core() as core:
        command = AssignBreak(BreakId(break_id), owner, core.outside.clock.now())
        _send(core, command, actor)
    click.echo(f"{owner or 'nobody'} looks after {break_id}")


@breaks.command("resolve")
@click.argument("break_id", metavar="BREAK")
@click.option("--account", default="", help="Takes over what lies in suspense, or corrects.")
@REASON
@ACTOR
@expected_errors
def resolve(break_id: str, account: str, reason: str, actor: str) -> None:
    """Explain BREAK; with an account, its money goes there.

    \b
    Example:  mywork breaks resolve txn_1abc --account expense:stripe_fees \\
                --reason "Radar, by invoice 42" --as user_fin
    """
    from mywork.domain.identifiers import BreakId

    with using_core() as core:
        command = core.aged_items.explanation(BreakId(break_id), account, reason)
        _send(core, command, actor, reason)
    click.echo(f"{break_id} is resolved")


@breaks.command("reopen")
@click.argument("break_id", metavar="BREAK")
@REASON
@ACTOR
@expected_errors
def reopen(break_id: str, reason: str, actor: str) -> None:
    """Take the explanation of BREAK back; the entry that it posted is reversed.

    \b
    Example:  mywork breaks reopen txn_1abc --reason "it was no fee" --as user_fin
    """
    from mywork.domain.breaks.explanation_messages import ReopenBreak
    from mywork.domain.identifiers import BreakId

    with using_core() as core:
        _send(core, ReopenBreak(BreakId(break_id), reason, core.outside.clock.now()), actor, reason)
    click.echo(f"{break_id} is open again")


def _send(core: "Core", command: "Command", actor: str, reason: str = "") -> None:
    """Under the name of somebody who may decide."""
    from mywork.application.commands import envelope

    check_finance(core, actor)
    core.handler.handle(envelope(command, actor=actor, reason=reason))
