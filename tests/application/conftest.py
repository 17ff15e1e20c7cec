from collections.abc import Iterator

import pytest
from shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """The core with Stripe faked at its port; see `shop.py`."""
    shop = Shop(database_url)
    yield shop
    shop.core.close()
