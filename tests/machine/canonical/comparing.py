"""How the records of two versions of the code compare."""

from pathlib import Path

DIGESTS = "digests"  # of every other file, as sha256sum writes and checks them


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
    if sorted(old) == sorted(new):
        return "the same lines in another order"
    return f"differs; see diff -u {before} {after}"
