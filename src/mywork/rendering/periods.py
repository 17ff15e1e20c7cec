"""Accounting periods, and what keeps one from being closed."""

from collections.abc import Sequence
from dataclasses import asdict

from mywork.application.usecases.closing_periods import Checklist, Standing
from mywork.rendering.terminal import console, print_json, table_of


def periods(found: Sequence[Standing], *, as_json: bool = False) -> None:
    if as_json:
        print_json([asdict(item) for item in found])
        return
    table = table_of("Periods", ("period", "state"), ("version",), ("",))
    for item in found:
        state, proposal = "closed" if item.closed else "open", item.proposal
        said = f"{proposal.proposed_by} proposes to reopen: {proposal.reason}" if proposal else ""
        table.add_row(item.period, state, str(item.version or ""), said)
    console().print(table if found else "there is no entry in the books")


def checklist(found: Checklist, *, as_json: bool = False) -> None:
    if as_json:
        print_json(asdict(found) | {"ready": found.ready})
        return
    state = f"closed, version {found.version}" if found.closed else "open"
    table = table_of(f"{found.period}, {state}", ("check",), ("examined",), ("fails", "why"))
    for check in found.checks:
        first, *rest = check.failing or (None,)
        reason = (first.subject, first.detail) if first else ("", "")
        table.add_row(check.name.replace("_", " "), f"{check.examined:,}", *reason)
        for item in rest:
            if item is not None:
                table.add_row("", "", item.subject, item.detail)
    console().print(table)


def period_closed(found: Checklist, *, as_json: bool = False) -> None:
    if as_json:
        print_json({"period": found.period, "closed": found.closed, "version": found.version})
        return
    console().print(f"{found.period} is closed, version {found.version}")
