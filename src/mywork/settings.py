"""Settings from the environment, and nowhere else; secrets never appear in a message or log."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

REQUIRED_IN_PRODUCTION = (
    "database_url",
    "redis_url",
    "stripe_secret_key",
    "stripe_publishable_key",
    "stripe_webhook_secret",
    "stripe_connect_webhook_secret",
    "resend_api_key",
    "r2_endpoint",
    "r2_access_key_id",
    "r2_secret_access_key",
    "r2_bucket",
    "clerk_issuer",
    "clerk_jwks_url",
    "clerk_authorized_parties",
    "app_url",
    "cron_secret",
    "audit_signing_key",
    "cors_origins",
)

LEVELS = ("new", "verified", "trusted")  # of sellers
Environment = Literal["development", "production"]


class SettingsMissing(Exception):
    """The environment lacks something; the message lists all of it at once."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that is shown to nobody: neither its `repr` nor its `str` has it."""

    _text: str = ""

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)" if self._text else "Secret()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of the same name in capitals."""

    mywork_env: Environment = "development"
    mywork_clock: Path | None = None  # the sandbox's clock file; refused in production
    mywork_lease_seconds: int = 60
    mywork_mail: Path = Path(".mywork/mail")  # where letters lie in development
    mywork_objects: Path = Path(".mywork/objects")  # where objects lie in development
    mywork_audit_key: Path = Path(".mywork/audit.key")  # development's signing key
    mywork_reserves: str = "{}"  # see `reserves`
    mywork_bank_accounts: str = "{}"  # see `bank_accounts`

    database_url: Secret = Secret()
    database_pool_url: Secret = Secret()
    redis_url: Secret = Secret()

    stripe_secret_key: Secret = Secret()
    stripe_publishable_key: str = ""
    stripe_webhook_secret: Secret = Secret()
    stripe_connect_webhook_secret: Secret = Secret()
    stripe_api_base: str = ""

    clerk_issuer: str = ""
    clerk_jwks_url: str = ""
    clerk_authorized_parties: tuple[str, ...] = ()

    resend_api_key: Secret = Secret()
    resend_api_url: str = "https://api.resend.com"
    resend_from: str = ""

    r2_endpoint: str = ""
    r2_access_key_id: str = ""
    r2_secret_access_key: Secret = Secret()
    r2_bucket: str = ""

    app_url: str = ""
    platform_name: str = "MyWork"  # as statements name it
    cors_origins: tuple[str, ...] = ()
    cron_secret: Secret = Secret()
    audit_signing_key: Secret = Secret()  # `PRIVATE+KEY+name+id+base64`

    @property
    def production(self) -> bool:
        return self.mywork_env == "production"

    @property
    def live(self) -> bool:
        return _text(self.stripe_secret_key).startswith(("sk_live_", "rk_live_"))

    def reserves(self) -> dict[str, int]:
        """The share of a sale that is kept in reserve, in basis points by verification level.

        From `MYWORK_RESERVES`, such as `{"new": 1000}` for ten per cent; a level not named keeps
        none. Raises SettingsMissing.
        """
        try:
            found = json.loads(self.mywork_reserves)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(map(_is_reserve, found.items())):
            raise SettingsMissing(
                'MYWORK_RESERVES is JSON such as {"new": 1000}: levels new, verified and trusted, '
                "each with 0 to 10000 basis points"
            )
        return found

    def bank_accounts(self) -> dict[str, str]:
        """The platform's own accounts at its bank, each with its currency.

        From `MYWORK_BANK_ACCOUNTS`, such as `{"DE89370400440532013000": "EUR"}`; a statement of
        any other account is refused. Without any, only currencies are checked. Raises
        SettingsMissing.
        """
        try:
            found = json.loads(self.mywork_bank_accounts)
        except ValueError:
            found = None
        texts = [*found, *found.values()] if isinstance(found, dict) else [None]
        if not all(isinstance(text, str) and text for text in texts):
            raise SettingsMissing(
                'MYWORK_BANK_ACCOUNTS is JSON such as {"DE89370400440532013000": "EUR"}'
            )
        return {account.replace(" ", ""): currency for account, currency in found.items()}

    @property
    def mail_from(self) -> str:
        """The sender of our letters; by default at the host of the application."""
        host = urlsplit(self.app_url).hostname or "localhost"
        return self.resend_from or f"MyWork <notices@{host}>"

    def check(self) -> None:
        """Refuse to start with one message; in development `mywork dev` supplies stand-ins."""
        needed = REQUIRED_IN_PRODUCTION if self.production else ("database_url",)
        missing = [name.upper() for name in needed if not _text(getattr(self, name))]
        if missing:
            hint = "" if self.production else "; or run `mywork dev`, which brings its own"
            raise SettingsMissing(f"set {', '.join(missing)}{hint}")
        if self.production and self.mywork_clock is not None:
            raise SettingsMissing("MYWORK_CLOCK is for development; unset it in production")
        self.reserves()
        self.bank_accounts()
        self._check_storage()
        if self.live and not self.production:
            raise SettingsMissing(
                "a live Stripe key is refused outside production; use one that begins sk_test_"
            )

    def _check_storage(self) -> None:
        """A bucket without its keys would be a folder in disguise."""
        names = [name for name in REQUIRED_IN_PRODUCTION if name.startswith("r2_")]
        missing = [name.upper() for name in names if not _text(getattr(self, name))]
        if self.r2_bucket and missing:
            raise SettingsMissing(f"R2_BUCKET is set, so set {', '.join(missing)} too")


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """What is set; what is empty counts as not set. Raises SettingsMissing."""
    given = os.environ if environment is None else environment
    texts = {field: text for field in fields(Settings) if (text := given.get(field.name.upper()))}
    return Settings(
        **{field.name: _read(field.name, field.type, text) for field, text in texts.items()}
    )


def _read(name: str, kind: Any, text: str) -> Any:
    if kind is Secret:
        return Secret(text)
    if kind is int and not text.strip().isdecimal():
        raise SettingsMissing(f"{name.upper()} is a whole number, and not {text!r}")
    if kind is Environment and text not in get_args(Environment):
        raise SettingsMissing(f"{name.upper()} is {' or '.join(get_args(Environment))}")
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    read = {int: int, Path: Path, Path | None: Path}.get(kind, str)
    return read(text)


def _is_reserve(item: tuple[object, object]) -> bool:
    level, points = item
    return level in LEVELS and type(points) is int and 0 <= points <= 10_000  # no bool


def _text(value: object) -> str:
    """The text of a setting, secret or not; empty when it is not set."""
    if isinstance(value, Secret):
        return value.reveal()
    return str(value or "")
