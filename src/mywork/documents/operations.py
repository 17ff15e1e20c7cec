"""How it runs: health, projections, and what schedulers and webhooks are answered."""

from typing import Annotated, Literal

from msgspec import Meta

from mywork.documents.document import Document

Reached = Annotated[
    Literal["ok", "away"], Meta(title="Reached", description="Whether something answers us.")
]
StripeReached = Annotated[
    Literal["ok", "unknown", "unavailable", "refused"],
    Meta(title="StripeReached", description="Stripe's answer of the last half minute."),
]


class Alive(Document):
    """The process answers."""

    status: Literal["ok"]


ALIVE = Alive(status="ok")


class Health(Document):
    """Whether requests can be served; `projections` names those that are far behind."""

    status: Literal["ok", "unhealthy"]
    database: Reached
    projections: str
    redis: Reached
    stripe: StripeReached


HEALTH = Health(status="ok", database="ok", projections="ok", redis="ok", stripe="ok")


class PayoutRun(Document):
    """`requested` counts payouts that a run asked for, `moved` those that were sent, queued or
    held."""

    requested: int
    moved: int


PAYOUT_RUN = PayoutRun(requested=12, moved=12)


class WebhookReceipt(Document):
    """An event is stored, and will be worked."""

    received: bool


WEBHOOK_RECEIPT = WebhookReceipt(received=True)


class ProjectionStatus(Document):
    """`lag` counts events; `state` is `current`, or says what to do.

    `behind_seconds` is the age of the oldest event that was not applied yet, 0 when none waits.
    """

    name: str
    position: int
    head: int
    lag: int
    behind_seconds: float
    running: bool
    state: str
