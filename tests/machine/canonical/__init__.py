"""A record of what the product does in seeded plays, to be compared with that of other code.

Whoever changes the inside of the product records before and after, and reads the difference:

    scripts/canonical-history before          at the old commit
    scripts/canonical-history after --against before

Read `still` (nothing is left to chance or to the clock), `walks` and `lives` (what is played),
`names` and `record` (what is written of it, and under which names).
"""
