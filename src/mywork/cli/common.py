"""What every command shares: options, times, the object graph, and how it fails."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from mywork.bootstrap.core import Core

P = ParamSpec("P")
R = TypeVar("R")

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("MYWORK_DATA", ".mywork")),
    help="Folder of everything that is kept.  [default: .mywork here, or $MYWORK_DATA]",
)
REASON = click.option("--reason", required=True, help="Why; it is recorded.")
ACTOR = click.option("--as", "actor", required=True, metavar="USER", help="Who decides.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-11-24T12:00:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def expected_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Errors that we foresee become one line and exit code 1; a traceback means a fault of ours."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ModuleNotFoundError as error:
            fail(f"the package {error.name} is not installed: run scripts/setup")
        except Exception as error:
            if not isinstance(error, _foreseen()):
                raise
            fail(str(error).strip().splitlines()[0])

    return run


def _foreseen() -> tuple[type[Exception], ...]:
    from eventstore.errors import EventStoreError
    from mywork.domain.errors import MyWorkError
    from mywork.sandbox.errors import SandboxFault
    from mywork.settings import SettingsMissing
    from mywork.settling import NeverAtRest

    return MyWorkError, EventStoreError, SandboxFault, SettingsMissing, NeverAtRest


def fail(message: str) -> NoReturn:
    click.secho(f"error: {message}", fg="red", err=True)
    sys.exit(1)


def open_core() -> "Core":
    """The object graph of the environment, complete, for a process that stays."""
    from mywork import bootstrap
    from mywork.settings import from_environment

    found = from_environment()
    bootstrap.check_database(found)
    return bootstrap.build(found)


@contextmanager
def using_core() -> Iterator[Any]:
    """The object graph of the environment or of the `mywork dev` in this folder, for one command.

    A part of it is built, and what the part needs is imported, when the command asks for it.
    """
    from mywork import bootstrap, running

    found = running.settings()
    bootstrap.check_database(found)
    with closing(bootstrap.lazily(found)) as core:
        yield core


def check_admin(core: Any, user: str) -> None:
    """Decisions on the command line are recorded under somebody's name: an admin's only."""
    _check_role(core, user, "admin")


def check_finance(core: Any, user: str) -> None:
    """What finance explains is recorded under the name of somebody who may."""
    _check_role(core, user, "finance", "admin")


def _check_role(core: Any, user: str, *roles: str) -> None:
    from mywork.domain.errors import NotAllowed
    from mywork.domain.identifiers import UserId
    from mywork.domain.streams import user_stream
    from mywork.domain.user import USER

    if not set(roles) & set(core.handler.state(USER, user_stream(UserId(user)))):
        raise NotAllowed(
            f"{user} is no {roles[0]}; `mywork role grant {user} {roles[0]}` makes one"
        )
