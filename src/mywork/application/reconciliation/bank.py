"""Reconciling with the bank: each line of a statement is a payout of ours, or an open break."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.views import StandingDifference
from mywork.application.reconciliation.differences import ACTOR, Differences
from mywork.application.reconciliation.stripe import Run
from mywork.domain.breaks.difference_messages import DifferenceKind
from mywork.domain.errors import CurrencyDiffers, FileForAnotherAccount
from mywork.domain.identifiers import new_id
from mywork.domain.reconciliation import RecordRun
from mywork.ledger.reconciliation.bank import AT_MOST, BankLine, Matching, differences, match
from mywork.ledger.reconciliation.bank_payouts import bank_currencies, bank_payouts
from mywork.ledger.reconciliation.differences import Difference

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BankStatement:
    """A file of the bank's, as it was read: the lines of its days, `last` being one of them."""

    digest: str
    lines: Sequence[BankLine]
    first: date
    last: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last, time(), UTC) + DAY


class BankReconciliation:
    """`accounts` are our own at the bank, each with its currency; empty where none was said."""

    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        *,
        differences: Differences,
        clock: Clock,
        accounts: Mapping[str, str],
    ) -> None:
        self._store = store
        self._handler = handler
        self._differences = differences
        self._clock = clock
        self._accounts = accounts

    def with_statement(self, statement: BankStatement) -> Run:
        """Match each line; open, end and record what differs.

        Raises FileForAnotherAccount or CurrencyDiffers, which name the line.
        """
        self._check(statement.lines)
        known = bank_payouts(self._store, statement.since - AT_MOST, statement.until + AT_MOST)
        position, found = self._store.head(), match(statement.lines, known)
        unlike = differences(found, statement.first, statement.last)
        kept = self._differences.keep(
            unlike, "bank", lambda standing: _examined(standing, statement, found)
        )
        command = RecordRun(
            run_id=new_id(),
            source="bank",
            file=statement.digest,
            since=statement.since,
            until=statement.until,
            position=position,
            matched={"bank_line": len(found.pairs) - _count(unlike, "bank_amount_differs")},
            in_flight=0,
            differences=Counter(item.kind for item in kept.open),
            ended=kept.ended,
            balances=(),
            at=self._clock.now(),
        )
        (completed,) = self._handler.handle(envelope(command, actor=ACTOR)).events
        return Run(completed, kept.open)

    def _check(self, lines: Sequence[BankLine]) -> None:
        known = bank_currencies(self._store) if not self._accounts else frozenset()
        for line in lines:
            if self._accounts and line.account not in self._accounts:
                raise FileForAnotherAccount(
                    f"line {line.line} is of account {line.account or 'unknown'}, which is not one"
                    " of ours; MYWORK_BANK_ACCOUNTS lists those"
                )
            expected = {self._accounts[line.account]} if self._accounts else known
            if line.currency not in expected:
                raise CurrencyDiffers(
                    f"line {line.line} is in {line.currency}, and our bank account is in "
                    f"{' or '.join(sorted(expected)) or 'no currency yet'}"
                )


def _examined(known: StandingDifference, statement: BankStatement, found: Matching) -> bool:
    """Whether this statement would have shown it: its line, its payout, or its day."""
    subjects = {line.id for line, _ in found.pairs}
    subjects |= {payout.transaction_id for _, payout in found.pairs}
    if subjects & set(known.evidence.references):
        return True
    sides = (known.evidence.theirs, known.evidence.ours)
    return any(side and statement.since <= side.at < statement.until for side in sides)


def _count(unlike: Sequence[Difference], kind: DifferenceKind) -> int:
    return sum(item.kind == kind for item in unlike)
