"""What must hold of the book by itself, whatever today's rules say."""

from collections.abc import Iterator

from mywork.domain.errors import AccountNotFound
from mywork.ledger.accounts import chart_row
from mywork.ledger.findings import Check, Cursor, by_query

BALANCED = by_query(
    "balanced",
    "Every entry balances in each currency, is complete, and posts to accounts of that currency.",
    """
SELECT 'entry ' || position, detail FROM (
    SELECT position, 'is out of balance by ' || sum(amount_minor) || ' ' || currency AS detail
      FROM ledger.postings GROUP BY position, currency HAVING sum(amount_minor) <> 0
    UNION ALL
    SELECT p.position, 'line ' || p.line || ' is in ' || p.currency || ', its account '
           || coalesce(a.code || ' in ' || a.currency, 'does not exist')
      FROM ledger.postings p LEFT JOIN ledger.accounts a ON a.id = p.account_id
     WHERE a.currency IS DISTINCT FROM p.currency
    UNION ALL
    SELECT position, 'was announced with ' || e.size || ' postings and has ' || p.size
      FROM ledger.entries e FULL JOIN (
           SELECT position, count(*) AS size, max(line) AS last FROM ledger.postings
            GROUP BY position) p USING (position)
     WHERE e.size IS DISTINCT FROM p.size OR p.last <> p.size) found
 ORDER BY position
""",
    rests_on=("postings",),
)

BALANCES = by_query(
    "balances",
    "The balance of every account is the sum of its postings.",
    """
SELECT 'account ' || a.code || ' ' || a.currency,
       'stands at ' || a.balance_minor || ', its postings sum to ' || coalesce(p.sum_minor, 0)
  FROM ledger.accounts a
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS sum_minor
               FROM ledger.postings GROUP BY account_id) p ON p.account_id = a.id
 WHERE a.balance_minor <> coalesce(p.sum_minor, 0) ORDER BY a.code, a.currency
""",
    rests_on=("postings",),
)

BOUNDS = by_query(
    "bounds",
    "No bounded account stands on the wrong side.",
    """
SELECT 'account ' || code || ' ' || currency, 'stands at ' || balance_minor || ', on the wrong side'
  FROM ledger.accounts WHERE balance_minor * bound_sign < 0 ORDER BY code, currency
""",
    rests_on=("accounts", "balances"),
)


def _as_the_chart_says(cursor: Cursor) -> Iterator[tuple[str, str]]:
    query = "SELECT code, currency, kind, bound_sign FROM ledger.accounts ORDER BY code, currency"
    for code, currency, kind, bound_sign in cursor.execute(query).fetchall():
        subject = f"account {code} {currency}"
        try:
            row = chart_row(code)
        except AccountNotFound:
            yield subject, "is not in the chart of accounts"
            continue
        if kind != row.kind:
            yield subject, f"is of kind {kind}; by the chart it is {row.kind}"
        elif bound_sign != row.bound_sign:
            yield subject, f"has the bound {bound_sign}; by the chart it is {row.bound_sign}"


ACCOUNTS = Check(
    "accounts",
    "Every account is in the chart, with the kind and the bound that the chart gives it.",
    _as_the_chart_says,
)
