"""A generic event store: append, read, follow. It knows no business word.

Read in this order: `envelope` (what an event carries), `catalogue` (names and bytes),
`recorder` (the one transaction that appends), `store` (the public face), `follow`
(readers that keep a position), `migrate` (numbered SQL files).
"""
