"""How far long work is, for whoever waits for it."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # done, in all
