"""Money in requests: decimal text or a JSON number, and never a float in between."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema


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
