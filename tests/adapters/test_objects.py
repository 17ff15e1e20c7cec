"""The Objects port, kept by a folder and by S3's protocol alike; and what only one of them has."""

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from buckets import BUCKET, KEY, LOCKING, SECRET, s3_client, s3_server

from mywork.adapters import objects as s3
from mywork.adapters.folder import FolderObjects
from mywork.adapters.objects import S3Objects
from mywork.application.ports.objects import (
    ObjectExists,
    ObjectKeyInvalid,
    ObjectMissing,
    Objects,
    Retention,
    StorageUnavailable,
)
from mywork.bootstrap.world import bucket as world_bucket
from mywork.bootstrap.world import outside
from mywork.settings import Secret, Settings, SettingsMissing

ONCE = Retention()
LARGE = os.urandom(11 * 1024 * 1024 + 7)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(params=["folder", "s3"])
def objects(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Objects:
    if request.param == "folder":
        return FolderObjects(tmp_path / "objects")
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 1024 * 1024)  # the smallest that S3 takes
    url = request.getfixturevalue("endpoint")
    return S3Objects(url, KEY, SECRET, bucket=BUCKET, prefix=tmp_path.name)


def keys(objects: Objects, prefix: str = "") -> list[str]:
    return [found.key for found in objects.list(prefix)]


def test_what_is_put_is_got_and_listed(objects: Objects) -> None:
    assert keys(objects) == []
    objects.put("b/2.json", b"two")
    objects.put("a/1=x.json", b"one")
    objects.put("a/1=x.json", b"uno")
    assert (objects.get("a/1=x.json"), objects.get("b/2.json")) == (b"uno", b"two")
    assert [(found.key, found.size_bytes) for found in objects.list()] == [
        ("a/1=x.json", 3),
        ("b/2.json", 3),
    ]
    assert keys(objects, "b/") == ["b/2.json"]
    with pytest.raises(ObjectMissing, match="nothing lies under c"):
        objects.get("c")


def test_what_is_put_once_stays(objects: Objects) -> None:
    objects.put("head", b"first", once=ONCE)
    with pytest.raises(ObjectExists, match="head was stored before, with other bytes"):
        objects.put("head", b"second", once=ONCE)
    assert objects.put("head", b"first", once=ONCE).size_bytes == 5  # an answer that was lost
    assert objects.get("head") == b"first"
    objects.put("open", b"first")
    with pytest.raises(ObjectExists):
        objects.put("open", b"second", once=ONCE)


def test_a_large_file_is_streamed_both_ways(objects: Objects, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(LARGE)
    stored = objects.put_file("large", file, once=ONCE)
    assert stored.size_bytes == len(LARGE)
    pieces = list(objects.chunks("large"))
    assert (len(pieces) > 1, b"".join(pieces)) == (True, LARGE)
    assert objects.put_file("large", file, once=ONCE).size_bytes == len(LARGE)
    file.write_bytes(LARGE[:-1] + b"?")
    with pytest.raises(ObjectExists):
        objects.put_file("large", file, once=ONCE)
    assert b"".join(objects.chunks("large")) == LARGE


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", "é", "a" * 901])
def test_a_key_that_some_store_could_not_hold_is_refused(objects: Objects, key: str) -> None:
    for ask in (lambda: objects.put(key, b""), lambda: objects.get(key)):
        with pytest.raises(ObjectKeyInvalid):
            ask()
    assert keys(objects) == []


def test_a_half_written_file_is_no_object(tmp_path: Path) -> None:
    folder = FolderObjects(tmp_path)

    def torn() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageUnavailable, match="No space left"):
        folder._place("a", torn(), None)
    assert (keys(folder), list(tmp_path.iterdir())) == ([], [])


def test_a_write_once_file_is_not_replaced(tmp_path: Path) -> None:
    folder = FolderObjects(tmp_path)
    folder.put("a", b"first", once=ONCE)
    with pytest.raises(ObjectExists):
        folder.put("a", b"second")
    assert folder.get("a") == b"first"


def test_a_lock_is_asked_for_where_the_bucket_has_locks(endpoint: str) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3650)
    locking = S3Objects(endpoint, KEY, SECRET, bucket=LOCKING)
    assert locking.put("head", b"1", once=Retention(until)).locked_until == until
    found = s3_client(endpoint).head_object(Bucket=LOCKING, Key="head")
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert found["ObjectLockRetainUntilDate"] == until
    plain = S3Objects(endpoint, KEY, SECRET, bucket=BUCKET)
    assert plain.put("locks/head", b"1", once=Retention(until)).locked_until is None


def test_a_large_file_is_begun_under_its_lock(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto forgets the lock of what comes in parts, so the request itself is looked at."""
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 1024 * 1024)
    until, asked = datetime.now(UTC) + timedelta(days=1), []
    (tmp_path / "large").write_bytes(LARGE)
    locking = S3Objects(endpoint, KEY, SECRET, bucket=LOCKING)
    locking._client.meta.events.register(
        "provide-client-params.s3.CreateMultipartUpload", lambda params, **_: asked.append(params)
    )
    assert locking.put_file("large", tmp_path / "large", once=Retention(until)).locked_until
    assert asked[0]["ObjectLockMode"] == "COMPLIANCE"
    assert asked[0]["ObjectLockRetainUntilDate"] == until


def test_a_store_that_is_away_or_refuses_us_is_unavailable(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(s3, "ATTEMPTS", 1)
        away = S3Objects(f"http://127.0.0.1:{nobody.getsockname()[1]}", KEY, SECRET, bucket="b")
        with pytest.raises(StorageUnavailable, match="b/a: "):
            away.put("a", b"1")
        with pytest.raises(StorageUnavailable, match="b: "):
            away.put("a", b"1", once=Retention(datetime.now(UTC)))
    absent = S3Objects(endpoint, KEY, SECRET, bucket="absent")
    with pytest.raises(StorageUnavailable, match="NoSuchBucket"):
        list(absent.list())


def test_settings_choose_the_store(endpoint: str, tmp_path: Path) -> None:
    folder = Settings(mywork_objects=tmp_path, clerk_jwks_url="http://127.0.0.1:9/jwks")
    assert isinstance(outside(folder).objects, FolderObjects)
    bucket = Settings(
        database_url=Secret("postgresql://x"),
        clerk_jwks_url="http://127.0.0.1:9/jwks",
        r2_endpoint=endpoint,
        r2_access_key_id=KEY,
        r2_secret_access_key=Secret(SECRET),
        r2_bucket=BUCKET,
    )
    bucket.check()
    assert isinstance(outside(bucket).objects, S3Objects)
    half = replace(bucket, r2_access_key_id="")
    with pytest.raises(SettingsMissing, match="R2_BUCKET is set, so set R2_ACCESS_KEY_ID too"):
        half.check()
    with pytest.raises(SettingsMissing, match="set R2_ENDPOINT, R2_ACCESS_KEY_ID"):
        world_bucket(half, BUCKET)
