"""A client of a whole marketplace, and of one whose tokens are real."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from http_client import Client
from marketplace import Marketplace

from mywork.api.app import create_app


@pytest.fixture
def client(marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    # The marketplace's tokens are user ids; the real verification has tests of its own.
    monkeypatch.setattr("mywork.api.auth.jwt.decode", lambda *_, **__: {"exp": time.time() + 60})
    with TestClient(create_app(marketplace.core), raise_server_exceptions=False) as http:
        yield Client(http, marketplace)
