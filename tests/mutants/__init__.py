"""Faults that the suite must find: each is planted in a copy of the checkout, and a test must fail.

The list, `mutants.toml`, is a safety net for whoever moves code: the faults are kept by their text,
so when that moves to another file or is written anew, the entry follows, and must be killed as
before. Read `mutant` (the list), `planting` (the copy and the verdict), then `watching` (what is
asked of a run before its outcome counts). `scripts/mutants` plants them all.
"""
