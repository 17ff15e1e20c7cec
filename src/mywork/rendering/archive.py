"""What a verified archive says, on a terminal."""

from mywork.documents.archive import ArchiveVerdict
from mywork.rendering.terminal import console, print_json, table_of


def archive_verdict(found: ArchiveVerdict, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    if found.findings:
        table = table_of("Wrong", ("check", "where"), (), ("what",))
        for finding in found.findings:
            table.add_row(finding.check, finding.subject, finding.detail)
        console().print(table)
    console().print(
        f"events: {found.size}, entries: {found.entries}, postings: {found.postings}, "
        f"findings: {len(found.findings)}"
    )
    console().print(f"root {found.root or 'unknown: events are missing'}")
