"""A user's roles: granted and revoked with a reason; nothing else about a user is a fact here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never, get_args

from mywork.domain.decider import Decider
from mywork.domain.errors import TextInvalid
from mywork.domain.identifiers import UserId, is_opaque
from mywork.domain.streams import user_stream

Role = Literal["admin", "finance", "auditor"]
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class GrantRole:
    user_id: UserId
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeRole:
    user_id: UserId
    role: Role
    at: datetime


@dataclass(frozen=True, slots=True)
class RoleGranted:
    user_id: UserId
    role: Role


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    user_id: UserId
    role: Role


UserEvent = RoleGranted | RoleRevoked
EVENTS = {
    "user.role_granted.v1": RoleGranted,
    "user.role_revoked.v1": RoleRevoked,
}
UserState = frozenset[str]


def _grant(command: GrantRole, state: UserState) -> Sequence[UserEvent]:
    _check(command)
    return () if command.role in state else (RoleGranted(command.user_id, command.role),)


def _revoke(command: RevokeRole, state: UserState) -> Sequence[UserEvent]:
    _check(command)
    return (RoleRevoked(command.user_id, command.role),) if command.role in state else ()


def _check(command: GrantRole | RevokeRole) -> None:
    if not is_opaque(command.user_id):
        raise TextInvalid(f"{command.user_id!r} is not a user id; use the identity provider's")
    if command.role not in ROLES:
        raise TextInvalid(f"{command.role!r} is not a role; use one of {', '.join(ROLES)}")


def evolve_user(state: UserState, event: UserEvent) -> UserState:
    match event:
        case RoleGranted(role=role):
            return state | {role}
        case RoleRevoked(role=role):
            return state - {role}
        case _:
            assert_never(event)


USER: Decider[UserEvent, UserState] = Decider(
    initial=frozenset(),
    decisions={GrantRole: _grant, RevokeRole: _revoke},
    evolve=evolve_user,
    stream=lambda command: user_stream(command.user_id),
    events=EVENTS,
)
