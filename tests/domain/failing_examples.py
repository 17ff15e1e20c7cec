"""Examples that fail: `test_scenario.py` reads what is said of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from events import AT, EXAMPLES, ORDER_ID
from scenario import Scenario

from mywork.domain.order.decider import ORDER
from mywork.domain.order.settlement_messages import ReleaseFunds

RELEASED: Any = EXAMPLES["order.funds_released.v1"]
paid = Scenario(ORDER).given(
    *(EXAMPLES[f"order.{name}.v1"] for name in ("placed", "payment_initiated", "paid"))
)
release = ReleaseFunds(ORDER_ID, AT + timedelta(days=8))  # type: ignore[arg-type]


def test_a_field_differs() -> None:
    paid.when(release).then(replace(RELEASED, amount_minor=26_012))


def test_an_event_is_missing() -> None:
    paid.when(release).then(RELEASED, RELEASED)


def test_there_is_an_event() -> None:
    paid.when(release).nothing_new()
