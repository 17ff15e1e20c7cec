"""Lives that many tests begin with: a worker lives each of them once, and copies it from then on.

    marketplace = after(a_sale)  # a function of a new marketplace; for all tests of a module

    @pytest.fixture
    def sold(marketplace: Marketplace, lives: Lives) -> OrderPlaced:
        return lives.live(marketplace, a_sale)

What the life returns is copied with it: database, folder, Stripe's stand-in, clock, mail, queue.
"""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pytest
from databases import Databases
from marketplace import Marketplace

T = TypeVar("T")


@dataclass(frozen=True)
class Kept:
    database_url: str
    folder: Path
    memory: bytes


@dataclass(frozen=True)
class Lives:
    databases: Databases
    migrated: str
    folder: Path
    _kept: dict[Callable[..., Any], Kept] = field(default_factory=dict)

    def live(self, marketplace: Marketplace, life: Callable[[Marketplace], T]) -> T:
        """Let a marketplace that has done nothing yet have lived this life."""
        if life not in self._kept:
            self._kept[life] = self._lived(life)
        kept = self._kept[life]
        self.databases.replace(marketplace.core.store.url, kept.database_url)
        shutil.copytree(kept.folder, marketplace.folder, dirs_exist_ok=True)
        returned: T = marketplace.recall(kept.memory)
        return returned

    def _lived(self, life: Callable[[Marketplace], Any]) -> Kept:
        url, folder = self.databases.copy(self.migrated), Path(mkdtemp(dir=self.folder))
        with closing(Marketplace(url, folder)) as marketplace:
            returned = life(marketplace)
            return Kept(url, folder, marketplace.memory(returned))


def after(life: Callable[[Marketplace], None]) -> Any:
    """The `marketplace` of a module whose tests all begin after the same life."""

    @pytest.fixture
    def marketplace(marketplace: Marketplace, lives: Lives) -> Marketplace:
        lives.live(marketplace, life)
        return marketplace

    return marketplace
