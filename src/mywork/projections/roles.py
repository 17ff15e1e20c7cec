"""What each user may do; read on every privileged request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eventstore.envelope import Recorded
from mywork.documents.document import encode
from mywork.documents.users import UserRoles
from mywork.domain.user import UserEvent, evolve_user
from mywork.projections.projection import Projection


@dataclass(frozen=True, slots=True)
class RolesRow:
    user_id: str
    roles: Sequence[str]


def keys(event: Any) -> Sequence[str]:
    return (event.user_id,) if isinstance(event, UserEvent) else ()


def evolve(row: RolesRow | None, recorded: Recorded) -> RolesRow:
    known = frozenset(row.roles) if row is not None else frozenset()
    return RolesRow(recorded.event.user_id, sorted(evolve_user(known, recorded.event)))


def as_document(row: RolesRow) -> bytes:
    return encode(UserRoles(user_id=row.user_id, roles=tuple(row.roles)))


ROLES = Projection("roles", RolesRow, keys, evolve, as_document)
