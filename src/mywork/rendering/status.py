"""How the projections stand."""

from collections.abc import Sequence
from typing import Any

from mywork.rendering.terminal import console, print_json, table_of


def projections(found: Sequence[Any], *, as_json: bool = False) -> None:
    if as_json:
        print_json([_as_dict(status) for status in found])
        return
    table = table_of("Projections", ("name",), ("position", "lag"), ("runner", "state"))
    for status in found:
        table.add_row(
            status.name,
            f"{status.position:,}",
            f"{status.lag:,}",
            "running" if status.running else "none",
            status.state,
        )
    console().print(table)


def _as_dict(status: Any) -> dict[str, Any]:
    return {name: getattr(status, name) for name in type(status).__slots__}
