"""Which tests one worker runs together, and which are begun first.

Tests of a module that makes something once for all of them (a fixture with scope="module") go to
one worker together; every other test goes to whoever is free. The marks of `--dist loadgroup`
would say so too, but pytest-xdist 3.8 loses them under pytest 9.2.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class Distribution(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if shares(self.config.rootpath / module) else nodeid


@cache
def shares(module: Path) -> bool:
    return 'scope="module"' in module.read_text(encoding="utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Distribution:
    return Distribution(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
