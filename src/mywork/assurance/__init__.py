"""Auditing ourselves: is everything what the history says, and is the history what it was?

Read `history_checks`, `book_checks` and `protection` (what is asked in SQL alone), `comparing`
(rows against rows), `book` and `read_tables` (what a replay makes of the history), `replay` (both
on one snapshot, on two processes), then `checks` (what `mywork audit verify` asks).
"""
