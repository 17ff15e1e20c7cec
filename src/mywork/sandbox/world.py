"""The world on one machine: servers, sandbox, API and worker, each replaced by what is set.

`DATABASE_URL`, `REDIS_URL`, `STRIPE_SECRET_KEY` and the Clerk settings are used where the
environment has them; for each one unset a stand-in starts. While it runs, `runtime.json` in the
data folder says where everything is.
"""

import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import orjson

from mywork.adapters.stripe.webhooks import HANDLED_EVENTS, WebhookEndpoints
from mywork.sandbox import processes
from mywork.sandbox.errors import FolderUnusable
from mywork.sandbox.identity import SigningKey
from mywork.sandbox.postgres import EmbeddedPostgres
from mywork.sandbox.redis import EmbeddedRedis
from mywork.sandbox.server import EmbeddedServer
from mywork.sandbox.services import Service

SECRET_KEY = "sk_test_mywork_sandbox"  # noqa: S105  any test key opens the sandbox
APP_URL = "http://localhost:3000"
JWKS, ALIVE = "/.well-known/jwks.json", "/health/live"

Server = TypeVar("Server", bound=EmbeddedServer)


@dataclass
class World:
    """Use as a context manager, from the main thread."""

    data: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    _servers: dict[str, EmbeddedServer] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return self.environment["CLERK_ISSUER"]

    @property
    def clock_file(self) -> Path:
        return self.data / "stripe" / "clock.json"

    @property
    def runtime_file(self) -> Path:
        return self.data / "runtime.json"

    def __enter__(self) -> Self:
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FolderUnusable(
                f"{self.data} cannot be made ({error.strerror}): choose another with --data."
            ) from error
        self.data = self.data.resolve()
        processes.choose_port(self.data / "api.port", self.port)
        try:
            self._start_servers()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.runtime_file.unlink(missing_ok=True)
        self._stack.close()

    # Servers ------------------------------------------------------------------------------

    def _start_servers(self) -> None:
        self._set("MYWORK_ENV", "development")
        self._set("APP_URL", APP_URL)
        self._set("CORS_ORIGINS", APP_URL)
        self._set("MYWORK_MAIL", str(self.data / "mail"))
        self._set("MYWORK_OBJECTS", str(self.data / "objects"))
        self._set("MYWORK_AUDIT_KEY", str(self.data / "audit.key"))
        self._set("CRON_SECRET", self._secret("cron"))
        self._start_sandbox()
        if "DATABASE_URL" not in os.environ:
            postgres = self._run("postgres", EmbeddedPostgres(self.data / "postgres"))
            self._set("DATABASE_URL", postgres.url)
        if "REDIS_URL" not in os.environ:
            redis = self._run("redis", EmbeddedRedis(self.data / "redis"))
            self._set("REDIS_URL", redis.url)

    def _start_sandbox(self) -> None:
        folder = self.data / "stripe"
        module = ("mywork.sandbox.stripe", "--data", str(folder))
        service = Service("the Stripe sandbox", folder, module=module, probe=JWKS)
        sandbox = self._run("sandbox", service)
        self._set("CLERK_ISSUER", sandbox.url)
        self._set("CLERK_JWKS_URL", f"{sandbox.url}{JWKS}")
        self._set("CLERK_AUTHORIZED_PARTIES", APP_URL)
        if "STRIPE_SECRET_KEY" not in os.environ:
            self._set("STRIPE_SECRET_KEY", SECRET_KEY)
            self._set("STRIPE_PUBLISHABLE_KEY", "pk_test_mywork_sandbox")
            self._set("STRIPE_API_BASE", sandbox.url)
            self._set("MYWORK_CLOCK", str(self.clock_file))
            self._register_webhooks(sandbox.url)

    def _register_webhooks(self, sandbox_url: str) -> None:
        """Our two endpoints, made again when the API's address has changed."""
        memory = self.data / "webhooks.json"
        known = orjson.loads(memory.read_bytes()) if memory.exists() else {}
        if known.get("api_url") != self.api_url:
            endpoints = WebhookEndpoints(SECRET_KEY, api_base=sandbox_url)
            endpoints.delete_all()
            base, events = f"{self.api_url}/api/webhooks/stripe", HANDLED_EVENTS
            known = {
                "api_url": self.api_url,
                "platform": endpoints.create(base, events, connect=False),
                "connect": endpoints.create(f"{base}/connect", events, connect=True),
            }
            processes.write_private(memory, orjson.dumps(known).decode())
        self._set("STRIPE_WEBHOOK_SECRET", known["platform"])
        self._set("STRIPE_CONNECT_WEBHOOK_SECRET", known["connect"])

    # Our own processes --------------------------------------------------------------------

    def start_services(self) -> None:
        """The API and the worker, once the database is migrated."""
        api = Service(
            "the API", self.data / "api", module=("mywork", "serve"), probe=ALIVE, port=self.port
        )
        worker = Service(
            "the worker", self.data / "worker", module=("mywork", "worker"), probe=ALIVE
        )
        self._run("api", api)
        self._run("worker", worker)

    def _run(self, name: str, server: Server) -> Server:
        self._stack.enter_context(server)
        self._servers[name] = server
        self.pids[name] = server.pid
        return server

    def restart(self, name: str) -> None:
        """With the environment as it is now."""
        self._servers[name].stop()
        self._servers[name].start()
        self.pids[name] = self._servers[name].pid

    def revive(self) -> bool:
        """Start again what died; whether anything had."""
        dead = [server for server in self._servers.values() if not server.running]
        for server in dead:
            server.start()
        self.pids |= {name: server.pid for name, server in self._servers.items()}
        return bool(dead)

    @cached_property
    def _key(self) -> SigningKey:
        return SigningKey(self.data / "stripe")

    # What others read ---------------------------------------------------------------------

    def token(self, user_id: str, *, lifetime_seconds: int = 30 * 24 * 3600) -> str:
        """A development session token."""
        return self._key.sign_token(
            user_id,
            issuer=self.sandbox_url,
            authorized_party=APP_URL,
            lifetime_seconds=lifetime_seconds,
        )

    def write_runtime(self, tokens: dict[str, str]) -> None:
        present = self.environment | dict(os.environ)
        document: dict[str, Any] = {
            "api_url": self.api_url,
            "database_url": present["DATABASE_URL"],
            "redis_url": present["REDIS_URL"],
            "sandbox_url": self.sandbox_url,
            "stripe_secret_key": present["STRIPE_SECRET_KEY"],
            "stripe_webhook_secret": present["STRIPE_WEBHOOK_SECRET"],
            "stripe_connect_webhook_secret": present["STRIPE_CONNECT_WEBHOOK_SECRET"],
            "tokens": tokens,
            "pids": self.pids,
        }
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
        processes.write_private(self.runtime_file, text)

    def _set(self, name: str, value: str) -> None:
        """What is set outside is used instead of the stand-in, singly."""
        self.environment[name] = os.environ.setdefault(name, value)

    def _secret(self, name: str) -> str:
        return os.environ.get(name.upper(), "") or secrets.token_hex(16)
