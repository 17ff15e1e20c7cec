"""Refunds and disputes: what waits, and deciding as an admin."""

from typing import Any

import click

from mywork.cli import main
from mywork.cli.common import ACTOR, JSON, REASON, check_admin, expected_errors, using_core

LIMIT = click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)


@main.group()
def refunds() -> None:
    """What goes back to buyers."""


@refunds.command("list")
@click.option("--status", default="", help="Only these, such as requested or pending.")
@LIMIT
@JSON
@expected_errors
def refunds_list(status: str, limit: int, as_json: bool) -> None:
    """Refunds, newest first; those `requested` wait for a decision.

    \b
    Example:  mywork refunds list --status requested
    """
    from mywork.projections import lists
    from mywork.rendering import claims as rendering

    with using_core() as core:
        found = lists.refunds(core.store, status=status, limit=limit)
    rendering.refunds(found, as_json=as_json)


@refunds.command("request")
@click.argument("order_id", metavar="ORDER")
@click.option("--amount", help="In the order's currency, such as 99.00.  [default: what is left]")
@click.option("--platform-bears-fee", is_flag=True, help="Return the processing fee, too.")
@click.option("--request-id", help="Name it, so that asking again is not a second refund.")
@REASON
@ACTOR
@expected_errors
def refunds_request(
    order_id: str,
    amount: str | None,
    request_id: str | None,
    reason: str,
    actor: str,
    *,
    platform_bears_fee: bool,
) -> None:
    """Refund ORDER, as an admin; whoever bought or sold it is a party, and no admin, there.

    \b
    Example:  mywork refunds request 0199aa00-... --amount 99.00 --reason "agreed" --as user_alice
    """
    from mywork.application.usecases.refunding import Asked
    from mywork.domain.identifiers import OrderId, UserId, new_id

    with using_core() as core:
        check_admin(core, actor)
        by = core.refunding.asker(OrderId(order_id), UserId(actor), admin=True)
        asked = Asked(by, amount, reason, platform_bears_fee)
        decision = core.refunding.request(
            OrderId(order_id), UserId(actor), asked, request_id=request_id or new_id()
        )
    _say(decision)


@refunds.command("approve")
@click.argument("order_id", metavar="ORDER")
@click.argument("refund_id", metavar="REFUND")
@ACTOR
@expected_errors
def refunds_approve(order_id: str, refund_id: str, actor: str) -> None:
    """Grant what a buyer has asked for.

    \b
    Example:  mywork refunds approve 0199aa00-... 5f0c... --as user_alice
    """
    with using_core() as core:
        check_admin(core, actor)
        by = core.refunding.decider(order_id, actor, admin=True)
        decision = core.refunding.approve(order_id, refund_id, actor, by)
    _say(decision)


@refunds.command("decline")
@click.argument("order_id", metavar="ORDER")
@click.argument("refund_id", metavar="REFUND")
@REASON
@ACTOR
@expected_errors
def refunds_decline(order_id: str, refund_id: str, reason: str, actor: str) -> None:
    """Say no to what a buyer has asked for; the seller has the share back.

    \b
    Example:  mywork refunds decline 0199aa00-... 5f0c... --reason "it was used" --as user_alice
    """
    with using_core() as core:
        check_admin(core, actor)
        by = core.refunding.decider(order_id, actor, admin=True)
        decision = core.refunding.decline(order_id, refund_id, actor, by, reason=reason)
    _say(decision)


def _say(decision: Any) -> None:
    from mywork.documents.refunds import status_of

    status = status_of(decision.status)
    click.echo(f"refund {decision.refund_id} of {decision.amount}: {status}")


@main.group()
def disputes() -> None:
    """What buyers' banks take back."""


@disputes.command("list")
@click.option("--status", default="", help="Only these, such as needs_response or lost.")
@LIMIT
@JSON
@expected_errors
def disputes_list(status: str, limit: int, as_json: bool) -> None:
    """Disputes and inquiries, newest first, with their deadlines and what they cost.

    \b
    Example:  mywork disputes list --status needs_response
    """
    from mywork.projections import lists
    from mywork.rendering import claims as rendering

    with using_core() as core:
        found = lists.disputes(core.store, status=status, limit=limit)
    rendering.disputes(found, as_json=as_json)
