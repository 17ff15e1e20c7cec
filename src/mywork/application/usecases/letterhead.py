"""Who states, to whom, and which head of the history vouches for a statement that is filed."""

from datetime import UTC

from eventstore.store import EventStore
from mywork.application.ports.tables import PeopleTable
from mywork.documents.statements import Letterhead
from mywork.ledger.proof.heads import latest_head, read_heads
from mywork.ledger.statements.statement import Edition, Statement


def letterhead_of(
    store: EventStore, people: PeopleTable, found: Statement, *, platform: str
) -> Letterhead:
    """A seller whose name was erased is named by their id."""
    person = people.find(found.seller_id)
    return Letterhead(
        platform=platform,
        seller_name=person.username if person else found.seller_id,
        sealed=_sealed(store, found.edition),
    )


def _sealed(store: EventStore, edition: Edition | None) -> str:
    """The head that vouches for it: of a closed month the first that covers its closing, so that
    it stays the same; otherwise the newest."""
    if edition and edition.version:
        with store.connection() as connection, connection.cursor() as cursor:
            head = next(iter(read_heads(cursor, after=edition.position - 1, limit=1)), None)
    else:
        head = latest_head(store)
    if head is None:
        return ""
    signed = head.signed_at.astimezone(UTC).date().isoformat()
    return f"{head.size:,} events, signed {signed}, {head.root.hex()}"
