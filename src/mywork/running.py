"""Finding the system that a command means: the environment's, or the one running in a folder.

`mywork dev` leaves `runtime.json` in its data folder (`.mywork`, or MYWORK_DATA) while it runs.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from mywork.domain.errors import MyWorkError
from mywork.settings import Secret, Settings, from_environment


class NothingRunning(MyWorkError):
    """Neither DATABASE_URL is set nor does `mywork dev` run in the data folder."""


def settings(data: Path | None = None) -> Settings:
    """The environment's settings, completed by what runs in the data folder."""
    found = from_environment()
    if found.database_url.reveal() or found.production:
        return found
    folder = data or _data_folder()
    runtime = _runtime(folder)
    return replace(
        found,
        database_url=Secret(runtime["database_url"]),
        redis_url=Secret(runtime["redis_url"]),
        stripe_secret_key=Secret(runtime["stripe_secret_key"]),
        stripe_api_base=runtime["sandbox_url"],
        mywork_clock=folder / "stripe" / "clock.json",
        mywork_mail=folder / "mail",
        mywork_objects=folder / "objects",
        mywork_audit_key=folder / "audit.key",
        clerk_issuer=runtime["sandbox_url"],
        clerk_jwks_url=f"{runtime['sandbox_url']}/.well-known/jwks.json",
        app_url="http://localhost:3000",
    )


def token(data: Path, user_id: str) -> str:
    """A development session token, signed by the sandbox's own key."""
    from mywork.sandbox.identity import SigningKey

    return SigningKey(data / "stripe").sign_token(
        user_id,
        issuer=_runtime(data)["sandbox_url"],
        authorized_party="http://localhost:3000",
        lifetime_seconds=30 * 24 * 3600,
    )


def _data_folder() -> Path:
    return Path(os.environ.get("MYWORK_DATA", ".mywork"))


def _runtime(folder: Path) -> dict[str, Any]:
    file = folder / "runtime.json"
    try:
        document: dict[str, Any] = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise NothingRunning(
            f"nothing runs in {folder}: start `mywork dev`, or set DATABASE_URL"
        ) from None
    return document
