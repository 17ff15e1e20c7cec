"""Who looked at whose data."""

from datetime import UTC, datetime

from mywork.documents.document import Document, Id, Moment


class AccessLogEntry(Document):
    """Somebody was shown somebody's data. `whom` is empty where it was many people's."""

    id: int
    user_id: Id
    roles: str
    asked: str
    whom: str
    request_id: str
    looked_at: Moment


ACCESS_LOG_ENTRY = AccessLogEntry(
    id=7,
    user_id="user_auditor",
    roles="auditor",
    asked="GET /api/finance/sellers/user_ada/statement",
    whom="user_ada",
    request_id="0c7a50c3e1d24cf0a6c9f1d2",
    looked_at=datetime(2026, 11, 10, 13, tzinfo=UTC),
)


class AccessLog(Document):
    """The newest first. The next ones are before `next_before`, null at the end."""

    data: tuple[AccessLogEntry, ...]
    next_before: int | None


ACCESS_LOG = AccessLog(data=(ACCESS_LOG_ENTRY,), next_before=7)
