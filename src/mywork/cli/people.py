"""Who may do what."""

from pathlib import Path
from typing import Any

import click

from mywork.cli import main
from mywork.cli.common import DATA, expected_errors, using_core


@main.command()
@click.argument("user")
@click.option("--role", "roles", multiple=True, help="Grant a role first: admin, finance, auditor.")
@DATA
@expected_errors
def token(user: str, roles: tuple[str, ...], data: Path) -> None:
    """Print a development session token for USER.

    \b
    Example:  mywork token user_alice --role finance
    """
    from mywork import running

    if roles:
        with using_core() as core:
            for name in roles:
                _grant(core, user, name)
    click.echo(running.token(data, user))


@main.group()
def role() -> None:
    """Who may do what."""


@role.command("grant")
@click.argument("user")
@click.argument("role_name", metavar="ROLE")
@click.option("--reason", default="granted on the command line", show_default=True)
@expected_errors
def grant_role(user: str, role_name: str, reason: str) -> None:
    """Grant USER the ROLE admin, finance or auditor. The first admin, too.

    \b
    Example:  mywork role grant user_alice admin --reason "founder"
    """
    with using_core() as core:
        _grant(core, user, role_name, reason)
    click.echo(f"{user} is {role_name}")


def _grant(core: Any, user: str, role_name: str, reason: str = "development token") -> None:
    from mywork.application.commands import envelope
    from mywork.domain.user import GrantRole

    command = GrantRole(user, role_name, core.outside.clock.now())  # type: ignore[arg-type]
    core.handler.handle(envelope(command, actor="command line", reason=reason))
