"""Our own processes on this machine: the Stripe sandbox, the API and the worker."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

from mywork.sandbox import processes
from mywork.sandbox.server import EmbeddedServer


class Service(EmbeddedServer):
    """A Python process of ours, ready when its address answers.

    It takes its settings from the environment, and its address from `--port`.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        module: tuple[str, ...],
        probe: str,
        port: int | None = None,
    ) -> None:
        super().__init__(folder, port=port)
        self.name = name
        self._module = module
        self._probe = probe

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self, lock: int) -> None:
        pass

    def _launch(self, lock: int) -> processes.Launch:
        return processes.Launch(
            command=(sys.executable, "-m", *self._module, "--port", str(self.port)),
            folder=self.folder,
            log=self.log,
            lock=lock,
        )

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{self._probe}", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
