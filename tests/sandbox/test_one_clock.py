"""Everything that a test starts has the clock of the test, whatever time that is."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import psycopg
import redis

_NOW = "from datetime import *; print(datetime.now(UTC).isoformat())"


def postgres_time(url: str) -> datetime:
    with psycopg.connect(url) as session:
        row = session.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    return row[0]


def redis_time(url: str) -> datetime:
    with redis.Redis.from_url(url) as session:
        seconds, microseconds = session.time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def child_time() -> datetime:
    done = subprocess.run([sys.executable, "-c", _NOW], capture_output=True, text=True, check=True)
    return datetime.fromisoformat(done.stdout.strip())


def test_there_is_one_clock(empty_database_url: str, redis_url: str) -> None:
    times = [datetime.now(UTC)]
    times += [postgres_time(empty_database_url), redis_time(redis_url), child_time()]
    times += [datetime.now(UTC)]
    assert times == sorted(times)
