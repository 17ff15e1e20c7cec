"""Ids renamed by kind and by the order in which they are first met: `order-3`, `txn-12`.

So two records differ only where what happened differs, whatever was drawn for an id.
"""

import re
from collections import Counter
from typing import Any

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TAIL = 10  # hexadecimal digits of a product's id that its slug ends with
_TOKEN = re.compile(
    rf"(?:(?P<before>[a-z]+)-)?(?P<ours>{_UUID})"
    r"|(?<![a-z0-9])(?P<stripes>(?P<prefix>[a-z]+(?:_[a-z]+)*)_1[0-9a-f]{23})(?![0-9a-z])"
    rf"|(?<=-)(?P<tail>[0-9a-f]{{{_TAIL}}})(?![0-9a-z-])"
)


class Names:
    """One for everything that is written of a play, in the order in which it is written."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def renamed(self, value: Any, field: str = "id") -> Any:
        """A document with every id renamed; its keys are sorted.

        A new id of ours is of the kind of its stream (`order-0190...`), else of its field's.
        """
        match value:
            case str():
                return _TOKEN.sub(lambda found: self._name(found, field), value)
            case dict():
                items = sorted(value.items())
                return {self.renamed(key): self.renamed(item, key) for key, item in items}
            case list():
                return [self.renamed(item, field) for item in value]
            case _:
                return value

    def give(self, identifier: str, name: str) -> None:
        """A name for an id of ours that has none yet; what is no such id keeps its own."""
        if re.fullmatch(_UUID, identifier):
            self._names.setdefault(identifier, name)

    def _name(self, found: re.Match[str], field: str) -> str:
        if found["tail"]:
            return self._names.get(found["tail"], found["tail"])
        if found["stripes"]:
            return self._known(found["stripes"], found["prefix"])
        ours, before = found["ours"], found["before"]
        name = self._known(ours, before or re.sub("_ids?$", "", field))
        self._names.setdefault(ours[-_TAIL:], name)
        return name if before in (None, name.rpartition("-")[0]) else f"{before}-{name}"

    def _known(self, identifier: str, kind: str) -> str:
        if identifier not in self._names:
            self._counts[kind] += 1
            self._names[identifier] = f"{kind}-{self._counts[kind]}"
        return self._names[identifier]
