"""Some of the suite's own tests, longer and with fresh seeds, one after the other for some minutes.

`scripts/soak` runs it. A finding is told at once, with the command that plays it again, and makes
the exit status 1; Ctrl-C ends what is being played, and then the soak.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from itertools import count
from random import SystemRandom
from time import monotonic

from long_tests import LONG, WALKS

PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
PLAYS = tuple(play for other in LONG[1:] for play in (WALKS, other))
SEED = "of the first play; drawn unless told"
TOLD_LINES = 60  # of what pytest says of a finding


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long; 10 unless told")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6), help=SEED)
    asked = parser.parse_args(arguments)
    began, findings, played = monotonic(), 0, 0
    try:
        for played in count():
            minutes = (monotonic() - began) / 60
            if minutes >= asked.minutes:
                break
            play = PLAYS[played % len(PLAYS)]
            seed = asked.seed + 1_000 * played  # a test goes on with those that follow
            what = f"{play.soaked:,} {play.meaning}"
            print(f"{minutes:5.1f} min  {what}, seed {seed} ... ", end="", flush=True)
            findings += not right(play.played(seed))
    except KeyboardInterrupt:
        print("stopped")
    print(f"{played} played, findings: {findings}")
    return 1 if findings else 0


def right(test: str) -> bool:
    """Play one test to its end, and say how it ended."""
    began = monotonic()
    with tempfile.TemporaryFile("w+") as said:
        status = ended(test, said.fileno())
        if status == 0:
            print(f"right, {monotonic() - began:.0f} s")
            return True
        said.seek(0)
        told = said.read().splitlines()[-TOLD_LINES:]
    print("FOUND", *told, f"play it again: scripts/test {test}", sep="\n", flush=True)
    return False


def ended(test: str, said: int) -> int:
    """Pytest's exit status; a Ctrl-C is passed on to it, once, and its end awaited."""
    command = [*PYTEST, *test.split()]
    process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        return process.wait()
    except (KeyboardInterrupt, SystemExit):
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        raise


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and leave no play behind
    sys.exit(main(sys.argv[1:]))
