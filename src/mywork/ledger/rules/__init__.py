"""Posting rules. Read `posting` (which event posts what), then the rules of each concept."""

from mywork.ledger.rules.posting import post

__all__ = ["post"]
