"""A state machine plays a marketplace against the product and against a model written apart.

Long walks from seeds keep one marketplace alive over thousands of steps, so that long histories
are met; hypothesis plays short ones and shrinks them best. Both share rules, checks and model
(`tests/machine`, `tests/model`).

    scripts/test tests/test_marketplace_machine.py                        a short walk
    scripts/test tests/test_marketplace_machine.py --steps 1000000        as many as you like
    scripts/test tests/test_marketplace_machine.py --seed 7 --steps 2500  one walk again
"""

import ast
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from fractions import Fraction
from pathlib import Path

import model
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from machine.rules import RULES
from machine.shrinking import shrunk, written
from machine.town import Town
from machine.walk import DIE, FAIL, OPENING, REST, Step, Walker, steps
from model import arithmetic

pytestmark = pytest.mark.long

WALK = 2_500  # steps of one marketplace
SHRINK_SECONDS = 120
Databases = Callable[[], AbstractContextManager[str]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "walk" in metafunc.fixturenames:
        wanted, first = metafunc.config.getoption("steps"), metafunc.config.getoption("seed")
        counts = [min(WALK, wanted - start) for start in range(0, wanted, WALK)]
        walks = [(first + number, count) for number, count in enumerate(counts)]
        metafunc.parametrize("walk", walks, ids=[f"seed{seed}-{count}" for seed, count in walks])


def failure(
    databases: Databases, history: Sequence[Step], seed: int
) -> tuple[int, Exception] | None:
    """How many steps it took and what went wrong, in a town of its own; None when nothing did."""
    with databases() as url:
        town = Town(url, seed)
        walker = Walker(town)
        try:
            for played, step in enumerate(history, start=1):
                try:
                    walker.step(step)
                except Exception as error:  # noqa: BLE001  whatever the product raises is a finding
                    return played, error
        finally:
            town.close()
    return None


def assert_right(databases: Databases, history: Sequence[Step], seed: int) -> None:
    """Play a history; a failure is shrunk and told so that it can be played again."""
    found = failure(databases, history, seed)
    if found is None:
        return
    played, error = found

    def fails(candidate: Sequence[Step]) -> bool:
        again = failure(databases, candidate, seed)
        return again is not None and type(again[1]) is type(error)

    shortest = shrunk(history[:played], fails, seconds=SHRINK_SECONDS)
    last = failure(databases, shortest, seed)
    told = f"seed {seed}, step {played}: {error!r}\nshrunk to {len(shortest)} steps, {last}:\n"
    raise AssertionError(told + written(shortest)) from error


def test_long_walks(fresh_databases: Databases, walk: tuple[int, int]) -> None:
    seed, count = walk
    assert_right(fresh_databases, steps(seed, count), seed)


class Machine(RuleBasedStateMachine):
    """The same rules under hypothesis."""

    def __init__(self, databases: Databases) -> None:
        super().__init__()
        self._database = databases()
        self._town = Town(self._database.__enter__(), seed=0)
        self._walker = Walker(self._town)
        self._walker.play([(name, number) for number, name in enumerate(OPENING)])

    def teardown(self) -> None:
        with suppress(AttributeError):
            self._town.close()
            self._database.__exit__(None, None, None)


for _name in (*RULES, REST, DIE, FAIL):

    def _step(self: Machine, number: int, _name: str = _name) -> None:
        self._walker.step((_name, number))

    _step.__name__ = _name
    setattr(Machine, _name, rule(number=st.integers(0, 2**32 - 1))(_step))


def test_short_plays(fresh_databases: Databases) -> None:
    run_state_machine_as_test(
        lambda: Machine(fresh_databases),
        settings=settings(
            max_examples=15,
            stateful_step_count=60,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_same_seed_is_the_same_history(fresh_databases: Databases) -> None:
    told = []
    for _ in range(2):
        with fresh_databases() as url:
            town = Town(url, seed=3)
            Walker(town).play(steps(3, 400))
            told.append([type(recorded.event) for recorded in town.core.store.page(0, 10_000)])
            town.close()
    assert told[0] == told[1]
    assert len(told[0]) > 100


def test_what_is_wrong_is_found_and_shrunk(
    fresh_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model and the product are made to disagree: about a cent in ten dollars."""
    monkeypatch.setattr(arithmetic, "COMMISSION", arithmetic.COMMISSION + Fraction(1, 1_000))
    with pytest.raises(AssertionError, match="revenue:commission") as caught:
        assert_right(fresh_databases, steps(10, 200), seed=10)
    told = str(caught.value)
    assert told.startswith("seed 10, step ")
    assert 5 <= told.count('    ("') <= 12  # join, publish, buy, pay, carry, work
    assert '("pay", ' in told


def test_the_model_knows_nothing_of_the_product() -> None:
    for path in Path(model.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.partition(".")[0]
                assert top == "model" or top in sys.stdlib_module_names, f"{path.name}: {name}"
