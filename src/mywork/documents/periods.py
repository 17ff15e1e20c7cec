"""Accounting periods, and the checklist that keeps one open."""

from datetime import UTC, datetime
from typing import Annotated, Literal, cast

from msgspec import Meta

from mywork.documents.document import Document, Id, Moment
from mywork.documents.ledger import Month
from mywork.domain.period import messages
from mywork.domain.period.months import Period

PeriodStatus = Annotated[
    Literal["open", "closed", "reopening_proposed"],
    Meta(title="PeriodStatus", description="A proposal to reopen waits for a second person."),
]
CheckName = Annotated[
    Literal[
        "suspense_empty",
        "no_open_breaks",
        "fees_known",
        "facts_cleared",
        "trial_balance_balanced",
        "projections_caught_up",
        "schedule_worked",
        "earlier_months_closed",
    ],
    Meta(title="CheckName", description="What is looked at before a month is closed."),
]


class AccountingPeriod(Document):
    """A month: `version` counts its closings. Who proposes to reopen it, and why, or null."""

    period: Month
    status: PeriodStatus
    version: int
    reopening_proposed_by: Id | None
    reopening_reason: str | None


ACCOUNTING_PERIOD = AccountingPeriod(
    period=Period("2026-10"),
    status="closed",
    version=1,
    reopening_proposed_by="user_alice",
    reopening_reason="an invoice is missing",
)


class AccountingPeriods(Document):
    """Every month from the beginning of the books to the present one, the newest first."""

    data: tuple[AccountingPeriod, ...]


ACCOUNTING_PERIODS = AccountingPeriods(data=(ACCOUNTING_PERIOD,))


class FailingItem(Document):
    """What keeps a month open: `subject` names the break, order, object, account or month."""

    subject: str
    detail: str


FAILING_ITEM = FailingItem(
    subject="MW-2026-00007",
    detail="the fee is not known: 299.00 USD of ch_1 wait for Stripe's transaction",
)


class PeriodCheck(Document):
    """A line of a checklist: how many things were looked at, and which of them fail."""

    name: CheckName
    passed: bool
    examined: int
    failing: tuple[FailingItem, ...]


PERIOD_CHECK = PeriodCheck(name="fees_known", passed=False, examined=250, failing=(FAILING_ITEM,))


def check_of(found: messages.Check) -> PeriodCheck:
    return PeriodCheck(
        name=cast("CheckName", found.name),
        passed=found.passed,
        examined=found.examined,
        failing=tuple(
            FailingItem(subject=item.subject, detail=item.detail) for item in found.failing
        ),
    )


class PeriodChecklist(Document):
    """How a month stands as of a position of the history; `ready` if no check fails."""

    period: Month
    status: PeriodStatus
    version: int
    ready: bool
    as_of_position: int
    as_of: Moment
    checks: tuple[PeriodCheck, ...]


PERIOD_CHECKLIST = PeriodChecklist(
    period=Period("2026-10"),
    status="open",
    version=0,
    ready=False,
    as_of_position=4711,
    as_of=datetime(2026, 11, 3, 9, tzinfo=UTC),
    checks=(PERIOD_CHECK,),
)


class DecidedPeriod(Document):
    """A month that was closed just now, or is to be opened again."""

    period: Month
    version: int
    status: PeriodStatus


DECIDED_PERIOD = DecidedPeriod(period=Period("2026-10"), version=1, status="closed")
