"""Who is asking, and what a request may meet before it is heard."""

from dataclasses import dataclass
from typing import Protocol

from mywork.domain.errors import MyWorkError
from mywork.domain.identifiers import UserId


@dataclass(frozen=True, slots=True)
class Session:
    user_id: UserId
    session_id: str


class Identity(Protocol):
    def verify(self, token: str) -> Session:
        """Raises TokenInvalid."""


class TokenInvalid(MyWorkError):
    """The bearer token is missing, expired, forged or meant for somebody else."""


class IdempotencyMismatch(MyWorkError):
    """The idempotency key was used with another body."""


class StillInProgress(MyWorkError):
    """The first request with this idempotency key has not finished."""
