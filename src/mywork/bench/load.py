"""A bounded load on one address of this machine: keep-alive connections, raw requests.

Written on plain sockets, because a client library would cost more than the server measured.
"""

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

CONNECTIONS = 16
Request = Callable[[int], bytes]  # the bytes of the n-th request


def answers_per_second(port: int, request: Request, *, seconds: float) -> int:
    """Requests answered 200 each second, over 16 connections for a bounded time."""
    stop_at = time.perf_counter() + seconds
    counts = [0] * CONNECTIONS
    failures: list[bytes] = []

    def work(index: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            number = index
            while time.perf_counter() < stop_at:
                connection.sendall(request(number))
                answer = _answer(connection)
                if not answer.startswith(b"HTTP/1.1 200"):
                    failures.append(answer[:300])
                    return
                counts[index] += 1
                number += CONNECTIONS

    threads = [threading.Thread(target=work, args=(index,)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"the server answered {failures[0]!r}")
    return int(sum(counts) / seconds)


def _answer(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
    missing = length - len(body)
    while missing > 0:
        part = connection.recv(65_536)
        if not part:
            break
        received += part
        missing -= len(part)
    return received


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
