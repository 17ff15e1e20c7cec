"""Proof that history was neither changed nor cut.

Read in this order: `verify_history` (what a leaf is, and the verifier that needs nothing of
ours), `records` (history as it is archived), `tree` (roots and proofs), `tiles` (the tree as it is
stored), `sealing` (how it grows), `notes` and `heads` (what is signed).
"""
