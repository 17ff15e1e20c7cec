"""Running things: everything here, the API, the worker, migrations."""

import sys
from pathlib import Path
from typing import Any, cast

import click

from mywork.cli import main
from mywork.cli.common import DATA, expected_errors, open_core


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

    app = create_app(open_core(), apps=cast("Any", apps))
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        http="httptools",
        timeout_graceful_shutdown=2,  # event streams would keep us for minutes
    )


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Answer /health/live here.")
@click.option("--inbox-threads", type=click.IntRange(1, 32), default=2, show_default=True)
@expected_errors
def worker(port: int | None, inbox_threads: int) -> None:
    """Work: projections, the inbox, vendor calls and the schedule.

    \b
    Example:  mywork worker --inbox-threads 4
    """
    from mywork.worker import run

    run(open_core(), port=port, inbox_threads=inbox_threads)


@main.command()
@expected_errors
def migrate() -> None:
    """Bring the database of DATABASE_URL up to date.

    \b
    Example:  DATABASE_URL=postgresql://... mywork migrate
    """
    from mywork import running
    from mywork.bootstrap import migrate as bring_up_to_date

    applied = bring_up_to_date(running.settings().database_url.reveal())
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")
