"""Facts and rules: pure, standard library only, importing nothing of ours.

A small concept is one file that reads top to bottom: commands, events, states, decisions, the
decider. A large one is a folder: `messages` (or one a part of it, `refund_messages`), `state`,
`decisions` (or `refund_decisions`), `evolve`, `decider`. `catalogue` lists them all.
"""
