"""Asking what a month would have been under other terms."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from mywork.cli import main
from mywork.cli.common import JSON, expected_errors, using_core


@main.command("what-if")
@click.option("--period", required=True, help="The month, as 2026-10.")
@click.option(
    "--fee-schedule", metavar="FILE|EXPR", help="A JSON file, or commission=12%,USD.fixed=0.50."
)
@click.option("--hold-days", type=click.IntRange(0, 365), help="Days from payment to release.")
@JSON
@expected_errors
def what_if_command(
    period: str, fee_schedule: str | None, hold_days: int | None, as_json: bool
) -> None:
    """Run PERIOD's orders again under other fees or another hold; the books stay as they are.

    \b
    Example:  mywork what-if --period 2026-10 --fee-schedule commission=12% --hold-days 14
    """
    from mywork.application.usecases.what_if import what_if
    from mywork.documents.what_if import WhatIf
    from mywork.domain.errors import FeeScheduleInvalid
    from mywork.domain.order.simulation import OtherTerms
    from mywork.domain.period.months import parse_period
    from mywork.rendering import what_if as rendering
    from mywork.rendering.terminal import with_progress

    if fee_schedule is None and hold_days is None:
        raise FeeScheduleInvalid("say what would be different: --fee-schedule or --hold-days")
    hold = None if hold_days is None else timedelta(days=hold_days)
    terms = OtherTerms(_fees(fee_schedule), hold)
    month, found = parse_period(period), list[WhatIf]()
    with using_core() as core:
        now = core.outside.clock.now()

        def work(report: Callable[[int, int], None]) -> None:
            found.append(what_if(core.store, month, terms, now=now, progress=report))

        if as_json:
            work(_silently)
        else:
            with_progress("orders", work)
    rendering.what_if(found[0], as_json=as_json)


def _fees(given: str | None) -> Any:
    """From a JSON file of that name where there is one, else from the expression."""
    import json
    from pathlib import Path

    from mywork.domain.errors import FeeScheduleInvalid
    from mywork.domain.fee_changes import FeeChanges, parse_document, parse_expression

    if given is None:
        return FeeChanges()
    if "=" in given and not Path(given).is_file():
        return parse_expression(given)
    try:
        return parse_document(json.loads(Path(given).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise FeeScheduleInvalid(f"{given} is no JSON file with fees: {error}") from error


def _silently(done: int, total: int) -> None:
    """Nobody looks at a bar where a program reads."""
    del done, total
