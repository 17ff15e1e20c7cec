"""The JSON schemas of documents, each named part of them once.

A class is a schema of its name, a page of orders `OrderPage`; so is whatever has a title, such as
a closed set of words or an amount of money.
"""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, get_args

import msgspec

REFERENCE = "#/components/schemas/{name}"


def name_of(kind: Any) -> str:
    """`Order`, and `OrderPage` for a page of them."""
    inside = get_args(kind)
    return f"{inside[0].__name__}{kind.__origin__.__name__}" if inside else str(kind.__name__)


def schemas(kinds: Iterable[Any]) -> dict[str, Any]:
    """By name: these classes and all that they are made of."""
    kinds = list(kinds)
    references, found = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    ours = {
        reference["$ref"].rpartition("/")[2]: name_of(kind)
        for reference, kind in zip(references, kinds, strict=True)
    }
    named: dict[str, Any] = {}
    for theirs, schema in found.items():
        name = ours.get(theirs, theirs)
        whole = {
            "title": name,
            "description": cleandoc(schema["description"]),
            "properties": {
                field: _parted(value, named) for field, value in schema["properties"].items()
            },
        }
        _name(name, schema | whole, named)
    return named


def _parted(schema: Any, named: dict[str, Any]) -> Any:
    """The same schema, where what has a title is moved among those with a name."""
    if isinstance(schema, list):
        return [_parted(item, named) for item in schema]
    if not isinstance(schema, dict):
        return schema
    own = {key: _parted(value, named) for key, value in schema.items()}
    if own.get("format") == "decimal":  # for us a number, of any length
        own = {key: value for key, value in own.items() if key != "format"} | {"type": "number"}
    if "title" not in own:
        return own
    _name(own["title"], own, named)
    return {"$ref": REFERENCE.format(name=own["title"])}


def _name(name: str, schema: dict[str, Any], named: dict[str, Any]) -> None:
    if named.setdefault(name, schema) != schema:
        raise ValueError(f"two different schemas are called {name}")
