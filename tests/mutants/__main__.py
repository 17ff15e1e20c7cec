"""Plants the faults that are named, or all; exits 1 when one survives or cannot be planted."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import monotonic

from mutants.mutant import Mutant, listed
from mutants.planting import Verdict, copied, run, verdict


def main() -> int:
    parser = ArgumentParser(prog="scripts/mutants", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a name or of a file")
    parser.add_argument("--list", action="store_true", help="show them and plant nothing")
    parser.add_argument("--workers", type=int, default=1, help="so many at once")
    asked = parser.parse_args()
    if asked.workers < 1:
        parser.error("at least one worker")
    chosen = [one for one in listed() if not asked.words or any(map(one.speaks_of, asked.words))]
    if not chosen:
        parser.error(f"no mutant speaks of {', '.join(asked.words)}")
    if asked.list:
        for one in chosen:
            print(f"{one.name}\n    {one.file}\n    {' '.join(one.tests)}")
        return 0
    return plant(chosen, asked.workers)


def plant(chosen: Sequence[Mutant], workers: int) -> int:
    """A table, row by row as it becomes known."""
    with copied() as copy:
        if not _sound(chosen, copy):
            return 1
        outcomes: Counter[str] = Counter()
        with ThreadPoolExecutor(workers) as pool:
            found = pool.map(partial(_timed, copy), chosen)
            for number, (one, (judged, seconds)) in enumerate(
                zip(chosen, found, strict=True), start=1
            ):
                outcomes[judged.outcome] += 1
                row = f"{number:3}/{len(chosen)}  {judged.outcome:14}  {seconds:4.0f} s  "
                print(row, f"{one.file.removeprefix('src/mywork/')}: {one.name}", flush=True)
                if judged.said:
                    print(judged.said, flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
    return 0 if set(outcomes) == {"killed"} else 1


def _sound(chosen: Sequence[Mutant], copy: Path) -> bool:
    """A test that fails without any fault would kill whatever is planted."""
    tests = sorted({test for one in chosen for test in one.tests})
    print(f"without a fault, {len(tests)} files and tests must pass ...", flush=True)
    code, said = run(tests, copy)
    if code:
        print(said)
    return code == 0


def _timed(copy: Path, one: Mutant) -> tuple[Verdict, float]:
    begun = monotonic()
    return verdict(one, copy), monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
