"""Benchmarks: each measures a path against the floor it stands on, in the same run.

Machines are noisy, so what counts is the ratio. Nothing here is asserted by the test suite.
"""

from collections.abc import Callable

from mywork.bench import accept, reads, replay, sales
from mywork.bench.report import Result

# By name: a function of the scale (1 is the usual size) that runs for some seconds.
BENCHES: dict[str, Callable[[float], Result]] = {
    "sales": lambda scale: sales.run(sales=max(1000, int(40_000 * scale))),
    "accept": lambda scale: accept.run(seconds=max(1.0, 8 * scale)),
    "replay": lambda scale: replay.run(sales=max(500, int(20_000 * scale))),
    "reads": lambda scale: reads.run(seconds=max(1.0, 6 * scale)),
}
