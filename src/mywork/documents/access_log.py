"""Who looked at whose data."""

from datetime import UTC, datetime

from mywork.documents.document import Document, Id, Moment


class Look(Document):
    """Somebody was shown somebody's data. `whom` is empty where it was many people's."""

    id: int
    user_id: Id
    roles: str
    asked: str
    whom: str
    request_id: str
    looked_at: Moment


LOOK = Look(
    id=7,
    user_id="user_auditor",
    roles="auditor",
    asked="GET /api/finance/sellers/user_ada/statement",
    whom="user_ada",
    request_id="0c7a50c3e1d24cf0a6c9f1d2",
    looked_at=datetime(2026, 11, 10, 13, tzinfo=UTC),
)


class Looks(Document):
    """The newest first. The next ones are before `next_before`, null at the end."""

    data: tuple[Look, ...]
    next_before: int | None


LOOKS = Looks(data=(LOOK,), next_before=7)
