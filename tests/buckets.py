"""S3 on this machine: moto's server, with buckets of a test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEY, SECRET = "key", "secret"
BUCKET, LOCKING = "plain", "locking"  # the second has object lock


@contextmanager
def s3_server() -> Iterator[str]:
    """The endpoint's URL; two buckets are there, empty."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = s3_client(url)
        client.create_bucket(Bucket=BUCKET)
        client.create_bucket(Bucket=LOCKING, ObjectLockEnabledForBucket=True)
        yield url
    finally:
        server.stop()


def s3_client(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
