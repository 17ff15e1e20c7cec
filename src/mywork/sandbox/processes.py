"""Child processes that end when we end, and what a server on this machine needs to be found.

A folder's lock is inherited by the server and by everything the server forks, so a lock that is
free proves that nobody works in the folder any more, whatever a pid file says.
"""

import fcntl
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from mywork.sandbox import launch
from mywork.sandbox.errors import AlreadyRunning, PortInUse, WheelMissing

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.05
# Below the range from which the kernel picks ports for outgoing connections.
_PORTS = range(20_000, 32_000)


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a program; `shed_root_for` names data that must not be touched as root."""

    command: Sequence[str | Path]
    folder: Path
    log: Path
    lock: int
    shed_root_for: Path | None = None
    stdin: Path = Path(os.devnull)


def spawn(how: Launch) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches us alone.

    The kernel sends it SIGINT when the *thread* that spawned it ends, hence the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a server dies with the thread that starts it: use the main thread")
    launcher = (sys.executable, "-I", "-S", launch.__file__, os.getpid())
    arguments = (*launcher, how.shed_root_for or "", *how.command)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    with how.stdin.open("rb") as stdin, _private(how.log) as log:
        return subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=how.folder,
            env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            stdin=stdin,
            stdout=log,
            stderr=log,
            pass_fds=(how.lock,),
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *signals: int, patience_seconds: float) -> None:
    """Send one signal after the other, each time it has not ended; the last resort is SIGKILL."""
    for signal in signals:
        process.send_signal(signal)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


@contextmanager
def claimed(folder: Path, *, meanwhile: Callable[[], None]) -> Iterator[int]:
    """The folder's lock, once whoever held it is gone; a child keeps it by inheriting it."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _locked(descriptor):
            if time.monotonic() > deadline:
                raise AlreadyRunning(
                    f"A server is already running in {folder}:"
                    " stop it first, or choose another folder with --data."
                )
            meanwhile()
            time.sleep(_PAUSE_SECONDS)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def choose_port(memory: Path, wanted: int | None = None) -> int:
    """The wanted port, or the one used last time if it is free, or any; remembered."""
    if wanted is not None and not is_free(wanted):
        raise PortInUse(f"Port {wanted} is in use: stop what listens there, or choose another.")
    port = wanted or _remembered(memory) or free_port()
    memory.write_text(f"{port}\n", encoding="ascii")
    return port


def _remembered(memory: Path) -> int | None:
    text = memory.read_text(encoding="ascii").strip() if memory.exists() else ""
    return int(text) if text.isdecimal() and is_free(int(text)) else None


def free_port() -> int:
    while not is_free(port := secrets.choice(_PORTS)):
        pass
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def keep_secret(path: Path) -> str:
    """The password in a file that only we can read; made up when there is none."""
    if not path.exists():
        write_private(path, secrets.token_hex(24))
    return path.read_text(encoding="ascii")


def write_private(path: Path, text: str) -> None:
    """Readable by us alone, and never half written."""
    staging = path.with_name(f"{path.name}.new")
    staging.unlink(missing_ok=True)
    with _private(staging) as file:
        file.write(text.encode())
    staging.replace(path)


def _private(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def running_in(folder: Path, program: str) -> list[int]:
    """The processes of a program whose current folder it is, as far as we may see them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name = (process / "comm").read_text(encoding="utf-8").strip()
            if name == program and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


def program_of(wheel: str, relative: str) -> Path:
    """A program inside an installed wheel, found without importing it."""
    spec = find_spec(wheel)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (program := Path(folder, relative)).is_file():
            return program
    raise WheelMissing(
        f"{Path(relative).name} of the package {wheel} is missing: run scripts/setup."
    )
