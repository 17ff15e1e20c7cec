"""Benchmarks: each measures a path against the floor it stands on, in the same run.

Machines are noisy, so what counts is the ratio. Nothing here is asserted by the test suite.
"""
