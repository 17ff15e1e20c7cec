"""A user's roles: granted and revoked with a reason; nothing else about a user is a fact here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never, get_args

from mywork.domain.decider import Decider
from mywork.domain.errors import TextInvalid
from mywork.domain.identifiers import UserId, is_opaque

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


Command = GrantRole | RevokeRole


@dataclass(frozen=True, slots=True)
class RoleGranted:
    user_id: UserId
    role: Role


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    user_id: UserId
    role: Role


Event = RoleGranted | RoleRevoked
State = frozenset[str]


def decide(command: Command, state: State) -> Sequence[Event]:
    if not is_opaque(command.user_id):
        raise TextInvalid(f"{command.user_id!r} is not a user id; use the identity provider's")
    if command.role not in ROLES:
        raise TextInvalid(f"{command.role!r} is not a role; use one of {', '.join(ROLES)}")
    match command:
        case GrantRole(user_id=user_id, role=role):
            return () if role in state else (RoleGranted(user_id, role),)
        case RevokeRole(user_id=user_id, role=role):
            return (RoleRevoked(user_id, role),) if role in state else ()
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case RoleGranted(role=role):
            return state | {role}
        case RoleRevoked(role=role):
            return state - {role}
        case _:
            assert_never(event)


def stream(command: Command) -> str:
    return stream_of(command.user_id)


def stream_of(user_id: UserId) -> str:
    return f"user-{user_id}"


decider: Decider[Command, Event, State] = Decider(frozenset(), decide, evolve, stream)
