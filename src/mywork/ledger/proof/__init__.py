"""Proof that history was neither changed nor cut.

Read in this order: `verify_history` (what a leaf is, and the verifier that needs nothing of
ours), `records` (history as it is archived).
"""
