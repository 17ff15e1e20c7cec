"""Which decider takes which command, and the envelope a command travels in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from eventstore import Metadata
from mywork.domain import (
    breaks,
    debt,
    movement,
    order,
    payout,
    period,
    product,
    reconciliation,
    seller,
    subscription,
    user,
)
from mywork.domain.decider import Decider
from mywork.domain.identifiers import new_id

Command = (
    user.Command
    | seller.Command
    | product.Command
    | order.Command
    | payout.Command
    | subscription.Command
    | debt.Command
    | movement.Command
    | breaks.Command
    | period.Command
    | reconciliation.Command
)

MODULES = (
    user,
    seller,
    product,
    order,
    payout,
    subscription,
    debt,
    movement,
    breaks,
    period,
    reconciliation,
)
DECIDERS: dict[type, Decider[Any, Any, Any]] = {
    command: module.decider
    for module in MODULES
    for command in (get_args(module.Command) or (module.Command,))
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A command with who, why and what caused it. Its events carry the same metadata."""

    command: Command
    metadata: Metadata

    @property
    def decider(self) -> Decider[Any, Any, Any]:
        return DECIDERS[type(self.command)]

    @property
    def stream(self) -> str:
        return self.decider.stream(self.command)


def envelope(
    command: Command,
    *,
    actor: str,
    command_id: str = "",
    reason: str = "",
    causation: str = "",
    correlation: str = "",
) -> Envelope:
    """Wrap a command; its events take effect at the command's own time."""
    at: datetime = command.at
    identifier = command_id or new_id()
    return Envelope(
        command,
        Metadata(
            actor=actor,
            command_id=identifier,
            effective_at=at,
            reason=reason,
            causation=causation,
            correlation=correlation or causation or identifier,
        ),
    )
