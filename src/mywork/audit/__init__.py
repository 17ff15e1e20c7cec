"""Auditing ourselves: is everything what the history says, and is the history what it was?

Read `history` and `protection` (what is asked of events, and of what guards the tables),
`comparing` (rows against rows), `book` and `read_tables` (what a replay makes of the history),
`replay` (both on one snapshot, on two processes), then `checks` (what `mywork audit verify` asks).
"""

from mywork.audit.replay import replay

__all__ = ["replay"]
