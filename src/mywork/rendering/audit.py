"""Audits, heads, keys and proofs on a terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mywork.ledger.findings import Checked
from mywork.ledger.proof.heads import Head, SigningKey
from mywork.ledger.proof.proofs import Inclusion
from mywork.rendering.terminal import console, minute, print_json, table_of


def audited(reports: Sequence[Checked], *, as_json: bool = False) -> None:
    """Every check with its promise, and what breaks it."""
    if as_json:
        checks = [asdict(report) | {"passed": report.passed} for report in reports]
        print_json({"passed": all(report.passed for report in reports), "checks": checks})
        return
    table = table_of("Audit", ("check", "answer"), (), ("promise",))
    for report in reports:
        waiting = f"waits for {report.waits_for}"
        answer = "yes" if report.passed else "[red]NO[/]" if report.failed else waiting
        table.add_row(report.name, answer, report.promise)
    console().print(table)
    for finding in (finding for report in reports for finding in report.findings):
        console().print(f"{finding.check}: {finding.subject} {finding.detail}", markup=False)
    for report in reports:
        if report.more:
            console().print(f"{report.name}: {report.more:,} more")


def heads(found: Sequence[Head], *, as_json: bool = False) -> None:
    if as_json:
        print_json([head_document(head) for head in found])
        return
    table = table_of("Heads", ("signed", "root"), ("events", "key"))
    for head in found:
        table.add_row(
            minute(head.signed_at), head.root.hex(), f"{head.size:,}", str(head.key_number)
        )
    console().print(table if found else "nothing has been signed yet")


def signing_keys(found: Sequence[SigningKey], *, as_json: bool = False) -> None:
    if as_json:
        print_json([asdict(key) for key in found])
        return
    table = table_of("Signing keys", ("key", "public key", "since"), ("signs from event",))
    for key in found:
        row = str(key.number), key.verifier_key, minute(key.since)
        table.add_row(*row, f"{key.from_size + 1:,}")
    console().print(table if found else "nothing has been signed yet")


def inclusion(found: Inclusion, *, as_json: bool = False) -> None:
    record, head = found.record, found.head
    if as_json:
        hashes = [item.hex() for item in found.hashes]
        print_json({"record": record, "proof": hashes, "head": head_document(head)})
        return
    console().print(
        f"event {record['position']} ({record['name']} of {record['stream']}) has the leaf hash\n"
        f"{record['leaf']}; with these, it leads to the root of the head over {head.size:,} events:"
    )
    for item in found.hashes:
        console().print(item.hex())
    console().print(f"root {head.root.hex()}\n\n{head.note}", markup=False)


def head_document(head: Head) -> dict[str, Any]:
    return asdict(head) | {"root": head.root.hex()}
