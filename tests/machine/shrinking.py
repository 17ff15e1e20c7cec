"""From a walk that fails to the shortest history found that still does."""

import time
from collections.abc import Callable, Sequence

from machine.walk import REST, Step

Fails = Callable[[Sequence[Step]], bool]


def shrunk(history: Sequence[Step], fails: Fails, *, seconds: float) -> list[Step]:
    """Leave out ever smaller pieces while what is left fails; stops when its time is over."""
    until, left = time.monotonic() + seconds, list(history)
    size = max(len(left) // 2, 1)
    while time.monotonic() < until:
        smaller = _without_a_piece(left, size, fails, until)
        if len(smaller) < len(left):
            left = smaller
            size = min(size, max(len(left) // 2, 1))
        elif size == 1:
            break
        else:
            size //= 2
    return left


def _without_a_piece(history: list[Step], size: int, fails: Fails, until: float) -> list[Step]:
    """Every piece of a size left out that is not needed, the last ones first."""
    for start in range((len(history) - 1) // size * size, -1, -size):
        if time.monotonic() > until:
            break
        candidate = history[:start] + history[start + size :]
        if candidate and fails(candidate):
            history = candidate
    return history


def written(history: Sequence[Step]) -> str:
    """A history as Python, to be played again with `Walker.play`."""
    steps = ",\n".join(
        f'    ("{name}", {0 if name == REST else number})' for name, number in history
    )
    return f"[\n{steps},\n]"
