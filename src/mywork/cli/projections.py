"""Read tables: how far they are, and building them again."""

import click

from mywork.cli import main
from mywork.cli.common import JSON, expected_errors, using_core


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
    from mywork.projections.install import projection_statuses
    from mywork.rendering import status as rendering

    with using_core() as core:
        rendering.projections(projection_statuses(core.store), as_json=as_json)


@projections_group.command("rebuild")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Rebuild all of them.")
@expected_errors
def projections_rebuild(name: str | None, every: bool) -> None:
    """Rebuild NAME (or --all) beside the live table, then swap.

    \b
    Example:  mywork projections rebuild orders
    """
    from mywork.projections.catalogue import PROJECTION_NAMES
    from mywork.projections.rebuild import rebuild
    from mywork.rendering.terminal import with_progress

    if (name is None) == (not every):
        raise click.UsageError("name one projection, or give --all")
    with using_core() as core:
        names = list(PROJECTION_NAMES) if name is None else [name]
        with_progress(
            f"rebuilding {', '.join(names)}",
            lambda report: rebuild(core.store, names, progress=report),
        )
