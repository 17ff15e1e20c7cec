"""Money in requests: decimal text or a JSON number, and never a float in between."""

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from mywork.domain.errors import MoneyInvalid


class Strict(BaseModel):
    """A request's body: unknown fields are refused, texts kept as typed."""

    model_config = ConfigDict(extra="forbid")


def _decimal_text(value: object) -> str:
    """The text of an amount as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("an amount is a number or its decimal text, such as 299.00")  # noqa: TRY004
    return str(value)


DecimalText = Annotated[
    str,
    BeforeValidator(_decimal_text),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "examples": ["299.00"]}),
]


class _ExactRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = json.loads(
                await self.body(), parse_float=Decimal, parse_constant=_not_a_number
            )
        return self._json


def _not_a_number(text: str) -> Any:
    raise MoneyInvalid(f"{text} is not a number that can be paid")


class ExactRoute(APIRoute):
    """Reads numbers of a JSON body as decimals, digit by digit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.methods == {"GET"}:
            return handle

        async def exactly(request: Request) -> Response:
            return await handle(_ExactRequest(request.scope, request.receive))

        return exactly
