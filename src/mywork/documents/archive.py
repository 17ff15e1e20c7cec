"""What a verified archive says: the root and the counts, or what is wrong and where."""

from mywork.documents.document import Currency, Document
from mywork.documents.history import Digest
from mywork.documents.integrity import AuditFinding


class ArchivedBalance(Document):
    """What all the archived postings of an account sum to, debit-positive."""

    account: str
    currency: Currency
    balance_minor: int


class ArchiveVerdict(Document):
    """`root` is null where events are missing."""

    passed: bool
    size: int
    root: Digest | None
    entries: int
    postings: int
    balances: tuple[ArchivedBalance, ...]
    findings: tuple[AuditFinding, ...]
