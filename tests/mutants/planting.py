"""A fault planted in a copy of the checkout, and what its tests say. The checkout stays untouched.

The copy lives in a temporary folder and runs with this Python and its packages; our own code in it
goes before the code that is installed, which `watching` proves in the very run.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from mutants.mutant import ROOT, Mutant, NotApplicable

Outcome = Literal["killed", "SURVIVED", "not applicable", "broken"]
LONGEST_SECONDS = 900  # a fault that makes a test wait for ever is not found by it
_PASSED, _FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """`said` is why, where nobody could be killed."""

    outcome: Outcome
    said: str = ""


@contextmanager
def copied(checkout: Path = ROOT) -> Iterator[Path]:
    """A copy of what is under work there, uncommitted changes too; gone in the end."""
    with TemporaryDirectory(prefix="mywork-mutant-") as folder:
        # Resolved, so that an import is known to come from here whatever links led to it.
        copy = Path(folder).resolve() / "checkout"
        shutil.copytree(checkout, copy, ignore=shutil.ignore_patterns(".*"), symlinks=True)
        yield copy


def verdict(mutant: Mutant, checkout: Path = ROOT) -> Verdict:
    with copied(checkout) as copy:
        try:
            mutant.plant(copy)
        except NotApplicable as error:
            return Verdict("not applicable", str(error))
        code, said = run(mutant.tests, copy)
    if code == _FAILED:
        return Verdict("killed")
    return Verdict("SURVIVED") if code == _PASSED else Verdict("broken", said)


def run(tests: Sequence[str], checkout: Path) -> tuple[int, str]:
    """Until the first failure, in this one process: pytest's exit code and its last words."""
    asked = ["-x", "-q", "-n", "0", "-p", "mutants.watching", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *asked, "--hypothesis-seed=0", *tests],
        cwd=checkout,
        env=_environment(checkout),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # so that it stops its servers
            said, _ = process.communicate()
    return process.returncode, "\n".join(said.splitlines()[-30:])


def _environment(checkout: Path) -> dict[str, str]:
    """Without what a surrounding pytest or Python was told, and the copy before all else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    places = checkout / "src", checkout, checkout / "tests"
    return kept | {"PYTHONPATH": os.pathsep.join(map(str, places))}
