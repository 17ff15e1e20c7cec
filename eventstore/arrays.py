"""PostgreSQL array literals for batches, several times faster than adapting item by item.

Use with a cast: `unnest(%s::text[])`. Escaping works on the whole column at once.
"""

from collections.abc import Iterable

from eventstore.errors import NotStorable

_SEPARATOR = "\0"  # PostgreSQL has no text with NUL, so it cannot be part of an item


def integers(items: Iterable[int]) -> str:
    return "{" + ",".join(map(str, items)) + "}"


def texts(items: Iterable[str]) -> str:
    """Raises NotStorable for an item with NUL, which PostgreSQL cannot store."""
    column = list(items)
    if not column:
        return "{}"
    joined = _SEPARATOR.join(column)
    if joined.count(_SEPARATOR) != len(column) - 1:
        raise NotStorable("a text with a NUL character cannot be stored")
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + escaped.replace(_SEPARATOR, '","') + '"}'


def byte_strings(items: Iterable[bytes]) -> str:
    r"""As hex text: `{"\\x6869"}`."""
    return "{" + ",".join(f'"\\\\x{item.hex()}"' for item in items) + "}"
