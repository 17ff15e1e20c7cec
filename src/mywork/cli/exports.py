"""The books for other programs."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from mywork.cli.common import JSON, Moment, expected_errors, using_core
from mywork.cli.ledger import ledger

if TYPE_CHECKING:
    from mywork.documents.exports import WrittenExport
    from mywork.exports.manifest import Manifest

FORMATS = ("beancount", "hledger", "csv", "parquet")


@ledger.command("export")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option("--output", required=True, help="A file, a folder, or s3://bucket/prefix.")
@click.option("--from", "since", type=Moment(), help="What took effect from then on.")
@click.option("--to", "until", type=Moment(), help="Not part of it.")
@click.option("--at", type=Moment(), help="Everything that had happened by then.")
@click.option("--resume", is_flag=True, help="Go on with what lies there.")
@JSON
@expected_errors
def export_command(output: str, resume: bool, as_json: bool, **asked: Any) -> None:
    """Write the books as plain-text accounting, CSV, or a Parquet archive partitioned by day.

    beancount and hledger make one file of PATH (a folder that exists gets a main file and its
    parts), csv a file if its name ends so; all else is a folder. An export that was interrupted
    goes on with --resume and ends in the same bytes.

    \b
    Examples:
      mywork ledger export --format beancount --output books.beancount
      mywork ledger export --format csv --output november/ --from 2026-11-01 --to 2026-12-01
      mywork ledger export --format parquet --output s3://finance/archive --resume
    """
    from mywork.exports.scope import scope_of
    from mywork.rendering import exports as rendering
    from mywork.rendering.terminal import with_progress

    with using_core() as core:
        scope = scope_of(asked.pop("form"), head=core.store.head(), **asked)
        if as_json:
            found = _written(core, scope, output, resume=resume, report=lambda *_: None)
        else:
            done: list[Any] = []
            with_progress(
                f"exporting to {output}",
                lambda report: done.append(
                    _written(core, scope, output, resume=resume, report=report)
                ),
            )
            (found,) = done
    rendering.exported(_document(output, found), as_json=as_json)


def _document(output: str, found: "Manifest") -> "WrittenExport":
    from mywork.documents.document import moment
    from mywork.documents.exports import WrittenExport, WrittenFile, WrittenPart

    return WrittenExport(
        output=output,
        format=found.format,
        since=moment(found.since),
        until=moment(found.until),
        head=found.head,
        rows=found.rows,
        complete=found.complete,
        parts=tuple(WrittenPart(**asdict(part)) for part in found.parts),
        files=tuple(WrittenFile(key=key, sha256=sha) for key, sha in sorted(found.files.items())),
    )


def _written(core: Any, scope: Any, output: str, *, resume: bool, report: Any) -> Any:
    """To a bucket where the output is one, else to this machine."""
    from mywork.adapters.folder import FolderObjects
    from mywork.bootstrap.world import bucket
    from mywork.exports.exporting import export
    from mywork.exports.local import export_to_path

    place = urlsplit(output)
    if place.scheme != "s3":
        return export_to_path(
            core.store,
            scope,
            Path(output),
            folder_of=FolderObjects,
            resume=resume,
            report=report,
        ).manifest
    if not place.netloc:
        raise click.UsageError("name a bucket: s3://bucket/prefix")
    objects = bucket(core.settings, place.netloc, place.path)
    return export(core.store, objects, scope, resume=resume, report=report)
