"""Verify an archive with an engine of one's choice; the verdict is the same."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Literal

from mywork.archive.summary import Summary
from mywork.archive.verdict import Listed, Verdict, check_parts, verdict

Engine = Literal["duckdb", "python", "spark"]
# Imported when chosen: Spark comes with a Java machine, and not with our packages.
_MODULES: dict[Engine, str] = {"duckdb": "duck", "python": "local", "spark": "spark"}


def verify(
    folder: Path, listed: Sequence[Listed], *, head: int, engine: Engine, known_root: str = ""
) -> Verdict:
    """`listed` are the parts and `head` the last position, both by the archive's manifest."""
    summary_of: Callable[[Path, list[str]], Summary] = import_module(
        f"mywork.archive.{_MODULES[engine]}"
    ).summary_of
    parts = check_parts(folder, listed)
    found = summary_of(folder, list(parts.readable))
    return verdict(found, parts, head=head, known_root=known_root)
