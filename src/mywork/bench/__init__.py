"""Benchmarks: each measures a path against the floor it stands on, in the same run.

Machines are noisy, so what counts is the ratio. Nothing here is asserted by the test suite.
"""

from importlib import import_module

from mywork.bench.report import Result

NAMES = (
    "sales",
    "accept",
    "replay",
    "reads",
    "drill",
    "what_if",
    "export",
    "archive",
    "seal",
    "verify",
    "balance_at",
    "reconcile",
)


def run(name: str, scale: float) -> Result:
    """Run a benchmark by name; scale 1 is its usual size, which takes some seconds."""
    result: Result = import_module(f"mywork.bench.{name}").run(scale)
    return result
