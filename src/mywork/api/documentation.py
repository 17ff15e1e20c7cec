"""What the OpenAPI document says beyond the signatures: answers, problems, hand-read parameters.

Answers are sent as prepared bytes, never through a model; their schemas are those of the documents
that were encoded, and a test holds every answer that it gets against them.
"""

from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from mywork.api.errors import PROBLEM, catalogue
from mywork.documents.document import example
from mywork.documents.problems import Problem
from mywork.documents.schema import REFERENCE, name_of, schemas

JSON = "application/json"

_MEANINGS = {
    400: "Malformed; nothing was done.",
    401: "No session token, or not a valid one.",
    403: "The role is missing.",
    404: "It does not exist, or you may not see it.",
    409: "Not possible now; the detail says what would be.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value can never be right; `errors` points at it.",
    500: "A fault of ours; it was recorded.",
    503: "Away for a moment; try again after Retry-After.",
}
_WITH_A_BODY = (400, 413, 415)  # what any endpoint with a JSON body may answer
_WITH_A_POSITION = (400, 503)  # what any endpoint that waits for a position may answer
_PLACE = "/openapi.json"
# The framework's own would write amounts as floats, with other digits.
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "description": "An `X-Position` to wait for, so that you read your own write.",
    "schema": {"type": "integer", "minimum": 0},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that the client has already.",
    "schema": {"type": "string"},
}
# Parameters that an endpoint reads by itself: a framework's parameter costs 40 µs, a look none.
WAITS: dict[str, Any] = {"parameters": [_MIN_POSITION]}
WAITS_AND_CACHED: dict[str, Any] = {"parameters": [_MIN_POSITION, _IF_NONE_MATCH]}
CACHED: dict[str, Any] = {"parameters": [_IF_NONE_MATCH]}
_X_POSITION = {
    "X-Position": {
        "description": "Read with `?min_position=` this to see what you did.",
        "schema": {"type": "integer"},
    }
}


_KEPT = {
    "ETag": {"description": "Of this answer.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long it may be kept.", "schema": {"type": "string"}},
}
_UNCHANGED = {"description": "The client has it already: its ETag is the same.", "headers": _KEPT}
ANSWERED: dict[str, Any] = {"Problem": Problem}  # by name, what endpoints say that they answer


def documented(kind: Any, *problems: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """OpenAPI answers of an endpoint: a document's class, or a page of it, and problems."""
    ANSWERED[name_of(kind)] = kind
    content = {JSON: {"schema": _reference(name_of(kind))}}
    answers: dict[int | str, dict[str, Any]] = {
        status: {"description": "The answer.", "content": content}
    }
    return answers | {code: _problem(code) for code in (*problems, 500)}


def operation_id(route: APIRoute) -> str:
    """`place_order` -> `placeOrder`."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _reference(name: str) -> dict[str, str]:
    return {"$ref": REFERENCE.format(name=name)}


def _problem(code: int) -> dict[str, Any]:
    return {"description": _MEANINGS[code], "content": {PROBLEM: {"schema": _reference("Problem")}}}


# The whole. -------------------------------------------------------------------------------------


def complete(app: FastAPI) -> None:
    """Let the document say what is true of all endpoints, and nothing that is true of none."""
    generate = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        document = generate()
        _add_schemas(document.setdefault("components", {}).setdefault("schemas", {}))
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _complete(method, operation)
        return document

    def serve(_: Request) -> Response:
        return Response(_ENCODER.encode(openapi()), media_type=JSON)

    app.openapi = openapi  # type: ignore[method-assign]
    app.routes[:] = [route for route in app.routes if getattr(route, "path", "") != _PLACE]
    app.add_route(_PLACE, serve, include_in_schema=False)


def _add_schemas(known: dict[str, Any]) -> None:
    known.pop("HTTPValidationError", None)  # the framework's own; ours are problems
    known.pop("ValidationError", None)
    ours = schemas(ANSWERED.values())
    if twice := known.keys() & ours.keys():
        raise ValueError(f"a body and a document are both called {', '.join(sorted(twice))}")
    ours["Problem"]["properties"]["type"]["enum"] = [kind.type for kind in catalogue().values()]
    known.update(ours)


def _complete(method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    operation.setdefault("security", [])  # public
    for answer in answers.values():
        for content in answer.get("content", {}).values():
            _show_example(content)
    if "webhooks" in operation["tags"]:
        return
    answers["422"] = _problem(422)  # an unknown parameter, at least
    _add_what_parameters_bring(operation)
    if method == "get":
        return
    for code, answer in answers.items():
        if code.startswith("2"):
            answer["headers"] = _X_POSITION
    if "requestBody" in operation:
        for status in _WITH_A_BODY:
            answers.setdefault(str(status), _problem(status))


def _show_example(content: dict[str, Any]) -> None:
    """Added only now, since the framework would turn its amounts into floats."""
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if name in ANSWERED:
        content["example"] = msgspec.to_builtins(example(ANSWERED[name]), builtin_types=(Decimal,))


def _add_what_parameters_bring(operation: dict[str, Any]) -> None:
    answers, parameters = operation["responses"], operation.get("parameters", ())
    if _MIN_POSITION in parameters:
        for status in _WITH_A_POSITION:
            answers.setdefault(str(status), _problem(status))
    if _IF_NONE_MATCH in parameters:
        answers["304"] = _UNCHANGED
        answers["200"]["headers"] = _KEPT
