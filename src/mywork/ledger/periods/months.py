"""The entries of accounting periods, found without reading all others.

An entry is of a month by its date, or because the month was the first open one when it came.
"""

from typing import Any

from mywork.domain.period.months import Period, begins_at

_MONTHS = """
WITH months AS (
    SELECT position FROM ledger.entries
     WHERE period = ANY (%(periods)s)
       AND (effective_at >= %(since)s OR position > (
            SELECT min(position) FROM ledger.closings WHERE first_open = %(first)s)))
"""


def of_months(query: str) -> str:
    """A query on `months`, the positions of the entries that `asked_for` means.

    It may begin with further tables of its own, such as `looked AS (...) SELECT`.
    """
    separator = "" if query.lstrip().startswith("SELECT") else ","
    return f"{_MONTHS.rstrip()}{separator} {query}"


def asked_for(*months: Period) -> dict[str, Any]:
    """The parameters of months that follow one another, the first one first."""
    return {"periods": list(months), "first": months[0], "since": begins_at(months[0])}
