"""How a route is written down: its path, its operation, and the parameters that it knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mywork.sandbox.stripe import payments
from mywork.sandbox.stripe.errors import Json
from mywork.sandbox.stripe.world import World

PAGING = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})

Operation = Callable[[World, str, Json], Json]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    operation: Operation
    parameters: frozenset[str]


def route(text: str, operation: Operation, parameters: str = "") -> Route:
    """`route("GET /v1/charges/{id}", operation, "names of parameters")`."""
    method, path = text.split()
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[A-Za-z0-9_]+)", path)
    return Route(method, re.compile(pattern), operation, frozenset(parameters.split()))


def retrieving(kind: str, show: Callable[[World, Json], Json] | None = None) -> Operation:
    def operation(world: World, account: str, params: Json) -> Json:
        found = world.find(account, kind, params["id"])
        return show(world, found) if show else found

    return operation


def listing(
    kind: str, *filters: str, show: Callable[[World, Json], Json] | None = None
) -> Operation:
    """A list newest first, filtered by equal fields and times of creation."""

    def operation(world: World, account: str, params: Json) -> Json:
        wanted = {name: params[name] for name in filters if name in params}
        if "types" in wanted:
            wanted["type"] = wanted.pop("types")
        rows, has_more = world.shelf(account, kind).page(wanted, params)
        data = [show(world, row) if show else row for row in rows]
        return {
            "object": "list",
            "data": data,
            "has_more": has_more,
            "url": f"/v1/{kind.replace('.', '/')}s",
        }

    return operation


def updating(kind: str) -> Operation:
    return lambda world, account, params: payments.update_metadata(world, account, kind, params)
