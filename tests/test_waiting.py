"""A test waits as long as it takes, unless nobody is left who could bring it about."""

import subprocess
import threading

import pytest
from waiting import wait_until


def test_a_wait_ends_when_it_has_happened() -> None:
    seen: list[int] = []
    with subprocess.Popen("cat", stdin=subprocess.PIPE) as alive:
        wait_until(lambda: seen.append(1) or len(seen) == 3, alive)
    assert len(seen) == 3


def test_who_ends_without_it_fails_the_wait() -> None:
    process = subprocess.Popen("true")
    with pytest.raises(AssertionError, match="it never happened"):
        wait_until(lambda: False, process)
    thread = threading.Thread(target=lambda: None)
    thread.start()
    with pytest.raises(AssertionError, match="it never happened"):
        wait_until(lambda: False, thread)


def test_the_last_deed_counts() -> None:
    process = subprocess.Popen("true")
    process.wait()
    wait_until(lambda: True, process)
