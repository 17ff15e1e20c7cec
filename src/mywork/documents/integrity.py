"""An audit of ourselves: what was asked, and what is not as it should be."""

from collections.abc import Sequence

from mywork.documents.document import Document
from mywork.ledger.findings import Checked, Finding


class AuditFinding(Document):
    """A broken promise: `subject` names the culprit, `detail` says what is there instead."""

    check: str
    subject: str
    detail: str


class AuditCheck(Document):
    """A check, with the first of its findings, and how many `more` there are.

    It was not asked where it `waits_for` another one, on which it rests.
    """

    name: str
    promise: str
    findings: tuple[AuditFinding, ...]
    more: int
    waits_for: str | None
    passed: bool


class Audit(Document):
    """Whether history, postings, balances, read tables and seals agree."""

    passed: bool
    checks: tuple[AuditCheck, ...]


def audit_of(reports: Sequence[Checked]) -> Audit:
    return Audit(
        passed=all(report.passed for report in reports),
        checks=tuple(_check(report) for report in reports),
    )


def findings_of(found: Sequence[Finding]) -> tuple[AuditFinding, ...]:
    return tuple(
        AuditFinding(check=finding.check, subject=finding.subject, detail=finding.detail)
        for finding in found
    )


def _check(report: Checked) -> AuditCheck:
    return AuditCheck(
        name=report.name,
        promise=report.promise,
        findings=findings_of(report.findings),
        more=report.more,
        waits_for=report.waits_for or None,
        passed=report.passed,
    )
