"""Heads of history: signed over what is sealed, published once, by the key that is in use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from history import happen, root_by_hand, store_of

from eventstore.store import EventStore
from mywork.adapters.folder import FolderObjects
from mywork.adapters.signing import FileSigner, NoteSigner, new_secret
from mywork.application.ports.objects import ObjectExists
from mywork.application.scheduled.sealing import KEPT, Sealing
from mywork.domain.errors import SigningKeyNotInUse
from mywork.ledger.proof import heads
from mywork.ledger.proof.verify_history import Key, open_head, open_key

START = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Desk:
    """Somebody who seals, with a clock that they turn."""

    store: EventStore
    folder: Path
    time: datetime = START
    signer: NoteSigner = field(default_factory=lambda: NoteSigner(new_secret("example/history")))

    @property
    def objects(self) -> FolderObjects:
        return FolderObjects(self.folder / "objects")

    @property
    def sealing(self) -> Sealing:
        return Sealing(self.store, self.signer, self.objects, now=lambda: self.time)

    def published(self) -> list[str]:
        return [found.key for found in self.objects.list()]

    def known_keys(self) -> list[Key]:
        keys: list[Key] = []
        with self.store.connection() as connection:
            for key in heads.read_keys(connection.cursor()):
                keys.append(open_key(key.note.encode(), keys))
        return keys


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with store_of(database_url) as store:
        yield Desk(store, tmp_path)


def test_a_head_is_signed_over_everything_committed(desk: Desk) -> None:
    happen(desk.store.url, 300)
    head = desk.sealing.sign()
    assert head is not None
    assert (head.size, head.signed_at, head.key_number) == (300, START, 1)
    assert head == heads.latest_head(desk.store)
    root = root_by_hand(desk.store, 300)
    assert open_head(head.note.encode(), desk.known_keys()) == (300, root)
    origin, size, _, signed_at, *_ = head.note.split("\n")
    assert (origin, size) == ("example/history", "300")
    assert signed_at == "signed_at 2026-11-25T12:00:00.000000Z"


def test_nothing_is_signed_of_nothing_and_nothing_twice(desk: Desk) -> None:
    assert desk.sealing.sign() is None
    assert heads.latest_head(desk.store) is None
    happen(desk.store.url, 1)
    first = desk.sealing.sign()
    desk.time += timedelta(days=1)
    assert desk.sealing.sign() == first


def test_the_schedule_seals_at_once_and_signs_every_hour(desk: Desk) -> None:
    happen(desk.store.url, 5)
    assert desk.sealing.run() == 2  # the key and the first head
    assert desk.published() == ["heads/000000000005.note", "keys/0001.note"]
    happen(desk.store.url, 1)
    desk.time += timedelta(minutes=59)
    assert desk.sealing.run() == 0
    assert desk.sealing.seal() == 6
    desk.time += timedelta(minutes=1)
    assert desk.sealing.run() == 1
    assert desk.published()[1] == "heads/000000000006.note"
    desk.time += timedelta(hours=2)
    assert desk.sealing.run() == 0  # nothing came


def test_what_is_published_is_kept_for_ten_years(desk: Desk) -> None:
    happen(desk.store.url, 1)
    desk.sealing.sign()
    asked = []

    class Watched(FolderObjects):
        def put(self, key, body, *, once=None):  # type: ignore[no-untyped-def]
            asked.append(once.locked_until)
            return super().put(key, body, once=once)

    objects = Watched(desk.folder / "watched")
    Sealing(desk.store, desk.signer, objects, now=lambda: START).publish()
    assert asked == [START + KEPT] * 2
    latest = heads.latest_head(desk.store)
    assert latest is not None
    assert objects.get(heads.head_object(1)) == latest.note.encode()


def test_a_publisher_that_died_is_followed_by_one_that_ends_its_work(desk: Desk) -> None:
    """It had put the object, and not yet written that down."""
    happen(desk.store.url, 1)
    head = desk.sealing.sign()
    assert head is not None
    desk.objects.put(heads.head_object(1), head.note.encode())
    assert desk.sealing.publish() == 2
    assert desk.sealing.publish() == 0


def test_another_head_in_our_place_is_not_passed_over(desk: Desk) -> None:
    happen(desk.store.url, 1)
    desk.sealing.sign()
    desk.objects.put(heads.head_object(1), b"somebody else's")
    with pytest.raises(ObjectExists):
        desk.sealing.publish()


def test_a_key_hands_over_to_the_next_and_signs_no_more(desk: Desk) -> None:
    happen(desk.store.url, 2)
    old, new = desk.signer, NoteSigner(new_secret("example/history"))
    key = desk.sealing.rotate(new)
    assert (key.number, key.from_size, key.verifier_key) == (2, 2, new.verifier_key)
    happen(desk.store.url, 1)
    with pytest.raises(SigningKeyNotInUse, match="is not key 2"):
        desk.sealing.sign()
    desk.signer = new
    head = desk.sealing.sign()
    assert head is not None
    assert head.key_number == 2
    assert open_head(head.note.encode(), desk.known_keys())[0] == 3
    with pytest.raises(SigningKeyNotInUse, match="used before"):
        desk.sealing.rotate(old)
    assert desk.sealing.publish() == 4
    assert desk.published()[2:] == ["keys/0001.note", "keys/0002.note"]


def test_a_stranger_s_key_signs_nothing(desk: Desk) -> None:
    happen(desk.store.url, 1)
    desk.sealing.sign()
    happen(desk.store.url, 1)
    desk.signer = NoteSigner(new_secret("example/history"))
    with pytest.raises(SigningKeyNotInUse, match="AUDIT_SIGNING_KEY"):
        desk.sealing.sign()
    with pytest.raises(SigningKeyNotInUse):
        desk.sealing.rotate(NoteSigner(new_secret("example/history")))
    latest = heads.latest_head(desk.store)
    assert latest is not None
    assert latest.size == 1


def test_there_is_nothing_to_hand_over_before_the_first_head(desk: Desk) -> None:
    with pytest.raises(SigningKeyNotInUse, match="nothing to hand over"):
        desk.sealing.rotate(FileSigner(desk.folder / "next.key"))
