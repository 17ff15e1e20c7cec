"""A state machine that plays a marketplace against the product and the model at once.

Read `town` (the product, Stripe's stand-in and the model in one process that may die), `wire`
and `death` (faults and crashes), `rules` (what can happen), `telling` (what the history says to
the model), `checks` (what must hold after a step and at rest), then `walk`: steps from a seed,
replayed and shrunk.
"""
