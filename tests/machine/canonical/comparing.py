"""How the records of two versions of the code compare."""

import re
from collections import Counter
from pathlib import Path

DIGESTS = "digests"  # of every other file, as sha256sum writes and checks them

# What says where in its stream an event is: its version, a command's name, a vendor call's key.
_PLACE = re.compile(r'(?<="version": )\d+|(?<=/)\d+(?=")|(?<=:)\d+(?=:[a-z])')


def differing(before: Path, after: Path) -> list[str]:
    """A line for each file of the later record, perhaps of fewer seeds, that is not the same."""
    names = sorted(path.name for path in after.iterdir() if path.name != DIGESTS)
    found = {name: _difference(before / name, after / name) for name in names}
    return [f"{name}: {difference}" for name, difference in found.items() if difference]


def _difference(before: Path, after: Path) -> str:
    if not before.exists():
        return f"not in {before.parent}"
    old, new = (path.read_text(encoding="utf-8").splitlines() for path in (before, after))
    if old == new:
        return ""
    gone, come = _whenever(old) - _whenever(new), _whenever(new) - _whenever(old)
    if not gone and not come:
        return "the same but for its order"
    lines = max(gone.total(), come.total())
    return f"{lines} of {len(new)} lines differ; see diff -u {before} {after}"


def _whenever(lines: list[str]) -> Counter[str]:
    """What happened, whatever came first: deadlines of one moment are met in any order."""
    return Counter(_PLACE.sub("", line) for line in lines)
