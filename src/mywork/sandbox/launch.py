"""Become what a server should be, then turn into it: `launch.py PARENT DATA COMMAND...`.

The command replaces this process, gets SIGINT when PARENT dies, and, where DATA is not empty,
does not run as root yet reads and writes what root may. Standard library only: it is run by path.

A file of its own, because code between fork and exec of a threaded program may deadlock.
"""

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

CANNOT_SHED_ROOT = 77  # EX_NOPERM of sysexits.h

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT = 1, 28, 47
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION = 0x20080522


def main(parent: str, data: str, *command: str) -> None:
    if data and _needs_another_identity():
        try:
            _shed_root(Path(data))
        except (OSError, KeyError) as error:
            print(f"FATAL: cannot become an unprivileged user: {error}", file=sys.stderr)
            sys.exit(CANNOT_SHED_ROOT)
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() == int(parent):  # otherwise it died before the line above
        os.execv(command[0], command)  # noqa: S606 - the very purpose


def _needs_another_identity() -> bool:
    """PostgreSQL refuses root, and initdb refuses a user without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_uid == 0
    except KeyError:
        return True


def _shed_root(data: Path) -> None:
    """In a user namespace files stay ours; without one `nobody` owns the data."""
    nobody = pwd.getpwnam("nobody")
    if _namespaces_allowed(nobody):
        _own(data, os.geteuid(), os.getegid())
        _enter_namespace(nobody)
    else:
        _own(data, nobody.pw_uid, nobody.pw_gid)
        _become(nobody)


def _namespaces_allowed(user: pwd.struct_passwd) -> bool:
    """Tried by a child: a half-entered namespace cannot be left."""
    child = os.fork()
    if child == 0:
        try:
            _enter_namespace(user)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _enter_namespace(user: pwd.struct_passwd) -> None:
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {gid} 1", encoding="ascii")


def _become(user: pwd.struct_passwd) -> None:
    """Keep one capability: to pass root's private folders on the way to programs and data.

    The secure bit keeps it across setuid, and lets access(2), which initdb asks, count it.
    """
    _call("prctl", _PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    mask = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(mask, mask, mask)
    _call("capset", header, effective_permitted_inheritable)
    _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _own(data: Path, uid: int, gid: int) -> None:
    """Hand over data that was last used under the other identity."""
    if data.exists() and data.stat().st_uid != uid:
        for folder, _, names in os.walk(data):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(path, uid, gid, follow_symlinks=False)


def _call(function: str, *arguments: object) -> None:
    if ctypes.CDLL(None, use_errno=True)[function](*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
