"""The record of seeded plays: the same every time, with no id that was drawn, and comparable."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from machine.canonical.comparing import differing
from machine.canonical.names import Names
from machine.canonical.plays import PLAYS, recorded

COUNTS = {"marketplace": 150, "subscriptions": 80, "office": 60}
ORDER = "0199a1b2-0000-7000-8000-00000000000"  # and a digit
DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|_1[0-9a-f]{23}")

Databases = Callable[[], AbstractContextManager[str]]


@pytest.mark.parametrize("name", PLAYS)
def test_a_play_is_recorded_the_same_twice(
    fresh_databases: Databases, tmp_path: Path, name: str
) -> None:
    play, _ = PLAYS[name]
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        with fresh_databases() as url:
            failure = recorded(folder / "it", play, url, seed=2, count=COUNTS[name])
        assert failure == ""
    assert differing(before, after) == []
    text = "".join(path.read_text(encoding="utf-8") for path in after.iterdir())
    assert DRAWN.findall(text) == []
    history = [json.loads(line) for line in (after / "it.history").read_text().splitlines()]
    streams = [(event["stream"], event["version"]) for event in history]
    assert len(set(streams)) == len(history) > 30
    for kind in ("postings", "calls", "answers", "balances"):
        assert (after / f"it.{kind}").stat().st_size > 0


def test_an_id_is_named_by_its_kind_and_by_who_came_first() -> None:
    names = Names()
    assert names.renamed(f"order-{ORDER}1", "stream") == "order-1"
    told = {"order_id": f"{ORDER}1", "refund_id": f"{ORDER}2", "charge": f"ch_1{23 * 'a'}"}
    assert names.renamed(told) == {"charge": "ch-1", "order_id": "order-1", "refund_id": "refund-1"}
    assert names.renamed([f"order-{ORDER}3:4:refund", f"x/{ORDER}2"]) == [
        "order-2:4:refund",
        "x/refund-1",
    ]
    assert names.renamed(f"a-title-{f'{ORDER}1'[-10:]}") == "a-title-order-1"


def test_another_order_is_told_from_another_history(tmp_path: Path) -> None:
    line = '{"version": %d, "key": "order-1:%d:refund", "command_id": "order-1/%d", "paid": %d}\n'
    first, second, other = line % (1, 1, 1, 5), line % (2, 2, 2, 5), line % (1, 1, 1, 6)
    late = line % (2, 2, 2, 6)
    texts = {
        "same": (first, first),
        "order": (first + late, other + second),
        "other": (first, other),
        "digests": ("a", "b"),
    }
    before, after = tmp_path / "before", tmp_path / "after"
    for number, folder in enumerate((before, after)):
        folder.mkdir()
        for name, both in texts.items():
            (folder / name).write_text(both[number])
    (after / "more").write_text("")
    (before / "of_another_seed").write_text("")
    assert differing(before, after) == [
        f"more: not in {before}",
        "order: the same but for its order",
        f"other: 1 of 1 lines differ; see diff -u {before / 'other'} {after / 'other'}",
    ]
