"""Sessions by real tokens: signed here, verified against a JWKS, remembered until they expire."""

import time
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient
from http_client import Client, problem
from jwt.algorithms import RSAAlgorithm
from marketplace import Marketplace

from mywork.adapters.clerk import ClerkIdentity
from mywork.adapters.queue import DramatiqQueue
from mywork.api.app import create_app
from mywork.bootstrap import build
from mywork.sandbox.processes import free_port

ISSUER, PARTY = "https://issuer.test", "http://localhost:3000"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Identity(ClerkIdentity):
    """The real verifier, asked how often; its JWKS needs no server."""

    def __init__(self) -> None:
        super().__init__(ISSUER, f"http://127.0.0.1:{free_port()}/jwks", [PARTY])
        self.asked = 0
        public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        self.jwks: dict[str, Any] = {"keys": [{**public, "kid": "1", "use": "sig"}]}
        self._keys.fetch_data = lambda: self.jwks  # type: ignore[method-assign]

    def verify(self, token: str) -> Any:
        self.asked += 1
        return super().verify(token)


def token(user: str = "user_bo", *, lives: float = 60, key: Any = KEY, **claims: Any) -> str:
    now = time.time()
    own = {"sub": user, "iat": now - 60, "exp": now + lives, "iss": ISSUER, "azp": PARTY}
    return jwt.encode(own | claims, key, "RS256", {"kid": "1"})


def served(marketplace: Marketplace, **outside: Any) -> TestClient:
    core = build(marketplace.core.settings, replace(marketplace.core.outside, **outside))
    return TestClient(create_app(core), raise_server_exceptions=False)


def test_a_token_is_verified_once_and_remembered(marketplace: Marketplace) -> None:
    identity, bo = Identity(), token()
    with served(marketplace, identity=identity) as http:
        client = Client(http, marketplace)
        for _ in range(3):
            assert client.get("/orders", bo).status_code == 200
        assert identity.asked == 1
        assert client.get("/orders", token("user_eve")).status_code == 200
        assert identity.asked == 2


def test_a_remembered_token_is_verified_again_once_it_has_expired(
    marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity, bo = Identity(), token(lives=60)
    with served(marketplace, identity=identity) as http:
        client = Client(http, marketplace)
        assert client.get("/orders", bo).status_code == 200
        later = time.time() + 61
        monkeypatch.setattr("mywork.api.auth.time.time", lambda: later)
        client.get("/orders", bo)
        assert identity.asked == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"lives": -60},
        {"iss": "https://elsewhere.test"},
        {"azp": "https://evil.test"},
        {"sub": "user:with:colons"},
        {"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
    ],
    ids=["expired", "issuer", "party", "subject", "forged"],
)
def test_a_bad_token_is_refused(marketplace: Marketplace, bad: dict[str, Any]) -> None:
    with served(marketplace, identity=Identity()) as http:
        answer = Client(http, marketplace).get("/orders", token(**bad))
        problem(answer, 401, "unauthorised")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_keys_that_cannot_be_had_are_no_fault_of_the_token(marketplace: Marketplace) -> None:
    identity = ClerkIdentity(ISSUER, f"http://127.0.0.1:{free_port()}/jwks", [PARTY])
    with served(marketplace, identity=identity) as http:
        answer = Client(http, marketplace).get("/orders", token())
        assert "127.0.0.1" not in problem(answer, 503, "vendor-unavailable")["detail"]


def test_without_redis_the_process_is_not_ready(marketplace: Marketplace, redis_url: str) -> None:
    marketplace.runner.catch_up()
    with served(marketplace, queue=DramatiqQueue(redis_url)) as http:
        assert http.get("/health/ready").json()["redis"] == "ok"
    with served(marketplace, queue=DramatiqQueue(f"redis://127.0.0.1:{free_port()}")) as http:
        answer = http.get("/health/ready")
        assert (answer.status_code, answer.json()["redis"]) == (503, "away")
        assert http.get("/health/live").status_code == 200
