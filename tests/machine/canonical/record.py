"""What is written of a play: its history, postings, balances, and its calls of Stripe.

Everything is read as it is stored, by its stored name, so that no class of the product's is
needed. What a clock of the real world wrote is left out. The position of an event is its line, so
that an event more or less is one line in a comparison.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import psycopg
from psycopg.rows import dict_row

from machine.canonical.names import Names
from mywork.sandbox.stripe.transport import InProcess

Row = dict[str, Any]
_QUERIES = {
    "history": """
        SELECT originator_id AS stream, originator_version AS version, topic AS name,
               convert_from(state, 'UTF8')::json -> 'data' AS data,
               convert_from(state, 'UTF8')::json -> 'meta' AS meta
          FROM eventstore.events ORDER BY notification_id""",
    "postings": """
        SELECT e.originator_id AS stream, e.originator_version AS version, e.topic AS name,
               n.effective_at::text, n.period, p.line, a.code AS account, p.currency,
               p.amount_minor, p.object_id AS object
          FROM ledger.entries n
          JOIN eventstore.events e ON e.notification_id = n.position
          LEFT JOIN ledger.postings p ON p.position = n.position
          LEFT JOIN ledger.accounts a ON a.id = p.account_id
         ORDER BY n.position, p.line""",
    "balances": """
        SELECT code AS account, currency, balance_minor
          FROM ledger.accounts WHERE balance_minor <> 0 ORDER BY id""",
}
KINDS = (*_QUERIES, "calls", "answers")


def write(stem: Path, rows: dict[str, list[Row]]) -> None:
    """One file for each kind, named `stem.kind`; an id has one name in all of them."""
    names = Names()
    for kind in KINDS:
        lines = [json.dumps(renamed, ensure_ascii=False) for renamed in _renamed(names, rows[kind])]
        if kind == "balances":
            lines.sort()  # whoever came first
        text = "".join(f"{line}\n" for line in lines)
        stem.with_name(f"{stem.name}.{kind}").write_text(text, encoding="utf-8")


def _renamed(names: Names, rows: Iterable[Row]) -> Iterator[Row]:
    """Keys of a row keep their order, since that is how a line is read.

    A command is named by its first event, so that names do not depend on which of two streams
    came first.
    """
    for row in rows:
        if "meta" in row:
            stream = names.renamed(row["stream"], "stream")
            names.give(row["meta"]["command_id"], f"{stream}/{row['version']}")
        yield {key: names.renamed(value, key) for key, value in row.items()}


def stored(database_url: str) -> dict[str, list[Row]]:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        connection.execute("SET timezone = 'UTC'")
        return {kind: connection.execute(query).fetchall() for kind, query in _QUERIES.items()}


@contextmanager
def heard() -> Iterator[list[Row]]:
    """Every request of the SDK to a Stripe of this process, in order, and how it was answered.

    An answer that never came has the status 0.
    """
    calls: list[Row] = []
    request = InProcess.request

    def noted(
        self: InProcess, method: str, url: str, headers: Any, post_data: Any = None, **more: Any
    ) -> Any:
        call = _call(method, url, headers, post_data)
        calls.append(call)
        answer = request(self, method, url, headers, post_data, **more)
        call["status"] = answer[1]
        return answer

    with patch.object(InProcess, "request", noted):
        yield calls


def _call(method: str, url: str, headers: Any, post_data: Any) -> Row:
    parts = urlsplit(url)
    body = post_data.decode() if isinstance(post_data, bytes) else post_data or ""
    keys = [value for name, value in (headers or {}).items() if name.lower() == "idempotency-key"]
    return {
        "method": method.upper(),
        "path": parts.path,
        "key": keys[0] if keys else None,
        "asked": dict(parse_qsl(parts.query, True) + parse_qsl(body, True)),
        "account": (headers or {}).get("Stripe-Account"),
        "status": 0,
    }
