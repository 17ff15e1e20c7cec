"""Closed sets in stored events only grow: what was once stored is read for ever.

`closed_sets.json` has, of every event, the fields that are held to a set. A set may gain words, and
a field that takes any text stays so. MYWORK_UPDATE_DOCS=1 writes down the events that are new.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from mywork.domain.catalogue import EVENTS

FILE = Path(__file__).with_name("closed_sets.json")


def closed_sets(kind: Any, where: str = "") -> Iterator[tuple[str, list[str]]]:
    """The sets that a value of this type is held to, by the path of the field."""
    if get_origin(kind) is Literal:
        yield where, sorted(map(str, get_args(kind)))
    elif is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in fields(kind):
            yield from closed_sets(hints[field.name], f"{where}.{field.name}")
    else:
        for number, inside in enumerate(get_args(kind)):
            yield from closed_sets(inside, f"{where}[{number}]")


@pytest.mark.parametrize("name", EVENTS)
def test_what_was_once_stored_is_read_for_ever(name: str) -> None:
    known: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    found = dict(closed_sets(EVENTS[name]))
    if name not in known and os.environ.get("MYWORK_UPDATE_DOCS"):
        known[name] = found
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert name in known, "run MYWORK_UPDATE_DOCS=1 scripts/test -k once_stored"
    narrowed = found.keys() - known[name].keys()
    assert not narrowed, "a field that took any text would refuse what history holds"
    for path, words in known[name].items():
        assert set(words) <= set(found.get(path, words)), f"{path} would refuse what history holds"
