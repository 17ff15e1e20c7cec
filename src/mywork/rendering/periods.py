"""Accounting periods, and what keeps one from being closed."""

from mywork.documents.periods import AccountingPeriods, DecidedPeriod, PeriodChecklist
from mywork.rendering.terminal import console, print_json, table_of


def periods(found: AccountingPeriods, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    table = table_of("Periods", ("period", "state"), ("version",), ("",))
    for item in found.data:
        by, reason = item.reopening_proposed_by, item.reopening_reason
        said = f"{by} proposes to reopen: {reason}" if by else ""
        table.add_row(item.period, item.status, str(item.version or ""), said)
    console().print(table if found.data else "there is no entry in the books")


def checklist(found: PeriodChecklist, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    state = f"closed, version {found.version}" if found.status == "closed" else found.status
    table = table_of(f"{found.period}, {state}", ("check",), ("examined",), ("fails", "why"))
    for check in found.checks:
        reasons = [(item.subject, item.detail) for item in check.failing] or [("", "")]
        table.add_row(check.name.replace("_", " "), f"{check.examined:,}", *reasons[0])
        for reason in reasons[1:]:
            table.add_row("", "", *reason)
    console().print(table)


def period_closed(found: DecidedPeriod, *, as_json: bool = False) -> None:
    if as_json:
        print_json(found)
        return
    console().print(f"{found.period} is closed, version {found.version}")
