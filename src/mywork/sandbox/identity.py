"""The sandbox's stand-in for Clerk: an RSA key, its JWKS, and session tokens in Clerk's shape."""

import hashlib
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mywork.sandbox.processes import write_private


class SigningKey:
    """The key of a data folder, made on first use and readable by us alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "identity.pem"

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        if not self._file.exists():
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._file, _new_key_pem())
        key = serialization.load_pem_private_key(self._file.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{self._file} holds no RSA key: delete it, and a new one is made")
        return key

    @cached_property
    def key_id(self) -> str:
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(public).hexdigest()[:16]

    def jwks(self) -> dict[str, Any]:
        """The public half, as served at `/.well-known/jwks.json`."""
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    def sign_token(
        self, user_id: str, *, issuer: str, authorized_party: str, lifetime_seconds: int = 3600
    ) -> str:
        """A session token; tokens live in real time, whatever the sandbox's clock says."""
        now = int(time.time())
        claims = {
            "sub": user_id,
            "sid": f"sess_{user_id}",
            "azp": authorized_party,
            "iss": issuer,
            "iat": now,
            "nbf": now - 5,
            "exp": now + lifetime_seconds,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self.key_id})


def _new_key_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
