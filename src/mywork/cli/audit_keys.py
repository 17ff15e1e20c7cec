"""The keys that sign heads of the history."""

from pathlib import Path

import click

from mywork.cli.audit import audit_group
from mywork.cli.common import JSON, expected_errors, using_core


@audit_group.group("keys")
def keys_group() -> None:
    """The keys that sign heads of the history."""


@keys_group.command("list")
@JSON
@expected_errors
def list_command(as_json: bool) -> None:
    """The public keys, the one in use last: give them to your auditor before you need to.

    \b
    Example:  mywork audit keys list
    """
    from mywork.documents.history import keys_of
    from mywork.ledger.proof.heads import read_keys
    from mywork.rendering import audit as rendering

    with using_core() as core, core.store.connection() as connection:
        found = keys_of(read_keys(connection.cursor()))
    rendering.signing_keys(found, as_json=as_json)


@keys_group.command("new")
@click.argument("name")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@expected_errors
def new_command(name: str, output: Path) -> None:
    """Make a secret key called NAME, in a file that only you can read; it is shown nowhere.

    The name stands in every head, such as the host that serves the API.

    \b
    Example:  mywork audit keys new pay.example.com/history --output audit.key
    """
    from mywork.adapters.signing import NoteSigner, new_secret, write_secret

    if output.exists():
        raise click.UsageError(f"{output} exists; a key is never written over")
    write_secret(output, new_secret(name))
    public = NoteSigner(output.read_text(encoding="ascii")).verifier_key
    click.echo(f"set AUDIT_SIGNING_KEY to what {output} holds; the public key is\n{public}")


@keys_group.command("rotate")
@click.option(
    "--to", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True,
    help="The file with the new secret key.",
)  # fmt: skip
@expected_errors
def rotate_command(file: Path) -> None:
    """Hand over from the key in use to another one; then set AUDIT_SIGNING_KEY to that.

    Heads are not signed between the two.

    \b
    Example:  mywork audit keys rotate --to new.key
    """
    from mywork.adapters.signing import NoteSigner

    with using_core() as core:
        key = core.sealing.rotate(NoteSigner(file.read_text(encoding="ascii")))
        core.sealing.publish()
    click.echo(f"key {key.number} signs from event {key.from_size + 1} on: {key.verifier_key}")
