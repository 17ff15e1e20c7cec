"""Closing a month and opening it again: what people of finance decide about the books."""

from contextlib import suppress
from typing import Literal

from eventstore.store import EventStore
from mywork.application.commands import envelope
from mywork.application.handle import Handler, Outcome
from mywork.application.ports.clock import Clock
from mywork.application.ports.tables import DeadlinesTable
from mywork.application.ports.views import Views
from mywork.application.scheduled.working_days import WORKING_DAYS, working_days_before
from mywork.documents.document import moment
from mywork.documents.periods import (
    AccountingPeriod,
    AccountingPeriods,
    DecidedPeriod,
    PeriodChecklist,
    check_of,
)
from mywork.domain.decider import Command
from mywork.domain.errors import Conflict
from mywork.domain.identifiers import UserId
from mywork.domain.period.decider import PERIOD
from mywork.domain.period.decisions import in_order
from mywork.domain.period.messages import ApproveReopening, Check, ClosePeriod, ProposeReopening
from mywork.domain.period.months import Period, month_of, preceding
from mywork.domain.period.state import Periods
from mywork.domain.streams import PERIODS
from mywork.ledger.findings import snapshot
from mywork.ledger.periods import checklist
from mywork.ledger.periods.checklist import Stands

ATTEMPTS = 5


class ClosingPeriods:
    """Each decision raises the refusal that explains why not."""

    def __init__(
        self,
        store: EventStore,
        handler: Handler,
        clock: Clock,
        *,
        views: Views,
        deadlines: DeadlinesTable,
    ) -> None:
        self._store = store
        self._handler = handler
        self._clock = clock
        self._views = views
        self._deadlines = deadlines

    def periods(self) -> Periods:
        """Which months are closed, how often, and what is proposed."""
        state: Periods = self._handler.state(PERIOD, PERIODS)
        return state

    def listed(self) -> AccountingPeriods:
        """Every month from the beginning of the books to the present one, the newest first."""
        with snapshot(self._store.url) as cursor:
            first = checklist.stands(cursor).first
        state, month = self.periods(), month_of(self._clock.now())
        found: list[AccountingPeriod] = []
        while first and month >= first:
            found.append(_standing(state, month))
            month = preceding(month)
        return AccountingPeriods(data=tuple(found))

    def checklist(self, month: Period) -> PeriodChecklist:
        """Evaluated now, whether the month is closed or not."""
        found, stands = self._evaluate(month)
        state = self.periods()
        if not state.is_closed(month):
            found = (*found, in_order(month, state.next_to_close(stands.first)))
        return PeriodChecklist(
            period=month,
            status=_status(state, month),
            version=state.versions.get(month, 0),
            ready=all(check.passed for check in found),
            as_of_position=stands.head,
            as_of=moment(self._clock.now()),
            checks=tuple(map(check_of, found)),
        )

    def decided(self, month: Period) -> DecidedPeriod:
        """What has become of a month by a decision just now."""
        state = self.periods()
        proposed = state.proposal is not None and state.proposal.period == month
        return DecidedPeriod(
            period=month,
            version=state.versions.get(month, 0),
            status="reopening_proposed" if proposed else _status(state, month),
        )

    def close(self, month: Period, *, by: UserId) -> Outcome:
        """Close a month on a checklist that nothing has overtaken.

        Raises PeriodNotOver or PeriodNotReady; Conflict while entries of it keep coming in.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(Conflict):
                return self._close(month, by)
        return self._close(month, by)

    def _close(self, month: Period, by: UserId) -> Outcome:
        checks, stands = self._evaluate(month)
        command = ClosePeriod(
            period=month,
            first=stands.first,
            checks=checks,
            checked_position=stands.head,
            closed_by=by,
            at=self._clock.now(),
        )
        return self._handle(command, by)

    def reopen(self, month: Period, *, reason: str, by: UserId) -> Outcome:
        """Propose it, or approve what somebody else has proposed; both give their reason."""
        now, proposal = self._clock.now(), self.periods().proposal
        if proposal and proposal.period == month and proposal.proposed_by != by:
            return self._handle(ApproveReopening(month, by, now), by, reason)
        return self._handle(ProposeReopening(month, reason, by, now), by, reason)

    def _evaluate(self, month: Period) -> tuple[tuple[Check, ...], Stands]:
        missed_since = working_days_before(self._clock.now(), WORKING_DAYS)
        with snapshot(self._store.url) as cursor:
            stands = checklist.stands(cursor)
            found = checklist.checks(cursor, month, missed_since=missed_since)
            found += self._views.checks(cursor, month)
            found += self._deadlines.checks(cursor, month)
        return tuple(found), stands

    def _handle(self, command: Command, by: UserId, reason: str = "") -> Outcome:
        return self._handler.handle(envelope(command, actor=by, reason=reason))


def _standing(state: Periods, month: Period) -> AccountingPeriod:
    proposal = state.proposal if state.proposal and state.proposal.period == month else None
    return AccountingPeriod(
        period=month,
        status=_status(state, month),
        version=state.versions.get(month, 0),
        reopening_proposed_by=proposal.proposed_by if proposal else None,
        reopening_reason=proposal.reason if proposal else None,
    )


def _status(state: Periods, month: Period) -> Literal["open", "closed"]:
    return "closed" if state.is_closed(month) else "open"
