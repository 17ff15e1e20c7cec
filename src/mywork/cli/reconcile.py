"""Reconciling: with Stripe, with a file of Stripe's, with the bank."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mywork.cli import main
from mywork.cli.common import JSON, Moment, expected_errors, using_core

if TYPE_CHECKING:
    from mywork.application.reconciliation.stripe import Run
    from mywork.bootstrap.core import Core

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.command()
@click.option("--from", "since", type=Moment(), help="By default the first of last month.")
@click.option("--to", "until", type=Moment(), help="Not part of it; by default there is no end.")
@click.option("--import", "csv", type=_FILE, help="A balance CSV of Stripe's, to check the feed.")
@click.option("--bank", type=_FILE, help="A statement of the bank's: CSV or camt.053.")
@JSON
@expected_errors
def reconcile(
    since: datetime | None,
    until: datetime | None,
    csv: Path | None,
    bank: Path | None,
    as_json: bool,
) -> None:
    """Compare what Stripe, or the bank, says with what was posted; exit 1 when breaks are open.

    \b
    Example:  mywork reconcile --from 2026-11-01 --to 2026-12-01
              mywork reconcile --import balance.csv
              mywork reconcile --bank november.xml --json
    """
    from mywork.documents.reconciliation import completed
    from mywork.ledger.time_range import TimeRange
    from mywork.rendering import reconciliation as rendering

    if csv and bank:
        raise click.UsageError("one file at a time: --import or --bank")
    if bank and (since or until):
        raise click.UsageError("a statement of the bank's says itself which days it has")
    if since and until:
        TimeRange(since, until)
    from mywork.projections import lists

    with using_core() as core:
        if bank:
            run = _with_bank(core, bank)
        elif csv:
            run = _with_csv(core, csv, since, until)
        else:
            run = _with_stripe(core, since, until, quiet=as_json)
        still_open = lists.breaks(core.store, status="open", limit=1)
    rendering.reconciled(completed(run.completed, run.differences), as_json=as_json)
    sys.exit(1 if run.differences or still_open else 0)


def _with_stripe(
    core: "Core", since: datetime | None, until: datetime | None, *, quiet: bool
) -> "Run":
    from mywork.application.reconciliation.stripe import first_of_last_month
    from mywork.rendering.terminal import with_progress

    start = since or first_of_last_month(until or core.outside.clock.now())
    if quiet:
        return core.stripe_reconciliation.with_stripe(start, until)
    runs: list[Run] = []
    with_progress(
        "Days of Stripe's list",
        lambda report: runs.append(core.stripe_reconciliation.with_stripe(start, until, report)),
    )
    return runs[0]


def _with_csv(core: "Core", csv: Path, since: datetime | None, until: datetime | None) -> "Run":
    from mywork.adapters.stripe.balance_csv import read_balance_csv

    return core.stripe_reconciliation.with_statement(
        read_balance_csv(csv.read_bytes(), since, until)
    )


def _with_bank(core: "Core", bank: Path) -> "Run":
    from mywork.adapters.bank.camt import read_camt
    from mywork.adapters.bank.csv import read_bank_csv

    content = bank.read_bytes()
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    statement = read_camt(content) if is_xml else read_bank_csv(content)
    return core.bank_reconciliation.with_statement(statement)
