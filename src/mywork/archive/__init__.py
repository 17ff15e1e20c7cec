"""The archive of history in Parquet, and its verification by pure functions on any engine.

Read in this order: `layout` (what lies where), `tree` (Merkle subtrees that combine), `summary`
(the map and the reduce), `verdict` (what follows), and the engines `local`, `duck`, `spark`.
"""
