"""Makes the folder: `PYTHONPATH=tests .venv/bin/python -m midwork.make`.

Not run by the suite, and not to be run again lightly: its worth is that an earlier version left it
(that of commit 59b3f16, before the rows of effects and deadlines changed).
A new folder needs a new outcome: delete that, and let the test write it (see there).
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from marketplace import START, Marketplace

from eventstore.store import EventStore
from midwork.folder import keep
from midwork.stage import Stage
from midwork.stories import play
from midwork.tracing import Line
from mywork.bootstrap import migrate
from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.stripe.server import open_world
from mywork.sandbox.stripe.world import World

# Leases and delays run by the real clock. By the time somebody resumes they are over, and what
# was asked for first is due first.
_LONG_AGO = """
UPDATE operations.inbox_work SET due_at = '2001-01-01Z';
UPDATE operations.effects e SET due_at = '2001-01-01Z'::timestamptz + n * interval '1 second'
  FROM (SELECT key, row_number() OVER (ORDER BY created_at, key) AS n FROM operations.effects) o
 WHERE o.key = e.key
"""


def main() -> None:
    with (
        TemporaryDirectory() as temporary,
        EmbeddedPostgres(Path(temporary, "postgres"), durable=False) as postgres,
    ):
        stripe = Path(temporary, "stripe")
        migrate(postgres.url)
        _play(postgres.url, stripe)
        open_world(stripe).close()  # its journal, rewritten to what there is now
        keep(postgres.url, stripe)


def _play(database_url: str, stripe: Path) -> None:
    stripe.mkdir()
    clock = SandboxClock(stripe / "clock.json")
    clock.freeze(START)
    world = World(clock, journal=stripe / "journal.jsonl", seed=7)
    line = Line(world)
    marketplace = Marketplace(database_url, stripe.parent, world, line=line)
    play(Stage(marketplace, line))
    _rest_for_years(marketplace.core.store)
    marketplace.close()
    world.keep()
    world.close()


def _rest_for_years(store: EventStore) -> None:
    with store.transaction() as cursor:
        cursor.execute(_LONG_AGO)


if __name__ == "__main__":
    main()
