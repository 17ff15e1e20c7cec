"""What is played, by name, and how many steps of each.

A play takes the URL of a migrated database of its own, a seed, the number of its steps, and a list
for what people are answered.
"""

from collections.abc import Callable
from pathlib import Path

from machine.canonical.lives import office_work, subscriptions
from machine.canonical.record import Row, heard, stored, write
from machine.canonical.still import counted_ids, stop_clock
from machine.canonical.walks import walk

Play = Callable[[str, int, int, list[Row]], None]
PLAYS: dict[str, tuple[Play, int]] = {  # and for how many steps of a walk it has one
    "marketplace": (walk, 1),
    "subscriptions": (subscriptions, 2),
    "office": (office_work, 2),
}


def recorded(stem: Path, play: Play, database_url: str, *, seed: int, count: int) -> str:
    """Play, and write what happened; returns how it failed, if it did: that is written too."""
    answers: list[Row] = []
    stop_clock(database_url)
    with counted_ids(), heard() as calls:
        try:
            play(database_url, seed, count, answers)
        except Exception as error:  # noqa: BLE001  whatever it is, what came before is wanted
            answers.append({"failed": repr(error)})
    write(stem, stored(database_url) | {"calls": calls, "answers": answers})
    return answers[-1].get("failed", "") if answers else ""
