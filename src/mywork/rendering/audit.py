"""Audits, heads, keys and proofs on a terminal."""

from mywork.documents.history import InclusionProof, SignedHeads, SigningKeys
from mywork.documents.integrity import Audit, AuditCheck
from mywork.rendering.terminal import console, minute, print_json, table_of


def audited(found: Audit, *, as_json: bool = False) -> None:
    """Every check with its promise, and what breaks it."""
    if as_json:
        print_json(found)
        return
    table = table_of("Audit", ("check", "answer"), (), ("promise",))
    for check in found.checks:
        table.add_row(check.name, _answer(check), check.promise)
    console().print(table)
    for finding in (finding for check in found.checks for finding in check.findings):
        console().print(f"{finding.check}: {finding.subject} {finding.detail}", markup=False)
    for check in found.checks:
        if check.more:
            console().print(f"{check.name}: {check.more:,} more")


def _answer(check: AuditCheck) -> str:
    if check.waits_for:
        return f"waits for {check.waits_for}"
    return "yes" if check.passed else "[red]NO[/]"


def heads(found: SignedHeads, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    table = table_of("Heads", ("signed", "root"), ("events", "key"))
    for head in found.data:
        table.add_row(minute(head.signed_at), head.root, f"{head.size:,}", str(head.key_number))
    console().print(table if found.data else "nothing has been signed yet")


def signing_keys(found: SigningKeys, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    table = table_of("Signing keys", ("key", "public key", "since"), ("signs from event",))
    for key in found.data:
        row = str(key.number), key.verifier_key, minute(key.since)
        table.add_row(*row, f"{key.from_size + 1:,}")
    console().print(table if found.data else "nothing has been signed yet")


def inclusion(found: InclusionProof, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    record, head = found.record, found.head
    console().print(
        f"event {record.position} ({record.name} of {record.stream}) has the leaf hash\n"
        f"{record.leaf}; with these, it leads to the root of the head over {head.size:,} events:"
    )
    for item in found.proof:
        console().print(item)
    console().print(f"root {head.root}\n\n{head.note}", markup=False)
