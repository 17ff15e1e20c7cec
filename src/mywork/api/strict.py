"""Requests taken at their word: only JSON, only known fields and parameters, no floats.

What a client misspells must not be quietly ignored: a wrong filter would show the wrong money.
"""

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from mywork.api.errors import UnsupportedMediaType

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class Strict(BaseModel):
    """A request's body: unknown fields are refused, texts kept as typed."""

    model_config = ConfigDict(extra="forbid")


def example_of(document: dict[str, Any]) -> ConfigDict:
    """The configuration of a body that shows an example of itself."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [document]})


class StrictRoute(APIRoute):
    """Refuses what an endpoint does not know, and keeps floats out of its body."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        known = self._query_names()
        takes_json = self.body_field is not None

        async def strictly(request: Request) -> Response:
            if request.scope["query_string"]:
                _check_query(request, known)
            if takes_json:
                _check_media_type(request)
                request = _ExactRequest(request.scope, request.receive)
            return await handle(request)

        return strictly

    def _query_names(self) -> frozenset[str]:
        declared = {field.alias for field in self.dependant.query_params}  # no dependency has any
        extra = (self.openapi_extra or {}).get("parameters", ())
        return frozenset(declared | {item["name"] for item in extra if item["in"] == "query"})


class _ExactRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            try:
                self._json = json.loads(
                    await self.body(), parse_float=Decimal, parse_constant=_not_json
                )
            # ValueError: no JSON, no UTF-8, an endless number. RecursionError: nested without end.
            except (ValueError, RecursionError) as error:
                raise json.JSONDecodeError("not JSON", "", 0) from error
        return self._json


def _not_json(text: str) -> Any:
    raise ValueError(f"{text} is JavaScript's, not JSON's")


def _check_query(request: Request, known: frozenset[str]) -> None:
    unknown = sorted({name for name, _ in request.query_params.multi_items()} - known)
    if unknown:
        raise RequestValidationError(
            [
                {"type": "extra_forbidden", "loc": ("query", name), "msg": "Not a known parameter"}
                for name in unknown
            ]
        )


def _check_media_type(request: Request) -> None:
    """A body without a type has none to be wrong; an empty one is refused as missing."""
    headers = request.headers
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    if media_type != "application/json" and not (empty and not media_type):
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")
