"""The soak, with a program in pytest's place: what it says, and how it ends."""

import signal
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import soak
from long_tests import LONG, Long

DOCS = Path(__file__).parents[2] / "docs" / "architecture.md"
PLAYS = (
    Long("test_walks", "--steps", "steps of walks", 1, 9_999),
    Long("test_crashes", "--kills", "kills", 1, 8),
)
PROGRAM = """
import os, signal, sys, time
crashes = "test_crashes" in sys.argv
if not crashes or {right}:
    print("all is well")
    sys.exit(0)
if {interrupted}:
    try:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        open({ended!r}, "w").close()
        sys.exit(2)
print("E  a cent is missing")
sys.exit(1)
"""


@pytest.fixture(autouse=True)
def _may_be_interrupted() -> Iterator[None]:
    """Also where whoever began the tests in the background has them ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def playing(*, right: bool = False, interrupted: bool = False) -> int:
        ended = str(tmp_path / "ended")
        program = PROGRAM.format(right=right, interrupted=interrupted, ended=ended)
        monkeypatch.setattr(soak, "PYTEST", [sys.executable, "-c", program])
        monkeypatch.setattr(soak, "PLAYS", PLAYS)
        monkeypatch.setattr(soak, "monotonic", count(0, 10).__next__)  # each look takes ten seconds
        return soak.main(["--minutes", "1", "--seed", "7"])

    return playing


def test_what_is_right_is_said_with_its_seed(play: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert play(right=True) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "  0.2 min  9,999 steps of walks, seed 7 ... right, 10 s",
        "  0.7 min  8 kills, seed 1007 ... right, 10 s",
        "2 played, findings: 0",
    ]


def test_a_finding_is_told_and_how_to_play_it_again(
    play: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play() == 1
    said = capsys.readouterr().out
    assert "8 kills, seed 1007 ... FOUND\nE  a cent is missing\n" in said
    assert "play it again: scripts/test test_crashes --kills 8 --seed 1007\n" in said
    assert said.splitlines()[-1] == "2 played, findings: 1"


def test_ctrl_c_ends_the_play_and_then_the_soak(
    play: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert play(interrupted=True) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 played, findings: 0"
    assert (tmp_path / "ended").exists()


def test_what_is_short_in_the_suite_and_long_here_is_written_down() -> None:
    written = DOCS.read_text(encoding="utf-8")
    for long in LONG:
        row = f"| {long.meaning} | `{long.option}` | {long.usual:,} | {long.soaked:,} |"
        assert row in written.splitlines()
        assert long.usual < long.soaked
