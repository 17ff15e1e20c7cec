"""A client of a whole marketplace, and of one whose tokens are real."""

import time
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from http_client import Asleep, Client
from marketplace import Marketplace

from mywork.api.app import create_app


@pytest.fixture(autouse=True)
def _own_memory_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server freezes its memory once; here it would be all the tests', for every app anew."""
    monkeypatch.setattr("mywork.api.app._spared_collector", nullcontext)


@pytest.fixture
def client(marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    # The marketplace's tokens are user ids; the real verification has tests of its own.
    monkeypatch.setattr("mywork.api.auth.jwt.decode", lambda *_, **__: {"exp": time.time() + 60})
    http = Asleep(create_app(marketplace.core))
    yield Client(http, marketplace)
    http.end()
