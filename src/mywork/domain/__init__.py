"""Facts and rules: pure, standard library only, importing nothing of ours.

Each concept is one file that reads top to bottom: commands, events, states, verbs, the decider.
"""
