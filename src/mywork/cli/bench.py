"""Measuring."""

import click

from mywork.cli import main
from mywork.cli.common import expected_errors


@main.command()
@click.argument(
    "names",
    nargs=-1,
    metavar="[sales|accept|replay|reads|drill|what_if|export|archive|seal|verify|balance_at]...",
)
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
