"""`python -m mywork.sandbox.stripe --data DIR --port N`."""

from pathlib import Path

import click

from mywork.sandbox.stripe.server import serve


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--port", type=click.IntRange(1, 65535), required=True)
def main(data: Path, port: int) -> None:
    """Serve the Stripe sandbox with the data of a folder."""
    serve(data, port)


main()
