"""Bringing the system to rest: webhooks delivered, transactions read, outbox worked.

It does nothing that the worker does not do on its own schedule; it only does it now. Every job
is safe to run beside the worker's, so the two may race.
"""

import time
from typing import Any

import httpx2

from mywork.bootstrap.core import Core

_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.01
_POSITIONS = """
SELECT coalesce(min(position), 0)
       = (SELECT coalesce(max(notification_id), 0) FROM eventstore.events)
  FROM eventstore.followers
"""


class NeverAtRest(Exception):
    """Something keeps waiting; the message says what."""


def settle(core: Core, sandbox_url: str) -> None:
    """Work until nothing is left; raises NeverAtRest after two minutes."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with httpx2.Client(base_url=sandbox_url, timeout=10) as sandbox:
        while not _delivered(sandbox) or _work(core) or not at_rest(core):
            if time.monotonic() > deadline:
                raise NeverAtRest(f"inbox {core.inbox.counts()}, outbox {core.outbox.counts()}")
            time.sleep(_PAUSE_SECONDS)


def _work(core: Core) -> int:
    """One round of every job, facts before what settles them; how much there was to do."""
    return (
        core.inbox_worker.drain().done
        + core.feed.read_transactions()
        + core.inbox_worker.drain().done
        + core.deadlines.run()
        + core.paying_out.run_scheduled()
        + len(core.collecting.run())
        + core.payout_queue.run()
        + core.outbox_dispatcher.drain()
        + core.notifier.run()
        + core.aged_items.run()
    )


def at_rest(core: Core) -> bool:
    """Whether no receipt, call or event waits for anybody."""
    if core.inbox.counts()["waiting"] or core.outbox.counts()["waiting"]:
        return False
    with core.store.connection() as connection:
        row = connection.execute(_POSITIONS).fetchone()
    return bool(row and row[0])


def _delivered(sandbox: httpx2.Client) -> bool:
    counts: dict[str, Any] = sandbox.get("/_sandbox/webhooks").raise_for_status().json()
    return not counts["pending"]
