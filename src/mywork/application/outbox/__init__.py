"""What we ask of vendors: policies turn events into rows, the dispatcher makes the calls.

Read `policies`, `calls`, `dispatcher`, then the calls of each concept.
"""
