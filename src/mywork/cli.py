"""The `mywork` command: each subcommand is short, imports late, and says what it did.

Exit codes: 0 yes, 1 no (with one line that says why), 2 wrong usage.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

import click

P = ParamSpec("P")
R = TypeVar("R")

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("MYWORK_DATA", ".mywork")),
    help="Folder of everything that is kept.  [default: .mywork here, or $MYWORK_DATA]",
)
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
            _fail(f"the package {error.name} is not installed: run scripts/setup")
        except Exception as error:
            if not isinstance(error, _foreseen()):
                raise
            _fail(str(error).strip().splitlines()[0])

    return run


def _foreseen() -> tuple[type[Exception], ...]:
    from eventstore import EventStoreError
    from mywork.domain.errors import MyWorkError
    from mywork.sandbox.errors import SandboxFault
    from mywork.settings import SettingsMissing
    from mywork.settling import NeverAtRest

    return MyWorkError, EventStoreError, SandboxFault, SettingsMissing, NeverAtRest


def _fail(message: str) -> NoReturn:
    click.secho(f"error: {message}", fg="red", err=True)
    sys.exit(1)


def _core(settings: Any = None) -> Any:
    """The object graph, of the environment or of the `mywork dev` that runs in this folder."""
    from mywork import bootstrap, running

    found = settings or running.settings()
    bootstrap.check_database(found)
    return bootstrap.build(found)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mywork")
def main() -> None:
    """The payments and ledger core of a marketplace.

    \b
    Example:
      mywork dev            everything on this machine, with a demo
      mywork --help         what else there is
    """


# Running ------------------------------------------------------------------------------------


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@DATA
@click.option("--once", is_flag=True, help="Play, check the books, and exit.")
@expected_errors
def dev(port: int, data: Path, once: bool) -> None:
    """Start everything on this machine: servers, Stripe sandbox, API and worker.

    An empty data folder first plays the demo days.

    \b
    Example:  mywork dev --port 8000 --data .mywork
    """
    from mywork.development import run

    sys.exit(run(data, port, once=once))


@main.command()
@click.option("--app", "apps", type=click.Choice(["all", "marketplace", "brain"]), default="all")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@expected_errors
def serve(apps: str, host: str, port: int) -> None:
    """Serve the HTTP API.

    \b
    Example:  mywork serve --app marketplace --port 8000
    """
    import uvicorn

    from mywork.api.app import create_app
    from mywork.settings import Settings

    app = create_app(_core(Settings()), apps=cast("Any", apps))
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, http="httptools")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Answer /health/live here.")
@click.option("--inbox-threads", type=click.IntRange(1, 32), default=2, show_default=True)
@expected_errors
def worker(port: int | None, inbox_threads: int) -> None:
    """Work: projections, the inbox, vendor calls and the schedule.

    \b
    Example:  mywork worker --inbox-threads 4
    """
    from mywork.settings import Settings
    from mywork.worker import run

    run(_core(Settings()), port=port, inbox_threads=inbox_threads)


@main.command()
@expected_errors
def migrate() -> None:
    """Bring the database of DATABASE_URL up to date.

    \b
    Example:  DATABASE_URL=postgresql://... mywork migrate
    """
    from mywork import running
    from mywork.bootstrap import migrate as bring_up_to_date

    applied = bring_up_to_date(running.settings().database_url.get_secret_value())
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


# People -------------------------------------------------------------------------------------


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
        with _closing(_core()) as core:
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
    with _closing(_core()) as core:
        _grant(core, user, role_name, reason)
    click.echo(f"{user} is {role_name}")


def _grant(core: Any, user: str, role_name: str, reason: str = "development token") -> None:
    from mywork.application.commands import envelope
    from mywork.domain.user import GrantRole

    command = GrantRole(user, role_name, core.outside.clock.now())  # type: ignore[arg-type]
    core.handler.handle(envelope(command, actor="command line", reason=reason))


def _closing(core: Any) -> Any:
    from contextlib import closing

    return closing(core)


# The books ----------------------------------------------------------------------------------


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
    from mywork import rendering
    from mywork.ledger.trial_balance import trial_balance

    with _closing(_core()) as core:
        found = trial_balance(core.store, at=at, as_known_at=as_known_at)
    rendering.trial_balance(found, as_json=as_json)
    sys.exit(0 if found.balanced else 1)


# Projections --------------------------------------------------------------------------------


@main.group("projections")
def projections_group() -> None:
    """Read tables: how far they are, and building them again."""


@projections_group.command("status")
@JSON
@expected_errors
def projections_status(as_json: bool) -> None:
    """Position, lag and runner of each projection.

    \b
    Example:  mywork projections status
    """
    from mywork import projections, rendering

    with _closing(_core()) as core:
        rendering.projections(projections.status(core.store), as_json=as_json)


@projections_group.command("rebuild")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Rebuild all of them.")
@expected_errors
def projections_rebuild(name: str | None, every: bool) -> None:
    """Rebuild NAME (or --all) beside the live table, then swap.

    \b
    Example:  mywork projections rebuild orders
    """
    from mywork import projections, rendering

    if (name is None) == (not every):
        raise click.UsageError("name one projection, or give --all")
    with _closing(_core()) as core:
        names = list(projections.NAMES) if name is None else [name]
        rendering.with_progress(
            f"rebuilding {', '.join(names)}",
            lambda report: projections.rebuild(core.store, names, progress=report),
        )


# Payouts ------------------------------------------------------------------------------------


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

    with _closing(_core()) as core:
        cutoff = at or last_monday(core.outside.clock.now())
        decisions = core.paying_out.run(cutoff, dry_run=dry_run)
    rendering.payout_decisions(decisions, as_json=as_json)


# Measuring ----------------------------------------------------------------------------------


@main.command()
@click.argument("names", nargs=-1, metavar="[sales|accept|replay|reads]...")
@click.option("--scale", type=click.FloatRange(0.01, 100), default=1.0, show_default=True)
@expected_errors
def bench(names: tuple[str, ...], scale: float) -> None:
    """Measure against a floor of the same run; one JSON object a line. Without names: all.

    \b
    Example:  mywork bench sales --scale 0.5
    """
    from mywork import bench as benches

    unknown = sorted(set(names) - set(benches.NAMES))
    if unknown:
        choices = ", ".join(benches.NAMES)
        raise click.UsageError(f"no such bench: {', '.join(unknown)}; use {choices}")
    for name in names or benches.NAMES:
        click.echo(benches.run(name, scale).line())
