"""Finding objects without looking at all of them: by value, by time, page by page.

A `Shelf` numbers the objects of one table in the order of their creation. It is made when its
table is first listed, and kept with every change from then on.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mywork.sandbox.stripe.errors import Json, invalid, missing

LARGEST_PAGE, USUAL_PAGE = 100, 10


class Index:
    """The places of the objects that have a value in one field, ascending."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._values: dict[int, Any] = {}
        self._places: dict[Any, list[int]] = {}
        self._gone: dict[Any, int] = {}  # how many places of a value are still to be swept out

    def keep(self, place: int, document: Json) -> None:
        value = document.get(self._field)
        if place in self._values:
            if self._values[place] == value:
                return
            places = self._places[self._values[place]]
            del places[bisect_left(places, place)]
        self._values[place] = value
        insort(self._places.setdefault(value, []), place)

    def forget(self, place: int) -> None:
        """Of an object that is gone; its place is swept out with others'."""
        value = self._values.pop(place)
        gone = self._gone[value] = self._gone.get(value, 0) + 1
        if gone * 2 > len(self._places[value]):
            self._places[value] = [at for at in self._places[value] if at in self._values]
            del self._gone[value]

    def places(self, value: Any) -> Sequence[int]:
        """Ascending; some may be of objects that are gone."""
        return self._places.get(value, ())


class Shelf:
    """The objects of a table by place: their number in the order of creation."""

    def __init__(self, rows: Mapping[str, Json]) -> None:
        self._rows = rows
        self._ids: list[str] = []  # "" where an object was removed
        self._created: list[int] = []
        self._places: dict[str, int] = {}
        self._indexes: dict[str, Index] = {}
        self._in_order_of_time = True
        for document in rows.values():
            self.keep(document)

    def keep(self, document: Json) -> None:
        """Note an object that was added or changed."""
        place = self._places.get(document["id"])
        if place is None:
            place = self._places[document["id"]] = len(self._ids)
            created = document.get("created", 0)
            if self._created and created < self._created[-1]:
                self._in_order_of_time = False  # somebody turned the clock back
            self._ids.append(document["id"])
            self._created.append(created)
        for index in self._indexes.values():
            index.keep(place, document)

    def forget(self, identifier: str) -> None:
        """Note an object that was removed."""
        place = self._places.pop(identifier)
        self._ids[place] = ""
        for index in self._indexes.values():
            index.forget(place)

    def where(self, field: str, value: Any) -> list[Json]:
        """The objects with a value in a field, oldest first."""
        identifiers = (self._ids[place] for place in self._index(field).places(value))
        return [self._rows[identifier] for identifier in identifiers if identifier]

    def page(self, wanted: Mapping[str, Any], params: Json) -> tuple[list[Json], bool]:
        """Newest first, as Stripe pages: `limit`, `starting_after`, `ending_before`, `created`.

        `wanted` names the fields that must equal a value, or be one of a list of values. Returns
        the page and whether there is more beyond it.
        """
        limit = int(params.get("limit", USUAL_PAGE))
        if not 1 <= limit <= LARGEST_PAGE:
            raise invalid("limit must be between 1 and 100", param="limit")
        bounds = _bounds(params.get("created"))
        places = self._candidates(wanted)
        part = self._part(places, params, bounds)
        backwards = "ending_before" in params
        walk = (places[number] for number in (part if backwards else reversed(part)))
        found = list(islice(self._matching(walk, wanted, bounds), limit + 1))
        page, has_more = found[:limit], len(found) > limit
        return (page[::-1] if backwards else page), has_more

    def _candidates(self, wanted: Mapping[str, Any]) -> Sequence[int]:
        """Ascending places that hold every object wanted: the rarest value's."""
        single = {field: value for field, value in wanted.items() if isinstance(value, str)}
        found = [self._index(field).places(value) for field, value in single.items()]
        return min(found, key=len, default=range(len(self._ids)))

    def _part(self, places: Sequence[int], params: Json, bounds: Mapping[str, int]) -> range:
        """Which of the places lie between the cursors and, in order of time, the bounds."""
        low, high = 0, len(places)
        if "starting_after" in params:
            high = bisect_left(places, self._cursor(params, "starting_after"))
        if "ending_before" in params:
            low = bisect_right(places, self._cursor(params, "ending_before"))
        if self._in_order_of_time:
            for name, at in bounds.items():
                after = name in {"gt", "lte"}
                edge = (bisect_right if after else bisect_left)(self._created, at)
                if name in {"gt", "gte"}:
                    low = max(low, bisect_left(places, edge))
                else:
                    high = min(high, bisect_left(places, edge))
        return range(low, high)

    def _cursor(self, params: Json, name: str) -> int:
        place = self._places.get(params[name])
        if place is None:
            raise missing(name, params[name])
        return place

    def _matching(
        self, places: Iterator[int], wanted: Mapping[str, Any], bounds: Mapping[str, int]
    ) -> Iterator[Json]:
        for place in places:
            document = self._rows.get(self._ids[place])
            if document is None or document.get("deleted"):
                continue
            if _has(document, wanted) and _in_time(document.get("created", 0), bounds):
                yield document

    def _index(self, field: str) -> Index:
        if field not in self._indexes:
            index = self._indexes[field] = Index(field)
            for identifier, place in self._places.items():
                index.keep(place, self._rows[identifier])
        return self._indexes[field]


def _has(document: Json, wanted: Mapping[str, Any]) -> bool:
    return all(
        document.get(field) in value if isinstance(value, list) else document.get(field) == value
        for field, value in wanted.items()
    )


def _bounds(created: Any) -> dict[str, int]:
    if created is None:
        return {}
    named = created if isinstance(created, dict) else {"gte": created, "lte": created}
    try:
        bounds = {name: int(value) for name, value in named.items()}
    except ValueError:
        raise invalid("Invalid timestamp", param="created") from None
    if bounds.keys() - {"gt", "gte", "lt", "lte"}:
        raise invalid("Invalid created: gt, gte, lt or lte", param="created")
    return bounds


def _in_time(created: int, bounds: Mapping[str, int]) -> bool:
    return (
        created >= bounds.get("gte", created)
        and created <= bounds.get("lte", created)
        and created > bounds.get("gt", created - 1)
        and created < bounds.get("lt", created + 1)
    )


def listed(data: list[Any], url: str) -> Json:
    """Stripe's envelope around objects that are all here."""
    return {"object": "list", "data": data, "has_more": False, "url": url}
