"""Calls that go wrong on purpose, over HTTP and in process alike, a number of times or by chance.

What becomes of a call: "500" and "429" are answered instead of performing it, "reset" breaks the
connection before; "timeout" and "drop_after_commit" perform it, and the caller never hears.
"""

from dataclasses import dataclass, field

import orjson

from mywork.sandbox.stripe.errors import Json, invalid
from mywork.sandbox.stripe.world import World

REFUSALS = {"500": "api_error", "429": "rate_limit"}
UNHEARD = frozenset({"timeout", "drop_after_commit"})
KINDS = (*REFUSALS, "timeout", "drop_after_commit", "reset")


@dataclass(slots=True)
class Fault:
    """Goes wrong with a probability for the next `left` calls that match; None is for ever.

    `path` is the beginning of one.
    """

    kind: str
    left: int | None = 1
    probability: float = 1.0
    method: str = ""
    path: str = ""

    def matches(self, method: str, path: str) -> bool:
        return self.method in ("", method) and path.startswith(self.path)


@dataclass(slots=True)
class Faults:
    """Those that were asked for; chance is the world's, so that it can be replayed."""

    world: World
    asked: list[Fault] = field(default_factory=list)

    def ask(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise invalid(f"kind is one of {', '.join(KINDS)}", param="kind")
        if not 0 < fault.probability <= 1:
            raise invalid("probability is above 0 and at most 1", param="probability")
        self.asked.append(fault)

    def strike(self, method: str, path: str) -> str:
        """The kind of fault that this call meets; "" for none."""
        for fault in self.asked:
            if not fault.matches(method, path) or not self.world.chance(fault.probability):
                continue
            if fault.left is not None:
                fault.left -= 1
                if not fault.left:
                    self.asked.remove(fault)
            return fault.kind
        return ""


def refusal(kind: str) -> tuple[int, bytes]:
    """Status and body of a call that is answered instead of performed."""
    error: Json = {"type": "api_error", "code": REFUSALS[kind], "message": "A fault was asked for."}
    return int(kind), orjson.dumps({"error": error})
