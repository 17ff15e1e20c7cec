"""What use cases need to read of the read tables, which may be a moment behind the history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import psycopg

from mywork.domain.breaks.difference_messages import DifferenceKind, Evidence
from mywork.domain.identifiers import BreakId, PayoutId, SellerId, UserId
from mywork.domain.period.messages import Check
from mywork.domain.period.months import Period


@dataclass(frozen=True, slots=True)
class StandingDifference:
    """A difference that has neither gone nor been corrected: an open break, or an explained one."""

    break_id: BreakId
    kind: DifferenceKind
    is_open: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The open break of a fact whose balance transaction has not come."""

    break_id: BreakId
    object_id: str
    currency: str


@dataclass(frozen=True, slots=True)
class Owing:
    """A debt of one seller in one currency; `parts` are (since, minor units)."""

    seller_id: str
    currency: str
    parts: Sequence[tuple[datetime, int]]
    written_off_minor: int
    proposed_minor: int
    proposed_by: str
    reason: str


class Views(Protocol):
    def open_breaks_by_seller(self) -> Mapping[SellerId, Sequence[str]]:
        """The open breaks that put in doubt what a seller is owed.

        A fact whose balance transaction is late is none of these: Stripe is late, not the money.
        What concerns neither an order nor a payout (a balance, a line of the bank's) is nobody's.
        """

    def open_breaks_among(self, break_ids: Sequence[str]) -> frozenset[str]: ...
    def standing_differences(self) -> Sequence[StandingDifference]: ...
    def unsettled_facts(self) -> Sequence[Unsettled]: ...
    def owing(self, at: datetime | None = None) -> Iterable[Owing]:
        """What is owed, or was given up and not paid since; now, or what was at a moment."""

    def payout_owner(self, payout_id: PayoutId) -> tuple[SellerId, str] | None:
        """Whose payout it is, and in which currency."""

    def holders(self, roles: Sequence[str]) -> Sequence[UserId]:
        """The users who hold one of some roles, each once."""

    def checks(self, cursor: psycopg.Cursor[Any], month: Period) -> Sequence[Check]:
        """What of a month is open among breaks, and whether all of it was read; on a snapshot."""
