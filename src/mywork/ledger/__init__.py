"""The double-entry book: accounts, entries, posting rules, and the tables that hold them.

Read `accounts` (the chart), `entry` (what cannot exist unbalanced), `rules` (what each event
posts), `book` (how entries are written with their events), `trial_balance` (what is read).
"""
