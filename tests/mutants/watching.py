"""A plugin of each run: what must be true of it before its outcome says anything.

All of our own code was imported from the copy, not from the checkout that is installed; and what
failed is a test, not its preparation, which fails without any fault where a server does not start.
"""

import signal
import sys
from pathlib import Path

import pytest

ELSEWHERE, UNPREPARED = 70, 71  # exit codes that pytest does not use
OURS = {"mywork", "eventstore"}
_unprepared: list[str] = []


def pytest_configure() -> None:
    """A shell's background ignores interrupts, after which alone servers are stopped."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed and report.when != "call":
        _unprepared.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _unprepared:
        session.exitstatus = UNPREPARED
    if imported := _from_elsewhere(session.config.invocation_params.dir):
        print("imported from elsewhere:", *imported)
        session.exitstatus = ELSEWHERE


def _from_elsewhere(copy: Path) -> list[str]:
    files = [
        module.__file__
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in OURS and getattr(module, "__file__", None)
    ]
    return [file for file in files if file and not Path(file).is_relative_to(copy)]
