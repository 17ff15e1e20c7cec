"""Run an embedded server in another process, as somebody else or where less is allowed."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_SERVE = """
import sys
from pathlib import Path
from mywork.sandbox.errors import SandboxFault
from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.redis import EmbeddedRedis

server = {"postgres": EmbeddedPostgres, "redis": EmbeddedRedis}[sys.argv[1]](Path(sys.argv[2]))
try:
    with server:
        print(server.pid, server.url, flush=True)
        sys.stdin.read()
except SandboxFault as fault:
    print(type(fault).__name__, fault, flush=True)
"""

AS_NOBODY = (
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    # The checkout may stand in root's private home.
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)
WITHOUT_NAMESPACES = (sys.executable, __file__, "65536")
WITHOUT_OTHER_USERS = (sys.executable, __file__, "1")


@contextmanager
def serving(
    what: str, folder: Path, *, through: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The parent process, and the two words it said: pid and address, or fault and sentence."""
    command = [*through, sys.executable, "-c", _SERVE, what, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        first, _, second = parent.stdout.readline().strip().partition(" ")
        yield parent, first, second
        parent.stdin.close()


def is_gone(pid: str) -> bool:
    return not Path(f"/proc/{pid}").exists()


def _forbid_namespaces(users: int) -> None:
    """Enter a user namespace that knows so many users and may have no further namespaces."""
    to_parent, to_child = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        entered = ctypes.CDLL(None).unshare(0x10000000) == 0
        os.write(to_parent[1], b"e" if entered else b"-")
        os.read(to_child[0], 1)
        if entered:
            Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
        os.execvp(sys.argv[2], sys.argv[2:])
    if os.read(to_parent[0], 1) == b"e":
        for kind in ("uid", "gid"):
            Path(f"/proc/{child}/{kind}_map").write_text(f"0 0 {users}", encoding="ascii")
    os.write(to_child[1], b".")
    os.waitpid(child, 0)


if __name__ == "__main__":
    _forbid_namespaces(int(sys.argv[1]))
