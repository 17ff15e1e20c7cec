"""Waiting for what others bring about, however busy the machine is.

A wait ends when it has happened, and fails when one who should bring it about has ended without.
It gives up after half an hour, for which only a fault is slow enough.
"""

import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

GUARD_SECONDS = 1_800.0
_PAUSE_SECONDS = 0.02

Worker = subprocess.Popen[Any] | threading.Thread


def wait_until(happened: Callable[[], object], *by: Worker) -> None:
    guard = time.monotonic() + GUARD_SECONDS
    while True:
        ended = [worker for worker in by if not _works(worker)]  # before a last look at its deeds
        if happened():
            return
        assert not ended, f"it never happened: {ended} ended"
        assert time.monotonic() < guard, "it never happened"
        time.sleep(_PAUSE_SECONDS)


def _works(worker: Worker) -> bool:
    return worker.is_alive() if isinstance(worker, threading.Thread) else worker.poll() is None
