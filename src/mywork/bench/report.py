"""What a benchmark says: one JSON object a line."""

from dataclasses import asdict, dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Result:
    """`baseline` has the same unit as `rate`; `ratio` is rate / baseline, in 1/1000 steps."""

    bench: str
    rate: int
    unit: str
    baseline: int
    details: dict[str, Any]

    def line(self) -> str:
        ratio = round(self.rate / self.baseline, 3) if self.baseline else None
        fields = asdict(self)
        details = fields.pop("details")
        return orjson.dumps(fields | {"ratio": ratio, "details": details}).decode()
