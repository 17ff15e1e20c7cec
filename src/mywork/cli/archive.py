"""Verifying an archive, which needs no database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mywork.cli.audit import audit_group
from mywork.cli.common import JSON, expected_errors

if TYPE_CHECKING:
    from mywork.archive.verdict import Verdict
    from mywork.documents.archive import ArchiveVerdict


@audit_group.command("verify-archive")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "python", "spark"]),
    default="duckdb",
    show_default=True,
    help="On every core of this machine, on one, or wherever Spark runs.",
)
@click.option("--root", default="", metavar="HEX", help="The root that a signed head has.")
@JSON
@expected_errors
def verify_archive(folder: Path, engine: str, root: str, as_json: bool) -> None:
    """Verify FOLDER, a Parquet archive: leaves, tree, entries, streams; exit 1 if anything fails.

    It says the Merkle root of all events, which is the root of the signed head of as many events,
    and it reads nothing but the folder.

    \b
    Examples:
      mywork ledger export --format parquet --output archive
      mywork audit verify-archive archive --engine duckdb
    """
    from mywork.adapters.folder import FolderObjects
    from mywork.archive.verify import verify
    from mywork.domain.errors import ExportNotReady
    from mywork.exports import manifest
    from mywork.rendering import archive as rendering

    known = manifest.load(FolderObjects(folder))
    if known is None or known.format != "parquet" or not known.complete:
        raise ExportNotReady(f"{folder} holds no finished archive; export it, or resume the export")
    found = verify(folder, known.parts, head=known.head, engine=engine, known_root=root)  # type: ignore[arg-type]
    rendering.archive_verdict(_document(found), as_json=as_json)
    sys.exit(0 if found.passed else 1)


def _document(found: "Verdict") -> "ArchiveVerdict":
    from mywork.documents.archive import ArchivedBalance, ArchiveVerdict
    from mywork.documents.integrity import findings_of

    balances = (
        ArchivedBalance(account=account, currency=currency, balance_minor=balance_minor)
        for (account, currency), balance_minor in sorted(found.balances.items())
    )
    return ArchiveVerdict(
        passed=found.passed,
        size=found.size,
        root=found.root or None,
        entries=found.entries,
        postings=found.postings,
        balances=tuple(balances),
        findings=findings_of(found.findings),
    )
