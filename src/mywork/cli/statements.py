"""What sellers are told: their statements, and how versions of them differ."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mywork.cli.common import JSON, Moment, expected_errors, using_core
from mywork.cli.ledger import ledger

if TYPE_CHECKING:
    from mywork.bootstrap.core import Core
    from mywork.ledger.statements.statement import Statement

CURRENCY = click.option("--currency", default="USD", show_default=True)


@ledger.command("statement")
@click.argument("seller")
@click.option("--from", "since", type=Moment(), help="By default the first of the month.")
@click.option("--to", "until", type=Moment(), help="Not part of it; by default this month's end.")
@click.option("--period", help="An accounting period instead: once closed, it stays as it is.")
@click.option("--version", type=click.IntRange(1), help="As of this closing of the period.")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@CURRENCY
@JSON
@expected_errors
def statement_command(
    seller: str,
    since: datetime | None,
    until: datetime | None,
    period: str | None,
    version: int | None,
    pdf: Path | None,
    currency: str,
    as_json: bool,
) -> None:
    """SELLER's statement: opening + lines = closing, in one currency.

    \b
    Example:  mywork ledger statement user_ada --period 2026-10 --pdf ada.pdf
    """
    from mywork.documents.statements import statement_of
    from mywork.domain.errors import TimeRangeInvalid
    from mywork.domain.period.months import parse_period
    from mywork.ledger.statements.statement import period_statement, statement
    from mywork.ledger.time_range import default_range
    from mywork.rendering import statements as rendering

    if (period and (since or until)) or (version and not period):
        raise TimeRangeInvalid("ask for a time range, or for a period and its version")
    of = seller, currency
    with using_core() as core:
        if period:
            found = period_statement(core.store, *of, parse_period(period), version=version)  # type: ignore[arg-type]
        else:
            chosen = default_range(since, until, now=core.outside.clock.now())
            found = statement(core.store, *of, chosen)  # type: ignore[arg-type]
        if pdf is not None:
            _write_pdf(core, found, pdf)
    if pdf is None:
        rendering.statement(statement_of(found), as_json=as_json)


def _write_pdf(core: "Core", found: "Statement", pdf: Path) -> None:
    from mywork.application.usecases.letterhead import letterhead_of
    from mywork.documents.statements import statement_of
    from mywork.rendering.statement_pdf import statement_pdf

    pdf.write_bytes(
        statement_pdf(
            statement_of(found),
            letterhead_of(core.store, core.people, found, platform=core.settings.platform_name),
        )
    )
    click.echo(f"{pdf}: {len(found.lines)} entries of {found.seller_id}")


@ledger.command("statement-difference")
@click.argument("seller")
@click.option("--period", required=True)
@click.option("--from-version", type=click.IntRange(1), default=1, show_default=True)
@click.option("--to-version", type=click.IntRange(1), help="By default the newest.")
@CURRENCY
@JSON
@expected_errors
def difference_command(
    seller: str,
    period: str,
    from_version: int,
    to_version: int | None,
    currency: str,
    as_json: bool,
) -> None:
    """What was added to SELLER's statement of a month that was reopened and closed again.

    \b
    Example:  mywork ledger statement-difference user_ada --period 2026-10
    """
    from mywork.documents.statements import difference_of
    from mywork.domain.period.months import parse_period
    from mywork.ledger.statements.statement import period_statement
    from mywork.ledger.statements.totals import difference
    from mywork.rendering import statements as rendering

    with using_core() as core:
        older, newer = (
            period_statement(core.store, seller, currency, parse_period(period), version=version)  # type: ignore[arg-type]
            for version in (from_version, to_version)
        )
    rendering.statement_difference(difference_of(difference(older, newer)), as_json=as_json)


@ledger.command("tax-summary")
@click.argument("seller", required=False)
@click.option("--year", type=click.IntRange(2000, 9998), required=True)
@click.option("--by", type=click.Choice(["month", "quarter", "year"]), default="year")
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it.")
@JSON
@expected_errors
def tax_summary_command(
    seller: str | None, year: int, by: str, file: Path | None, as_json: bool
) -> None:
    """Gross totals of SELLER, or of all sellers, as tax authorities ask for them.

    \b
    Example:  mywork ledger tax-summary --year 2026 --by quarter --csv sellers.csv
    """
    from mywork.documents.tax_summaries import tax_summaries_of, tax_summary_of
    from mywork.ledger.statements.tax_summary import by_quarter, by_year, tax_summary
    from mywork.rendering import tax_summaries as rendering
    from mywork.rendering.terminal import print_json

    with using_core() as core:
        rows = tax_summary(core.store, year, seller)  # type: ignore[arg-type]
    if seller and as_json and file is None:  # all that there is to say of one seller's year
        print_json(tax_summary_of(seller, year, rows))
        return
    if by != "month":
        rows = by_quarter(rows) if by == "quarter" else by_year(rows)
    found = tax_summaries_of(year, rows)
    if file is None:
        rendering.tax_summaries(found, as_json=as_json)
        return
    file.write_text(rendering.tax_spreadsheet(found), encoding="utf-8", newline="")
    click.echo(f"{file}: {len(rows)} rows")
