"""The stopped folder taken up again: finished by today's code, and what that was, to compare.

What it was does not depend on the order of independent work, on chance, or on any real clock.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from marketplace import Marketplace

from midwork.folder import restore_stripe
from midwork.tracing import Line, TracedWorld, named
from mywork.bootstrap import migrate
from mywork.ledger.trial_balance import trial_balance
from mywork.projections import rebuild

DAYS, STEP_DAYS = 60, 5  # until the last deadline that waited is over, and some more
Rows = list[list[Any]]
Outcome = dict[str, Rows]
_PAID = ("transfer", "transfer_reversal", "refund", "payout")


class Resumed:
    """A marketplace on the folder, upgraded as `mywork dev` upgrades an old one."""

    def __init__(self, marketplace: Marketplace, line: Line) -> None:
        self.marketplace, self.line = marketplace, line
        self._head = marketplace.core.store.head()

    def finish(self) -> None:
        """What waits is worked, calls before receipts, so that no webhook says what they did.

        Then time passes, and the books are right at each rest.
        """
        marketplace = self.marketplace
        marketplace.perform()
        marketplace.core.feed.repair_events(marketplace.clock.now())
        marketplace.settle()
        for _ in range(0, DAYS, STEP_DAYS):
            marketplace.check()
            marketplace.advance(days=STEP_DAYS)
            marketplace.settle()

    def outcome(self) -> Outcome:
        """All that was done since it was taken up, and how the accounts stand."""
        return {
            "calls": sorted(list(call) for call in self.line.calls),
            "letters": sorted(
                [key, letter.to, letter.subject]
                for key, letter in self.marketplace.mail.sent.items()
            ),
            "events": sorted(self._events()),
            "objects": sorted(self._objects()),
            "balances": [
                [row.currency, row.account, row.balance_minor]
                for row in trial_balance(self.marketplace.core.store).rows
            ],
        }

    def _events(self) -> Iterator[list[str]]:
        """Sorted, they are those of a stream in the order of what they say happened."""
        for recorded in self.marketplace.core.store.page(self._head, 100_000):
            effective_at = recorded.metadata.effective_at.astimezone(UTC).isoformat()
            command_id = named(recorded.metadata.command_id)
            yield [recorded.stream, effective_at, recorded.name, command_id]

    def _objects(self) -> Iterator[list[Any]]:
        """Money that left Stripe's balance for somebody, from the beginning of this world."""
        for table, rows in self.marketplace.world.tables.items():
            account, _, kind = table.partition("/")
            if kind in _PAID:
                for row in rows.values():
                    yield [kind, row["id"], account, row["amount"], row.get("status", "")]


@contextmanager
def resumed(restored_database_url: str, folder: Path) -> Iterator[Resumed]:
    migrate(restored_database_url)
    restore_stripe(folder / "stripe")
    world = TracedWorld(folder / "stripe")
    line = Line(world)
    marketplace = Marketplace(restored_database_url, folder, world, line=line)
    try:
        rebuild.rebuild_changed(marketplace.core.store)
        yield Resumed(marketplace, line)
    finally:
        marketplace.close()
        world.close()


def keys(calls: Sequence[Sequence[str]]) -> list[str]:
    """The idempotency keys of ours among calls."""
    return [key for _, _, key, _ in calls if key not in {"", "drawn"}]
