"""Clerk session tokens, verified by PyJWT against the JWKS.

RS256 only; exp, iat and sub required; issuer and authorised party checked, which the vendor's own
helper skips in part. Keys are cached and fetched again when an unknown key id comes.
"""

from collections.abc import Sequence

import jwt

from mywork.application.ports.faults import VendorUnavailable
from mywork.application.ports.identity import Session, TokenInvalid
from mywork.domain.identifiers import UserId, is_opaque

LEEWAY_SECONDS = 5


class ClerkIdentity:
    def __init__(self, issuer: str, jwks_url: str, authorized_parties: Sequence[str]) -> None:
        self._issuer = issuer
        self._authorized_parties = frozenset(authorized_parties)
        self._keys = jwt.PyJWKClient(jwks_url, cache_keys=True, lifespan=600, timeout=5)

    def verify(self, token: str) -> Session:
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "iss"], "verify_aud": False},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise VendorUnavailable("the keys of the identity provider cannot be had") from error
        except jwt.PyJWTError as error:
            raise TokenInvalid(f"the session token is not valid: {error}") from error
        party = claims.get("azp")
        if party is not None and party not in self._authorized_parties:
            raise TokenInvalid("the session token was issued for another application")
        if not is_opaque(claims["sub"]):
            raise TokenInvalid("the session token names no user")
        return Session(UserId(claims["sub"]), str(claims.get("sid", "")))
