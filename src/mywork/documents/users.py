"""Users: what each may do."""

from typing import Annotated

from msgspec import Meta

from mywork.documents.document import Document, Id
from mywork.domain.user import ROLES

Role = Annotated[
    str,
    Meta(
        title="Role",
        description="What of ours somebody may see and decide.",
        extra_json_schema={"enum": [*ROLES]},
    ),
]


class UserRoles(Document):
    """Sorted by name."""

    user_id: Id
    roles: tuple[Role, ...]


USER_ROLES = UserRoles(user_id="user_fin", roles=("finance",))
