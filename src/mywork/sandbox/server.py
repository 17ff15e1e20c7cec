"""A server of our own on this machine, living in a folder and no longer than we do.

Starting resumes with the data of last time, on the same port where that is free, also after a
kill -9 of the server or of us. Whatever prevents it is one SandboxFault.
"""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from mywork.sandbox import launch, processes
from mywork.sandbox.errors import (
    FolderUnusable,
    PortInUse,
    RootRefused,
    SandboxFault,
    ServerDidNotStart,
)

_START_SECONDS = 120.0  # recovery after a crash may have much to replay
_STOP_SECONDS = 30.0
_PAUSE_SECONDS = 0.005
_TELLING = ("FATAL", "PANIC", "error:", "could not", "Bad")


class EmbeddedServer(ABC):
    """Start it from the main thread; use it as a context manager or call start() and stop()."""

    name: str

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "log"
        self.port = 0
        self._wanted_port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """Where to connect, password included."""

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerDidNotStart(f"{self.name} is not running: start it first.")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        try:
            self._start()
        except OSError as error:
            raise FolderUnusable(
                f"{self.name} cannot use {error.filename or self.folder} ({error.strerror}):"
                " make it readable and writable for you, or choose another folder with --data."
            ) from error
        return self

    def stop(self) -> None:
        """Stop cleanly; a server that is not running is left alone."""
        if self._process is not None:
            processes.stop(
                self._process, signal.SIGINT, signal.SIGQUIT, patience_seconds=_STOP_SECONDS
            )
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @abstractmethod
    def _prepare(self, lock: int) -> None:
        """Make the folder fit to start from; nobody else works in it now."""

    @abstractmethod
    def _launch(self, lock: int) -> processes.Launch:
        """The server's own command."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether the server takes connections."""

    def _end_orphans(self) -> None:  # noqa: B027 - most servers leave none
        """End what a killed server left behind and what will not end by itself."""

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with processes.claimed(self.folder, meanwhile=self._end_orphans) as lock:
            self._prepare(lock)
            self.port = processes.choose_port(self.folder / "port", self._wanted_port)
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            self._process = processes.spawn(self._launch(lock))
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if not self.running or time.monotonic() > deadline:
                raise self._failure()
            time.sleep(_PAUSE_SECONDS)

    def _run(self, how: processes.Launch) -> None:
        """Run a preparing program to its end."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._process = processes.spawn(how)
        try:
            if self._process.wait() != 0:
                raise self._failure()
        finally:
            self.stop()

    def _failure(self) -> SandboxFault:
        words = self.log.read_bytes()[self._log_start :].decode(errors="replace")
        if self._process is not None and self._process.returncode == launch.CANNOT_SHED_ROOT:
            return RootRefused(
                f"{self.name} refuses to run as root, and neither a user namespace nor the user"
                " nobody can be had here: run as an ordinary user."
            )
        if "Address already in use" in words:
            return PortInUse(f"Port {self.port} was taken meanwhile: start again.")
        lines = [line for line in words.splitlines() if line.strip()]
        telling = [line for line in lines if any(word in line for word in _TELLING)]
        cause = (telling[:1] or lines[-1:] or ["it said nothing"])[0].strip()
        return ServerDidNotStart(f"{self.name} did not start ({cause}): see {self.log}.")
