"""The tables of docs/ are produced here, so they cannot go stale.

MYWORK_UPDATE_DOCS=1 writes them; otherwise the test compares.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from events import EXAMPLES
from marketplace import ADA, Marketplace
from posting_table import ROWS

from mywork.assurance import protection
from mywork.domain.catalogue import EVENTS
from mywork.domain.money import decimal_text
from mywork.ledger.accounts import CHART
from mywork.ledger.entry import Entry
from mywork.ledger.findings import snapshot
from mywork.ledger.rules.posting import post
from mywork.ledger.trial_balance import trial_balance

DOCS = Path(__file__).parent.parent / "docs"


def table(*rows: Iterable[str]) -> list[str]:
    header, *body = [list(row) for row in rows]
    lines = [header, ["---"] * len(header), *body]
    return [f"| {' | '.join(line)} |" for line in lines]


@contextmanager
def alone() -> Iterator[None]:
    """Several workers write one document: one at a time."""
    with (DOCS.parent / "pyproject.toml").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def compare(name: str, lines: list[str]) -> None:
    file, text = DOCS / name, "\n".join(lines) + "\n"
    if os.environ.get("MYWORK_UPDATE_DOCS"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, f"run MYWORK_UPDATE_DOCS=1 scripts/test -k {name.partition('.')[0].replace('-', '_')}"  # noqa: E501  # fmt: skip


def _amount(amount_minor: int, currency: str) -> str:
    """Dollars go without saying."""
    return decimal_text(amount_minor, currency) + ("" if currency == "USD" else f" {currency}")


def sides(entry: Entry) -> tuple[str, str]:
    """Debits and credits in words."""

    def words(lines: Iterable[Any]) -> str:
        return "<br>".join(
            f"`{line.account}` {_amount(abs(line.amount_minor), line.currency)}" for line in lines
        )

    debits = words(line for line in entry.postings if line.amount_minor > 0)
    return debits, words(line for line in entry.postings if line.amount_minor < 0)


def test_event_catalogue() -> None:
    lines = [
        "# Event catalogue",
        "",
        "Every event that exists, under the name it keeps for ever. Written by",
        "`tests/test_docs.py`; stored examples are in `tests/golden`. Each event also carries its",
        "[envelope](../eventstore/envelope.py): stream, version, position, recorded_at,",
        "effective_at, actor, reason, command id, causation, correlation.",
        "",
    ]
    for name, event in EVENTS.items():
        entry = post(EXAMPLES[name])
        said = "" if (event.__doc__ or "").startswith(f"{event.__name__}(") else event.__doc__ or ""
        lines += [f"## `{name}`", ""]
        lines += [" ".join(said.split()), ""] if said else []
        lines += table(
            ("field", "type"),
            *((f"`{field.name}`", f"`{_type(field.type)}`") for field in fields(event)),
        )
        lines += ["", "Posts nothing." if entry is None else "Posts:", ""]
        lines += [*table(("debit", "credit"), sides(entry)), ""] if entry is not None else []
    compare("event-catalogue.md", lines[:-1])


def _type(annotation: Any) -> str:
    text = getattr(annotation, "__name__", None) or str(annotation)
    if "Literal" in str(annotation):
        text = str(annotation)
    return text.replace("typing.", "").replace("collections.abc.", "").replace("|", "or")


def test_chart_of_accounts(marketplace: Marketplace) -> None:
    lines = [
        "# Chart of accounts",
        "",
        "One of each per currency. Amounts are debit-positive inside; a bounded account never",
        "crosses to the other side, and PostgreSQL refuses it. Written by `tests/test_docs.py`.",
        "",
        *table(
            ("kind", "account", "bound", "meaning"),
            *(
                (row.kind, f"`{row.pattern}`", "≥ 0" if row.bounded else "free", row.meaning)
                for row in CHART
            ),
        ),
        "",
        "## The posting table, executed",
        "",
        "Each row was played on PostgreSQL, through the Stripe sandbox: the specification's sale",
        "of $299.00, and what can become of it (`tests/posting_table.py`).",
        "",
        "Facts learnt from Stripe's objects post against `stripe:uncleared`; Stripe's own balance",
        "transactions move `stripe:pending` and `stripe:available`, and nothing else does.",
        "",
    ]
    played = ["## One sale of $299.00, played", ""]
    played += ["On PostgreSQL, through the Stripe sandbox. Balances after each step, in USD:", ""]
    played += _played(marketplace)
    with alone():
        rows = _posting_rows()
        lines += [*table(("what happens", "event", "debit", "credit"), *rows), "", *played]
        compare("chart-of-accounts.md", lines)


ROWS_BY_TITLE = {row.title: row for row in ROWS}


def _posting_rows() -> list[tuple[str, ...]]:
    """As they stand in the document; `test_a_row_of_the_posting_table` keeps each of them true."""
    text = (DOCS / "chart-of-accounts.md").read_text(encoding="utf-8")
    table_of_rows = text.partition("## One sale")[0].splitlines()
    known = {line.split(" | ")[0].removeprefix("| "): line for line in table_of_rows}
    rows = [known.get(row.title, f"| {row.title} |  |  | ") for row in ROWS]
    return [tuple(line.removeprefix("| ").removesuffix(" |").split(" | ")) for line in rows]


@pytest.mark.parametrize("title", ROWS_BY_TITLE)
def test_a_row_of_the_posting_table(marketplace: Marketplace, title: str) -> None:
    """Played on real components: what was booked is what the document says."""
    entries = ROWS_BY_TITLE[title].entries(marketplace)
    names = "<br>".join(f"`{name}`" for name, _ in entries)
    both = [sides(entry) for _, entry in entries]
    debit, credit = ("<br>".join(side) for side in zip(*both, strict=True)) if both else ("", "")
    line = f"| {title} | {names or 'nothing'} | {debit} | {credit} |".replace("user_ada", "ada")
    if os.environ.get("MYWORK_UPDATE_DOCS"):
        _write_row(title, line)
    assert line in (DOCS / "chart-of-accounts.md").read_text(encoding="utf-8").splitlines()


def _write_row(title: str, line: str) -> None:
    file = DOCS / "chart-of-accounts.md"
    with alone():
        lines = file.read_text(encoding="utf-8").splitlines()
        place = next(n for n, known in enumerate(lines) if known.startswith(f"| {title} | "))
        lines[place] = line
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


SHOWN = (
    "seller:user_ada:pending",
    "seller:user_ada:available",
    "seller:user_ada:in_payout",
    "stripe:uncleared",
    "stripe:pending",
    "stripe:available",
    "revenue:commission",
    "recovery:processing",
    "expense:processing",
)


def _played(marketplace: Marketplace) -> list[str]:
    rows: list[tuple[str, ...]] = []

    def step(name: str) -> None:
        assert trial_balance(marketplace.core.store).balanced
        found = {row.account: row for row in trial_balance(marketplace.core.store).rows}
        amounts = [found[account].balance_minor if account in found else 0 for account in SHOWN]
        rows.append((name, *(decimal_text(amount, "USD") if amount else "" for amount in amounts)))

    marketplace.onboarded_seller()
    terms = marketplace.placed_order(marketplace.published_product())
    marketplace.pay(terms)
    marketplace.carry()
    marketplace.drain()
    step("order paid")
    marketplace.settle()
    step("payment settled")
    marketplace.advance(days=2)
    marketplace.settle()
    step("funds available")
    marketplace.advance(days=5)
    marketplace.settle()
    step("funds released")
    marketplace.core.paying_out.request(ADA, "USD", request_id="docs")
    step("payout requested")
    marketplace.settle()
    step("transfer sent and settled")
    header = ("after", *(f"`{account.replace('user_ada', 'ada')}`" for account in SHOWN))
    note = "Debits are positive, credits negative; every line sums to zero."
    return [*table(header, *rows), "", note]


def test_the_chart_of_what_guards_the_tables(database_url: str) -> None:
    """`mywork audit verify` compares every database with what the migrations make of a new one."""
    with snapshot(database_url) as cursor:
        text = protection.written(protection.guards(cursor))
    if os.environ.get("MYWORK_UPDATE_DOCS"):
        protection.EXPECTED.write_text(text, encoding="utf-8")
    assert protection.EXPECTED.read_text(encoding="utf-8") == text, "run MYWORK_UPDATE_DOCS=1 scripts/test tests/test_docs.py -k guards"  # noqa: E501  # fmt: skip
