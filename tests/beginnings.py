"""What a test may begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Databases
from lives import Lives
from marketplace import Marketplace
from shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """The core with Stripe faked at its port; see `shop.py`."""
    shop = Shop(database_url)
    yield shop
    shop.core.close()


@pytest.fixture
def marketplace(database_url: str, tmp_path: Path) -> Iterator[Marketplace]:
    """A whole marketplace in this process; see `marketplace.py`."""
    found = Marketplace(database_url, tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="session")
def lives(databases: Databases, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """What a marketplace may have lived through before a test; see `lives.py`."""
    return Lives(databases, migrated, tmp_path_factory.mktemp("lives"))
