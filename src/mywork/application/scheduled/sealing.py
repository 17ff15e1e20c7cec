"""Sealing the history: its tree grows, heads are signed, and published where we cannot rewrite.

Everything here may run late, twice, or in two processes at once, and be killed at any point.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from eventstore.progress import Progress
from eventstore.store import EventStore
from mywork.application.ports.objects import Objects, Retention
from mywork.application.ports.signing import Signer
from mywork.domain.errors import SigningKeyNotInUse
from mywork.ledger.findings import Check, Cursor
from mywork.ledger.proof import heads, notes, tree
from mywork.ledger.proof.checks import seal_checks
from mywork.ledger.proof.heads import Head, SigningKey
from mywork.ledger.proof.sealing import seal
from mywork.ledger.proof.tiles import StoredTree

logger = logging.getLogger(__name__)

# Books are kept for ten years (in Germany by section 257 of the commercial code): so are heads.
KEPT = timedelta(days=3653)
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_SIGN_LOCK = 0x5369676E  # "Sign"


def real_time() -> datetime:
    """Signatures are of real time, whatever the clock of business says."""
    return datetime.now(UTC)


class Sealing:
    """Seals, signs and publishes; `every` is how often a head is signed without being asked."""

    def __init__(
        self,
        store: EventStore,
        signer: Signer,
        objects: Objects,
        *,
        every: timedelta = timedelta(hours=1),
        now: Callable[[], datetime] = real_time,
    ) -> None:
        self._store, self._signer, self._objects = store, signer, objects
        self._every, self._now = every, now

    def run(self) -> int:
        """What the schedule does; returns how many notes were published."""
        self.seal()
        latest = heads.latest_head(self._store)
        if latest is None or latest.signed_at + self._every <= self._now():
            self.sign()
        return self.publish()

    def seal(self, progress: Progress | None = None) -> int:
        """Seal all that is committed; returns how many events are sealed."""
        return seal(self._store, progress=progress)

    def sign(self, progress: Progress | None = None) -> Head | None:
        """Seal, and sign a head over everything that is sealed; None while there is nothing.

        The latest head is as good while nothing came behind it. Raises SigningKeyNotInUse.
        """
        self.seal(progress)
        with self._store.transaction() as cursor:
            cursor.execute(_LOCK, (_SIGN_LOCK,))
            sealed, latest = StoredTree(cursor), heads.read_latest(cursor)
            size = sealed.size()
            if size == 0 or (latest is not None and latest.size == size):
                return latest
            keys = heads.read_keys(cursor)
            key = self._key_in_use(keys)
            if not keys:
                heads.add_key(cursor, key)
            head = self._head(size, tree.root(sealed.nodes, size), key)
            heads.add_head(cursor, head)
        logger.info("signed a head over %s events", size)
        return head

    def publish(self) -> int:
        """Put every note that is not there yet into the object store; returns how many.

        Raises ObjectExists when another note lies in its place, StorageUnavailable.
        """
        with self._store.connection() as connection:
            waiting = heads.unpublished(connection.cursor())
        for object_key, note in waiting:
            once = Retention(locked_until=self._now() + KEPT)
            stored = self._objects.put(object_key, note.encode(), once=once)
            with self._store.transaction() as cursor:
                heads.mark_published(cursor, object_key, stored.locked_until)
        return len(waiting)

    def checks(self) -> tuple[Check, ...]:
        """What an audit asks of the seals, here and where they are published."""
        promise = "What is published is what we signed, and all of it is ours."
        return *seal_checks(), Check("published", promise, self._look_at_published, ("heads",))

    def _look_at_published(self, cursor: Cursor) -> Iterator[tuple[str, str]]:
        ours = dict(heads.all_notes(cursor))
        marked = heads.published(cursor)
        there = {found.key for kind in ("heads/", "keys/") for found in self._objects.list(kind)}
        for key in sorted(there - ours.keys()):
            yield key, "was published, and we do not have it: history was cut or replaced"
        for key in sorted(marked - there):
            yield key, "was published, and is not there any more"
        common = sorted(there & ours.keys())
        with ThreadPoolExecutor(8) as readers:
            for key, found in zip(common, readers.map(self._objects.get, common), strict=True):
                if found != ours[key].encode():
                    yield key, "is not the note that we have"

    def rotate(self, successor: Signer) -> SigningKey:
        """Hand over to another key: the note that announces it is signed by both.

        The key in use signs nothing afterwards. Raises SigningKeyNotInUse when ours is not the
        one in use, or the successor was used before.
        """
        self.sign()
        with self._store.transaction() as cursor:
            cursor.execute(_LOCK, (_SIGN_LOCK,))
            keys, latest = heads.read_keys(cursor), heads.read_latest(cursor)
            if latest is None:
                raise SigningKeyNotInUse("there is nothing to hand over before the first head")
            self._key_in_use(keys)
            if successor.verifier_key in {key.verifier_key for key in keys}:
                raise SigningKeyNotInUse("the other key was used before; make a new one")
            key = self._announced(len(keys) + 1, latest.size, (successor, self._signer))
            heads.add_key(cursor, key)
        return key

    def _key_in_use(self, keys: list[SigningKey]) -> SigningKey:
        """Ours, which is the first when there is none yet."""
        if not keys:
            return self._announced(1, 0, (self._signer,))
        if keys[-1].verifier_key != self._signer.verifier_key:
            raise SigningKeyNotInUse(
                f"AUDIT_SIGNING_KEY is not key {keys[-1].number}, which is in use: "
                "`mywork audit keys rotate` hands over to another one"
            )
        return keys[-1]

    def _announced(self, number: int, from_size: int, by: tuple[Signer, ...]) -> SigningKey:
        key, since = by[0], self._now()
        text = notes.key_text(key.name, number, key.verifier_key, from_size, since)
        note = notes.note(text, [signer.sign(text) for signer in by])
        return SigningKey(number, key.verifier_key, from_size, since, note)

    def _head(self, size: int, root: bytes, key: SigningKey) -> Head:
        signed_at = self._now()
        text = notes.head_text(self._signer.name, size, root, signed_at)
        note = notes.note(text, [self._signer.sign(text)])
        return Head(size, root, signed_at, key.number, note)
