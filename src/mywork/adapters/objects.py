"""Object storage at S3 and at what speaks its protocol, such as R2 and MinIO.

Time-outs and retries are bounded: a caller learns within minutes that a store is away. Large
files go up in parts, in constant memory; a part that fails leaves no object behind.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from mywork.application.ports.objects import (
    CHUNK_BYTES,
    ObjectExists,
    ObjectMissing,
    Retention,
    StorageUnavailable,
    StoredObject,
    check_key,
)

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 60, 4
PART_BYTES = 16 * 1024 * 1024  # S3 takes 10,000 parts: files up to 156 GiB

_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_NO_LOCKS = frozenset({"ObjectLockConfigurationNotFoundError", "NotImplemented", "501"})
_SHA256 = "sha256"  # our metadata: what lies there can be compared without reading it


class S3Objects:
    """The Objects port on one bucket, below `prefix`; `endpoint` is empty for AWS itself."""

    def __init__(
        self, endpoint: str, key_id: str, secret: str, *, bucket: str, prefix: str = ""
    ) -> None:
        self._bucket, self._prefix = bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            region_name="auto" if endpoint else None,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                s3={"addressing_style": "path"},
                # Not every store knows the checksums that the SDK would add by itself.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, body: bytes, *, once: Retention | None = None) -> StoredObject:
        digest = hashlib.sha256(body).hexdigest()
        try:
            with self._translated(key):
                self._client.put_object(
                    **self._named(key), Body=body, **self._terms(digest, once), **_condition(once)
                )
        except ObjectExists:
            if self._digest_of(key) != digest:
                raise
        return StoredObject(key, len(body), self._lock_date(once))

    def put_file(self, key: str, path: Path, *, once: Retention | None = None) -> StoredObject:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= PART_BYTES:
                return self.put(key, file.read(), once=once)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            known = self._digest_of(key) if once else None  # before gigabytes are on their way
            if known is not None and known != digest:
                raise ObjectExists(key)
            if known is None:
                self._put_in_parts(key, file, self._terms(digest, once), once)
        return StoredObject(key, size, self._lock_date(once))

    def _put_in_parts(
        self, key: str, file: BinaryIO, terms: dict[str, Any], once: Retention | None
    ) -> None:
        named = self._named(key)
        with self._translated(key):
            upload = self._client.create_multipart_upload(**named, **terms)["UploadId"]
            try:
                parts = []
                for number, body in enumerate(iter(lambda: file.read(PART_BYTES), b""), start=1):
                    sent = self._client.upload_part(
                        **named, UploadId=upload, PartNumber=number, Body=body, **_algorithm(terms)
                    )
                    checksum = {name: sent[name] for name in ("ChecksumSHA256",) if name in sent}
                    parts.append({"PartNumber": number, "ETag": sent["ETag"], **checksum})
                self._client.complete_multipart_upload(
                    **named, UploadId=upload, MultipartUpload={"Parts": parts}, **_condition(once)
                )
            except BaseException:
                with suppress(ClientError, BotoCoreError):
                    self._client.abort_multipart_upload(**named, UploadId=upload)
                raise

    def get(self, key: str) -> bytes:
        return b"".join(self.chunks(key))

    def chunks(self, key: str) -> Iterator[bytes]:
        with self._translated(key):
            body = self._client.get_object(**self._named(key))["Body"]
            yield from body.iter_chunks(CHUNK_BYTES)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with self._translated(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._prefix}{prefix}"
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(found["Key"].removeprefix(self._prefix), found["Size"])

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{check_key(key)}"}

    def _terms(self, digest: str, once: Retention | None) -> dict[str, Any]:
        """What is stored beside the bytes; S3 takes a lock only with a checksum of the body."""
        terms: dict[str, Any] = {"Metadata": {_SHA256: digest}}
        until = self._lock_date(once)
        if until is None:
            return terms
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        return terms | lock | {"ChecksumAlgorithm": "SHA256"}

    def _lock_date(self, once: Retention | None) -> datetime | None:
        return once.locked_until if once is not None and self._locks else None

    @cached_property
    def _locks(self) -> bool:
        """Whether the bucket has object lock; asked once."""
        try:
            found = self._client.get_object_lock_configuration(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) in _NO_LOCKS:
                return False
            raise StorageUnavailable(f"{self._bucket}: {error}") from error
        except BotoCoreError as error:
            raise StorageUnavailable(f"{self._bucket}: {error}") from error
        return bool(found["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled")

    def _digest_of(self, key: str) -> str | None:
        """The SHA-256 that was stored with an object; empty if none was, None without object."""
        try:
            with self._translated(key):
                found = self._client.head_object(**self._named(key))
        except ObjectMissing:
            return None
        return str(found.get("Metadata", {}).get(_SHA256, ""))

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = _code(error)
            if code in _MISSING:
                raise ObjectMissing(f"nothing lies under {key} in {self._bucket}") from error
            if code in _TAKEN:
                raise ObjectExists(key) from error
            raise StorageUnavailable(f"{self._bucket}/{key}: {error}") from error
        except (BotoCoreError, OSError) as error:
            raise StorageUnavailable(f"{self._bucket}/{key}: {error}") from error


def _condition(once: Retention | None) -> dict[str, str]:
    return {} if once is None else {"IfNoneMatch": "*"}


def _algorithm(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: terms[name] for name in ("ChecksumAlgorithm",) if name in terms}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
