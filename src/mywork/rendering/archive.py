"""What a verified archive says, on a terminal."""

from dataclasses import asdict
from typing import Any

from mywork.archive.verdict import Verdict
from mywork.rendering.terminal import console, print_json, table_of


def archive_verdict(found: Verdict, *, as_json: bool = False) -> None:
    if as_json:
        print_json(_document(found))
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


def _document(found: Verdict) -> dict[str, Any]:
    balances = [
        {"account": account, "currency": currency, "balance_minor": amount_minor}
        for (account, currency), amount_minor in found.balances.items()
    ]
    return {
        "passed": found.passed,
        "size": found.size,
        "root": found.root or None,
        "entries": found.entries,
        "postings": found.postings,
        "balances": balances,
        "findings": [asdict(finding) for finding in found.findings],
    }
