"""Use cases: the one write path, and everything that happens around it.

Read `handle` (how a command becomes committed facts), `inbox` (how facts from outside arrive),
`outbox` (what follows from an event), `scheduled` (what the clock brings), then `usecases`.
"""
