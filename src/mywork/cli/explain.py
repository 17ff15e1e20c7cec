"""Why the books say what they say."""

from datetime import datetime
from typing import Any

import click

from mywork.cli.common import JSON, Moment, expected_errors, using_core
from mywork.cli.ledger import ledger


@ledger.command("explain")
@click.argument("subject", metavar="ACCOUNT|ENTRY")
@click.option("--at", type=Moment(), help="The balance then; by default now.")
@click.option("--from", "since", type=Moment(), help="By default the first of that month.")
@click.option("--as-known-at", type=Moment(), help="What was booked by then.")
@click.option("--currency", default="USD", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--after", default="", help="Go on from where the page before ended.")
@JSON
@expected_errors
def explain_command(subject: str, as_json: bool, **asked: Any) -> None:
    """A balance opened into what it is made of, or an entry (a number) into why it is there.

    \b
    Example:  mywork ledger explain revenue:commission --at 2026-11-30T23:59:59Z
              mywork ledger explain 42
    """
    from mywork.documents.entries import entry_of
    from mywork.documents.explain import explained_balance_of
    from mywork.ledger.explain.entry import explain_entry
    from mywork.rendering import explain as rendering

    with using_core() as core:
        if subject.isdecimal():
            entry = entry_of(explain_entry(core.store, int(subject)))
            rendering.explained_entry(entry, as_json=as_json)
        else:
            found = explained_balance_of(_account(core, subject, **asked))
            rendering.explained_account(found, as_json=as_json)


def _account(
    core: Any,
    account: str,
    *,
    at: datetime | None,
    since: datetime | None,
    as_known_at: datetime | None,
    currency: str,
    limit: int,
    after: str,
) -> Any:
    from mywork.ledger.accounts import chart_row
    from mywork.ledger.explain.account import explain_account
    from mywork.ledger.time_range import up_to

    chart_row(account)
    chosen = up_to(at or core.outside.clock.now(), since)
    return explain_account(
        core.store,
        (account, currency),
        chosen,
        as_known_at=as_known_at,
        after=after,
        limit=limit,
    )
