"""The list of faults cannot rot, and who plants them says what became of each."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mutants.mutant import ROOT, Mutant, listed
from mutants.planting import verdict

MUTANTS = listed()
DOUBLING = Mutant(
    name="nothing is doubled",
    file="src/mywork/__init__.py",
    old="number * 2",
    new="number",
    tests=("tests/test_doubling.py",),
)


def test_there_are_at_least_fifty_faults_of_different_names() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS) >= 50


@pytest.mark.parametrize("one", MUTANTS, ids=lambda one: one.name)
def test_a_fault_can_be_planted_and_its_tests_exist(one: Mutant) -> None:
    text = (ROOT / one.file).read_text(encoding="utf-8")
    assert text.count(one.old) == 1
    assert one.new != one.old
    compile(text.replace(one.old, one.new), one.file, "exec")
    assert one.tests
    for test in one.tests:
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") or not name


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One function, and its test."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "tests" / "mutants", checkout / "tests" / "mutants")
    (checkout / "src" / "mywork").mkdir(parents=True)
    module = "def doubled(number: int) -> int:\n    return number * 2\n"
    (checkout / DOUBLING.file).write_text(module)
    (checkout / "tests" / "test_doubling.py").write_text(
        "import pytest\nfrom mywork import doubled\n\n"
        "@pytest.fixture\ndef two(): return doubled(1)\n\n"
        "def test_doubling(): assert doubled(3) == 6\n"
        "def test_zero(): assert doubled(0) == 0\n"
        "def test_prepared(two): assert two == 2\n"
    )
    return checkout


def test_a_fault_is_killed_by_a_test_that_fails_and_survives_others(checkout: Path) -> None:
    before = (checkout / DOUBLING.file).read_bytes()
    assert verdict(DOUBLING, checkout).outcome == "killed"
    zero = replace(DOUBLING, tests=("tests/test_doubling.py::test_zero",))
    assert verdict(zero, checkout).outcome == "SURVIVED"
    assert (checkout / DOUBLING.file).read_bytes() == before


def test_a_text_that_does_not_stand_there_once_is_not_applicable(checkout: Path) -> None:
    for change in ({"old": "number * 3"}, {"old": "number"}, {"file": "src/mywork/moved.py"}):
        found = verdict(replace(DOUBLING, **change), checkout)
        assert (found.outcome, "times in src/mywork/" in found.said) == ("not applicable", True)


def test_a_run_that_says_nothing_kills_nobody(checkout: Path) -> None:
    """A preparation that fails, a module that cannot be imported, and tests of other code."""
    prepared = ("tests/test_doubling.py::test_prepared",)
    raising = replace(DOUBLING, new="number // 0", tests=prepared)
    assert verdict(raising, checkout).outcome == "broken"
    assert verdict(replace(DOUBLING, new="number *"), checkout).outcome == "broken"
    shutil.rmtree(checkout / "src")
    (checkout / "tests" / "test_doubling.py").write_text(
        "import mywork\n\ndef test_of_what_is_installed(): assert not mywork\n"
    )
    elsewhere = replace(DOUBLING, file="tests/test_doubling.py", old="not mywork", new="mywork")
    assert "imported from elsewhere" in verdict(elsewhere, checkout).said
