"""Receipts that nobody worked, or could not: waiting, to be retried, nearly dead and dead."""

from collections.abc import Sequence

import orjson

from midwork.stage import AT_ONCE, LATER, Stage
from mywork.adapters.stripe.webhooks import PLATFORM, event_receipt
from mywork.application.ports.tables import RawReceipt
from mywork.domain.order.sale_messages import OrderPlaced
from mywork.sandbox.stripe import connect, disputes

_TRIED = """
UPDATE operations.inbox_work w SET attempts = %s, due_at = now() FROM operations.inbox i
 WHERE i.id = w.id AND i.object_key = %s AND w.status = 'waiting'
"""


def never_read(stage: Stage, paid: Sequence[OrderPlaced]) -> None:
    """Stripe has told a lot, of two orders that were paid before among others."""
    stripe, world = stage.marketplace.stripe, stage.world
    for card in (AT_ONCE, LATER, "pm_card_createDispute"):
        stage.sale("ada", card)
    stripe.refunds.create({"charge": stage.charge(paid[0])["id"], "amount": 5_000})
    disputes.open_(world, "", stage.charge(paid[1]), disputes.Opening())
    connect.restrict(world, stage.account("zoe"))
    ned = stage.subscriber("ned")
    ned.confirm(ned.begin("pro"))
    stage.moved("other_adjustment", 777, 0)
    stage.marketplace.carry()
    stage.core.feed.read_transactions()


def before_their_time(stage: Stage) -> None:
    """A refund is told before its payment, and retried.

    Of one sale the payment's webhook is lost; of the other it waits behind.
    """
    for lost in (True, False):
        placed = stage.sale("ada", AT_ONCE)
        stage.marketplace.stripe.refunds.create({"charge": stage.charge(placed)["id"]})
        for event in stage.marketplace.webhooks.take():
            if event["type"] != "payment_intent.succeeded":
                stage.core.inbox.store([event_receipt(PLATFORM, orjson.dumps(event))])
            elif not lost:
                stage.marketplace.webhooks.return_(event)
    stage.marketplace.drain()


def of_nobody(stage: Stage) -> None:
    """What cannot be read, and what nothing of ours explains: one given up, two nearly."""
    stage.moved("charge", 4_200, 0, source="ch_nobody")
    stage.core.feed.read_transactions()
    for number in (1, 2):
        name, body = f"evt_unreadable_{number}", b'{"id": "evt_unreadable"}'
        receipt = RawReceipt(PLATFORM, name, "payment_intent.succeeded", f"pi_{number}", body)
        stage.core.inbox.store([receipt])
    stage.marketplace.drain()
    _attempts(stage, {"pi_1": 21})
    stage.core.inbox_worker.work_batch()
    _attempts(stage, {"ch_nobody": 12, "pi_2": 21})


def _attempts(stage: Stage, attempts: dict[str, int]) -> None:
    """As if hours had passed by the real clock, in which these alone were tried."""
    with stage.core.store.transaction() as cursor:
        cursor.execute("UPDATE operations.inbox_work SET due_at = 'infinity'")
        for object_key, tried in attempts.items():
            cursor.execute(_TRIED, (tried, object_key))
