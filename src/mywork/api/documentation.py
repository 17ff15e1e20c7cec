"""What the OpenAPI document says beyond the signatures: answers, problems, hand-read parameters.

Answers are sent as prepared bytes, never through a model; their schemas are read off the examples
here, and a test holds every answer that it gets against them.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from mywork.api.errors import PROBLEM

JSON = "application/json"
CURSOR = "WyIyMDI2LTExLTEwVDEyOjAwOjAwWiIsIjAxOTlhYTAwIl0"  # of an example

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
_PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457 problem details. `GET /problems` lists every type.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/order-not-payable"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "examples": ["#/price"]},
                    "in": {"type": "string", "enum": ["body", "query", "path", "header"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
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


def documented(example: Any, *problems: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """OpenAPI answers of an endpoint: an example with its schema, and possible problems."""
    content = {JSON: {"schema": schema_of(example), "example": example}}
    answers: dict[int | str, dict[str, Any]] = {
        status: {"description": "The answer.", "content": content}
    }
    return answers | {code: _problem(code) for code in (*problems, 500)}


def schema_of(example: Any) -> dict[str, Any]:
    """The JSON schema of values like this one; any of them may be null, none need be there."""
    match example:
        case Mapping():
            fields = {name: schema_of(value) for name, value in example.items()}
            return {"type": ["object", "null"], "properties": fields}
        case list() | tuple():
            return {"type": "array", "items": schema_of(example[0])} if example else {}
        case bool():
            return {"type": ["boolean", "null"]}
        case int():
            return {"type": ["integer", "null"]}
        case float():
            return {"type": ["number", "null"]}
        case _:
            return {"type": ["string", "null"]}


def _problem(code: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _MEANINGS[code], "content": {PROBLEM: {"schema": schema}}}


def complete(app: FastAPI) -> None:
    """Let the document say what is true of all endpoints, and nothing that is true of none."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = _PROBLEM_SCHEMA
        schemas.pop("HTTPValidationError", None)  # the framework's own; ours are problems
        schemas.pop("ValidationError", None)
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _complete(method, operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    operation.setdefault("security", [])  # public
    if "webhooks" in operation["tags"]:
        return
    answers["422"] = _problem(422)  # an unknown parameter, at least
    if method == "get":
        return
    for code, answer in answers.items():
        if code.startswith("2"):
            answer["headers"] = _X_POSITION
    if "requestBody" in operation:
        for status in _WITH_A_BODY:
            answers.setdefault(str(status), _problem(status))
