"""The sandbox's calendar, and its stand-in for Clerk checked by the real verifier."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import orjson
import pytest

from mywork.adapters.clerk import ClerkIdentity
from mywork.application.ports.identity import TokenInvalid
from mywork.sandbox.clock import SandboxClock
from mywork.sandbox.identity import SigningKey

PARTY, ISSUER = "http://localhost:3000", "http://sandbox"


def test_a_frozen_clock_stands_and_a_running_one_goes(tmp_path: Path) -> None:
    ours, theirs = SandboxClock(tmp_path / "c.json"), SandboxClock(tmp_path / "c.json")
    at = datetime(2026, 11, 10, tzinfo=UTC)
    ours.freeze(at)
    assert theirs.now() == ours.now() == ours.stamp() == at
    began = datetime.now(UTC)
    ours.run_from(at)
    assert timedelta() <= theirs.now() - at <= datetime.now(UTC) - began
    assert SandboxClock(tmp_path / "none.json").now() <= datetime.now(UTC)


def test_a_clock_that_is_set_twice_in_a_moment_is_read_twice(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "c.json")
    for day in (10, 11):
        clock.freeze(at := datetime(2026, 11, day, tzinfo=UTC))
        os.utime(tmp_path / "c.json", (1, 1))
        assert clock.now() == at


class _Jwks(BaseHTTPRequestHandler):
    document = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey(tmp_path)


@pytest.fixture
def identity(key: SigningKey) -> Iterator[ClerkIdentity]:
    _Jwks.document = orjson.dumps(key.jwks())
    with HTTPServer(("127.0.0.1", 0), _Jwks) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield ClerkIdentity(ISSUER, f"http://127.0.0.1:{server.server_port}/jwks", [PARTY])
        server.shutdown()
        thread.join()


def test_a_token_of_the_sandbox_is_taken(key: SigningKey, identity: ClerkIdentity) -> None:
    token = key.sign_token("user_ada", issuer=ISSUER, authorized_party=PARTY)
    assert identity.verify(token).user_id == "user_ada"


def changed(key: SigningKey, **claims: Any) -> str:
    token = key.sign_token("user_ada", issuer=ISSUER, authorized_party=PARTY)
    known = jwt.decode(token, options={"verify_signature": False}) | claims
    kept = {name: value for name, value in known.items() if value is not None}
    return jwt.encode(kept, key._key, algorithm="RS256", headers={"kid": key.key_id})


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"nbf": 10**11},
        {"iss": "http://evil"},
        {"azp": "http://evil"},
        {"sub": "a:b"},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(
    key: SigningKey, identity: ClerkIdentity, claims: dict[str, Any]
) -> None:
    with pytest.raises(TokenInvalid):
        identity.verify(changed(key, **claims))


def test_another_key_or_algorithm_is_refused(
    key: SigningKey, identity: ClerkIdentity, tmp_path: Path
) -> None:
    other = SigningKey(tmp_path / "other")
    forged = other.sign_token("user_ada", issuer=ISSUER, authorized_party=PARTY)
    header = {"kid": key.key_id}
    claims = jwt.decode(forged, options={"verify_signature": False})
    tokens = [
        forged,
        jwt.encode(claims, other._key, algorithm="RS256", headers=header),
        jwt.encode(claims, "s" * 32, algorithm="HS256", headers=header),
        jwt.encode(claims, None, algorithm="none", headers=header),
        "nonsense",
    ]
    for token in tokens:
        with pytest.raises(TokenInvalid):
            identity.verify(token)


def test_the_key_is_private_and_kept(tmp_path: Path) -> None:
    first = SigningKey(tmp_path).key_id
    assert SigningKey(tmp_path).key_id == first
    assert (tmp_path / "identity.pem").stat().st_mode & 0o777 == 0o600
