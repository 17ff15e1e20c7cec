"""A bounded load on one address of this machine: keep-alive connections, raw requests.

Written on plain sockets in one thread, because a client library would cost more than the server
that is measured on the other core.
"""

import multiprocessing
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

CONNECTIONS = 16
Request = Callable[[int], bytes]  # the bytes of the n-th request


def answers_per_second(port: int, request: Request, *, seconds: float) -> int:
    """Requests answered 200 each second, over 16 connections for a bounded time."""
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        for number in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            client = _Client(connection, request, number)
            selector.register(connection, selectors.EVENT_READ, client)
            client.ask()
        answered, stop_at = 0, time.perf_counter() + seconds
        while time.perf_counter() < stop_at:
            answered += sum(key.data.hear() for key, _ in selector.select(timeout=1))
    return int(answered / seconds)


@dataclass(slots=True)
class _Client:
    """One connection: asks, and asks again as soon as it is answered."""

    connection: socket.socket
    request: Request
    number: int
    received: bytes = b""

    def ask(self) -> None:
        self.connection.sendall(self.request(self.number))
        self.number += CONNECTIONS

    def hear(self) -> int:
        """1 when an answer is complete, and then the next request is sent."""
        self.received += self.connection.recv(65_536)
        head, found, body = self.received.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not found or len(body) < int(length or b"0"):
            return 0
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"the server answered {self.received[:300]!r}")
        self.received = b""
        self.ask()
        return 1


@contextmanager
def serving(make_app: Callable[..., Any], *arguments: Any, port: int) -> Iterator[None]:
    """The application that `make_app(*arguments)` builds, served by one process of its own."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(make_app, arguments, port), daemon=True)
    process.start()
    try:
        _await(port, process)
        yield
    finally:
        process.terminate()
        process.join()


def _serve(make_app: Callable[..., Any], arguments: tuple[Any, ...], port: int) -> None:
    uvicorn.run(
        make_app(*arguments), port=port, log_level="warning", access_log=False, http="httptools"
    )


def _await(port: int, process: Any) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.is_alive():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the measured server did not start")
