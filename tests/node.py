"""Node and packages of npm for the tests that need them.

Where they are missing such a test is skipped with a word that says so, and in CI it fails:
nothing is left out there unseen.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from waiting import GUARD_SECONDS

PACKAGES = Path(sys.prefix) / "node"

needs_node = pytest.mark.usefixtures("node")


@pytest.fixture(scope="session")
def node() -> str:
    """Node's path."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        absent(f"{' and '.join(missing)} cannot be found (on Debian: apt install nodejs npm)")
    return str(shutil.which("node"))


def absent(word: str) -> NoReturn:
    """What the test needs is not to be had here."""
    if os.environ.get("CI"):
        pytest.fail(word)
    pytest.skip(word)


def installed(versions: Mapping[str, str]) -> Path:
    """A folder in whose `node_modules` are packages of exactly these versions, by name.

    It is made once and kept in the virtual environment; what the machine says of npm's registry
    holds. No script of a package is run.
    """
    wanted = json.dumps({"private": True, "dependencies": dict(sorted(versions.items()))})
    folder = PACKAGES / hashlib.sha256(wanted.encode()).hexdigest()[:16]
    PACKAGES.mkdir(exist_ok=True)
    with (PACKAGES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker installs, the others find it done
        if not folder.exists():
            _install(wanted, folder)
    return folder


def _install(wanted: str, folder: Path) -> None:
    aside = folder.with_suffix(".unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    (aside / "package.json").write_text(wanted)
    true_time = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=aside,
        env=true_time,
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )
    if done.returncode:
        absent(f"npm cannot install {wanted}: {done.stderr.strip()}")
    aside.rename(folder)
