"""The scripts in a scratch checkout, with a Python that only notes what it was asked."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SCRIPTS = sorted([*(_ROOT / "scripts").iterdir(), _ROOT / ".ci" / "run"])
_PYTHON = f"""\
#!/bin/sh
case "$*" in
*fcntl*) exec {sys.executable} "$@" ;;
"-c import ensurepip"*) exit "${{VERSION_REFUSED:-0}}" ;;
"-m venv"*)
    mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    echo "#!$(pwd -P)/.venv/bin/python" >.venv/bin/pip ;;
"-m pip"*"-r requirements.lock") sleep 0.2; [ -z "${{INTERRUPT-}}" ] || kill -9 $PPID ;;
esac
echo "$* $(date +%Y)" >>asked
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    checkout = tmp_path / "check out"
    shutil.copytree(_ROOT / "scripts", checkout / "scripts")
    for name in ("requirements.lock", "pyproject.toml"):
        (checkout / name).write_text("")
    python = tmp_path / "bin" / "python3.13"
    python.parent.mkdir()
    python.write_text(_PYTHON)
    python.chmod(0o755)
    return checkout


def start(
    checkout: Path, name: str = "setup", *arguments: str, **variables: str
) -> subprocess.Popen[str]:
    path = f"{checkout.parent / 'bin'}:/usr/bin:/bin"
    return subprocess.Popen(
        [checkout / "scripts" / name, *arguments],
        cwd="/",
        env={"PATH": path, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def set_up(checkout: Path, **variables: str) -> list[str]:
    """Run it to its end; what Python was asked to do since the last time."""
    with start(checkout, **variables) as script:
        _, said = script.communicate()
    assert script.returncode == 0, said
    asked = checkout / "asked"
    lines = asked.read_text().splitlines() if asked.exists() else []
    asked.unlink(missing_ok=True)
    return [words.split()[1] for words in lines if words.startswith("-m")]


def test_setup_installs_once(checkout: Path) -> None:
    assert set_up(checkout) == ["venv", "pip", "pip"]
    assert set_up(checkout) == []


def test_setup_installs_again_when_a_pin_changed(checkout: Path) -> None:
    set_up(checkout)
    (checkout / "requirements.lock").write_text("another==1")
    assert set_up(checkout) == ["pip", "pip"]


def test_setup_begins_anew_after_an_interruption(checkout: Path) -> None:
    with start(checkout, INTERRUPT="yes") as script:
        script.communicate()
    assert script.returncode == -9
    (checkout / "asked").unlink()
    assert set_up(checkout) == ["venv", "pip", "pip"]


def test_setup_begins_anew_when_the_checkout_was_moved(checkout: Path) -> None:
    set_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert set_up(moved) == ["venv", "pip", "pip"]


def test_two_setups_at_once_install_once(checkout: Path) -> None:
    with start(checkout) as other:
        asked = set_up(checkout)
        other.communicate()
    assert other.returncode == 0
    assert asked == ["venv", "pip", "pip"]
    assert not (checkout / "asked").exists()


def test_setup_says_which_python_it_needs(checkout: Path) -> None:
    tools = checkout.parent / "bin"
    for tool in ("dirname", "cat", "cksum"):
        (tools / tool).symlink_to(shutil.which(tool) or "")
    with start(checkout, VERSION_REFUSED="1", PATH=str(tools)) as script:
        _, said = script.communicate()
    assert script.returncode == 1
    assert said == (
        "Python 3.11 or newer with its venv module is needed"
        " (on Debian: apt install python3-venv).\n"
    )


# Another time ---------------------------------------------------------------------------------

needs_faketime = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="Debian's faketime is not installed"
)


@needs_faketime
def test_another_time_is_that_of_the_tests_alone(checkout: Path) -> None:
    with start(checkout, "test", "--at", "2100-02-28 23:58", "-k", "two words") as script:
        script.communicate()
    assert script.returncode == 0
    *before, tests = (checkout / "asked").read_text().splitlines()
    assert tests == "-m pytest -k two words 2100"
    assert before
    assert not [line for line in before if line.endswith(" 2100")]


@needs_faketime
def test_at_another_time_there_is_one_clock_and_waits_end() -> None:
    chosen = ["tests/sandbox/test_one_clock.py", "tests/eventstore/test_store.py"]
    words = ["-n0", "-k", "one_clock or append_lock", "-p", "no:cacheprovider"]
    script = _ROOT / "scripts" / "test"
    kept = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run(
        [script, "--at", "2100-02-28 23:59:55", *chosen, *words],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "begin at 2100-" in done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("time", [[], [""], ["soon"], ["2027-02-29 12:00"]], ids=str)
def test_what_is_no_time_is_refused(checkout: Path, time: list[str]) -> None:
    (checkout.parent / "bin" / "faketime").symlink_to("/bin/true")
    with start(checkout, "test", "--at", *time) as script:
        _, said = script.communicate()
    assert script.returncode == 2
    assert said == f"'{''.join(time)}' is not a time such as '2027-01-31 23:58'.\n"
    assert not (checkout / ".venv").exists()


def test_another_time_takes_faketime(checkout: Path) -> None:
    tools = checkout.parent / "bin"
    (tools / "dirname").symlink_to(shutil.which("dirname") or "")
    with start(checkout, "test", "--at", "2027-01-31 23:58", PATH=str(tools)) as script:
        _, said = script.communicate()
    assert script.returncode == 2
    assert said == "faketime is needed (on Debian: apt install faketime).\n"


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name)
def test_a_script_says_what_it_does_and_names_no_registry(script: Path) -> None:
    first, second, *_ = script.read_text().splitlines()
    assert os.access(script, os.X_OK)
    assert re.match(r"#!/(bin/sh|usr/bin/env bash)$", first)
    assert re.match(r"# [A-Z].{20,}", second)
    assert "://" not in script.read_text()
    subprocess.run([first.rpartition("/")[2].split()[-1], "-n", script], check=True)
