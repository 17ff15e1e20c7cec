"""Who is told what when something happened. Read `notice`, then the notices of each concept.

Texts are written when they are sent, from the history, so that nothing personal is stored: an
event names people by their opaque ids, and their addresses are looked up at the last moment.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mywork.application.notifications import (
    breaks,
    debts,
    disputes,
    orders,
    payouts,
    refunds,
    subscriptions,
)
from mywork.application.notifications.notice import Notice, Write

NOTICES: Mapping[type, Write] = {
    event: write
    for concept in (orders, refunds, disputes, payouts, debts, subscriptions, breaks)
    for event, write in concept.NOTICES.items()
}


def tells(event: Any) -> bool:
    """Whether anybody is told of an event like this."""
    return type(event) in NOTICES


def notices_of(event: Any, earlier: Sequence[Any]) -> Sequence[Notice]:
    """Who is told what of an event, given what its stream had said before."""
    return NOTICES[type(event)](event, earlier)
