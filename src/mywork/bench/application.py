"""The real API on a scratch database, for the benchmarks to load."""

from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mywork.adapters.clocks import SystemClock
from mywork.api.app import create_app
from mywork.application.ports.faults import VendorUnavailable
from mywork.application.ports.identity import Session
from mywork.bootstrap import build
from mywork.bootstrap.core import Core
from mywork.bootstrap.world import Outside
from mywork.domain.identifiers import UserId
from mywork.settings import Secret, Settings

SECRET = "whsec_bench"  # noqa: S105
USER = "user_seller0"


class LocalIdentity:
    """Verifies RS256 tokens as the real one does, with one key that is at hand."""

    def __init__(self, public_key: rsa.RSAPublicKey) -> None:
        self._key = public_key

    def verify(self, token: str) -> Session:
        claims = jwt.decode(token, self._key, algorithms=["RS256"], issuer="bench")
        return Session(UserId(claims["sub"]), "")


class Nowhere:
    """A queue that carries nothing: these benchmarks start no worker."""

    def send(self, keys: Any) -> None:
        del keys


class Away:
    """A Stripe that does not answer: these benchmarks call no vendor."""

    def balance(self) -> Any:
        raise VendorUnavailable("not part of this benchmark")


def core(url: str, public_key: rsa.RSAPublicKey | None = None) -> Core:
    settings = Settings(
        database_url=Secret(url),
        stripe_secret_key=Secret("sk_test_bench"),
        stripe_webhook_secret=Secret(SECRET),
        stripe_connect_webhook_secret=Secret(SECRET),
        app_url="http://localhost:3000",
    )
    absent: Any = None
    identity: Any = LocalIdentity(public_key) if public_key else absent
    payments: Any = Away()
    outside = Outside(SystemClock(), payments, identity, Nowhere(), absent, absent, absent, absent)
    return build(settings, outside)


def api(url: str, public_key_pem: bytes = b"") -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key: Any = load_pem_public_key(public_key_pem) if public_key_pem else None
    return create_app(core(url, key))
