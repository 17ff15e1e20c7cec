"""Posting rules. Read `posting` (which event posts what), then the rules of each concept."""
