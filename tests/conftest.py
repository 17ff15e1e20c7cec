"""What pytest is told before any test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings


def _shared(folder: Path) -> Iterator[str]:
    """The modules and packages that tests share."""
    for path in folder.rglob("*.py"):
        if (path.parent / "__init__.py").exists():
            yield path.parent.name
        elif not path.stem.startswith(("test_", "conftest")):
            yield path.stem


# An assertion of theirs that fails says why, like a test's own; whoever runs us may be one of them.
pytest.register_assert_rewrite(*{*_shared(Path(__file__).parent)} - sys.modules.keys())
pytest_plugins = ["distribution", "servers", "beginnings", "node"]

# No test is timed: how long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    from long_tests import LONG

    for long in LONG:
        parser.addoption(long.option, type=int, default=long.usual, help=long.meaning)
    parser.addoption("--seed", type=int, default=1, help="the first of their seeds; others follow")
