"""Auditing: nothing of what is said needs to be believed."""

import sys
from pathlib import Path
from typing import Any

import click

from mywork.cli import main
from mywork.cli.common import JSON, expected_errors, using_core


@main.group("audit")
def audit_group() -> None:
    """Prove the history, from the database or from what was exported of it."""


@audit_group.command("verify")
@JSON
@expected_errors
def verify_command(as_json: bool) -> None:
    """Ask whether history, postings, balances, read tables and seals agree; exit 1 if not.

    Everything is read on one snapshot; nobody has to stop, and nothing is changed.

    \b
    Example:  mywork audit verify --json
    """
    from mywork.assurance.checks import integrity_checks
    from mywork.documents.integrity import audit_of
    from mywork.ledger.findings import examine
    from mywork.rendering import audit as rendering
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        url = core.store.url
        checks = integrity_checks(url, seals=core.sealing.checks())
        reports: list[Any] = []
        if as_json:
            reports += examine(url, checks)
        else:
            with_progress(
                "auditing", lambda report: reports.extend(examine(url, checks, progress=report))
            )
    found = audit_of(reports)
    rendering.audited(found, as_json=as_json)
    sys.exit(0 if found.passed else 1)


@audit_group.command("seal")
@JSON
@expected_errors
def seal_command(as_json: bool) -> None:
    """Seal what was committed, sign a head over it and publish it, at once.

    \b
    Example:  mywork audit seal
    """
    from mywork.documents.history import heads_of
    from mywork.rendering import audit as rendering
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        if not as_json:
            with_progress("sealing", core.sealing.seal)
        head = core.sealing.sign()
        core.sealing.publish()
    rendering.heads(heads_of([head] if head else []), as_json=as_json)


@audit_group.command("heads")
@click.option("--after", type=click.IntRange(0), default=0, help="Those over more events.")
@JSON
@expected_errors
def heads_command(after: int, as_json: bool) -> None:
    """The signed heads of the history: how many events, which root, when.

    \b
    Example:  mywork audit heads --after 10000
    """
    from mywork.documents.history import heads_of
    from mywork.ledger.proof.heads import all_heads
    from mywork.rendering import audit as rendering

    with using_core() as core, core.store.connection() as connection:
        found = list(all_heads(connection.cursor(), after=after))
    rendering.heads(heads_of(found), as_json=as_json)


@audit_group.command("export")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--after", type=click.IntRange(0), default=0, help="Only events behind this one.")
@expected_errors
def export_command(output: Path, after: int) -> None:
    """Write the history with its heads and keys to a folder that an auditor can verify offline.

    A head is signed first, so all of it is covered. Asked for again, or interrupted, it writes
    what the folder lacks.

    \b
    Example:  mywork audit export --output history
              python3 src/mywork/ledger/proof/verify_history.py history
    """
    from mywork.ledger.proof.export import export_history
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        core.sealing.sign()
        done: list[Any] = []
        with_progress(
            f"exporting to {output}",
            lambda report: done.append(
                export_history(core.store, output, after=after, progress=report)
            ),
        )
    [found] = done
    click.echo(f"events {found.first} to {found.last} lie in {output}; {found.written} are new")


@audit_group.command("proof")
@click.argument("position", type=click.IntRange(1))
@click.option("--size", type=click.IntRange(1), help="By the head over so many events.")
@JSON
@expected_errors
def proof_command(position: int, size: int | None, as_json: bool) -> None:
    """Prove that the event at POSITION is in the signed history.

    \b
    Example:  mywork audit proof 42
    """
    from mywork.documents.history import inclusion_of
    from mywork.ledger.proof.proofs import inclusion
    from mywork.rendering import audit as rendering

    with using_core() as core:
        found = inclusion_of(inclusion(core.store, position, size))
    rendering.inclusion(found, as_json=as_json)
