"""The worker: everything that happens without a request.

Followers of the history (projections and policies), the inbox, vendor calls, and the schedule.
Any number of worker processes may run: each piece takes its turn by locks and leases in
PostgreSQL, and each survives a database or Redis that goes away and comes back.
"""

import gc
import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC
from http.server import BaseHTTPRequestHandler, HTTPServer

from apscheduler.schedulers.background import BackgroundScheduler

from eventstore.errors import EventStoreError
from eventstore.follow import Runner
from mywork.adapters.queue import DramatiqQueue
from mywork.bootstrap.core import Core
from mywork.domain.errors import MyWorkError

logger = logging.getLogger(__name__)

IDLE_SECONDS = (0.02, 0.5)  # pause between looks at an empty inbox: from, up to
EFFECT_THREADS = 4


class Worker:
    """Starts its threads; `stop` ends them after the batch they are in."""

    def __init__(self, core: Core, *, inbox_threads: int = 2) -> None:
        self._core = core
        self._stop = threading.Event()
        runner = Runner(core.store, core.followers())
        loops: list[Callable[[], None]] = [lambda: runner.run(self._stop)]
        loops += [self._work_inbox] * inbox_threads
        self._threads = [threading.Thread(target=loop, name=f"worker-{n}", daemon=True)
                         for n, loop in enumerate(loops)]  # fmt: skip
        self._scheduler = schedule(core)

    def start(self) -> None:
        queue = self._core.outside.queue
        if isinstance(queue, DramatiqQueue):
            self._dramatiq = queue.serve(
                self._core.outbox_dispatcher.perform, threads=EFFECT_THREADS
            )
        for thread in self._threads:
            thread.start()
        self._scheduler.start()

    def stop(self) -> None:
        self._stop.set()
        self._scheduler.shutdown(wait=False)
        if isinstance(self._core.outside.queue, DramatiqQueue):
            self._dramatiq.stop()
        for thread in self._threads:
            thread.join(timeout=10)

    def _work_inbox(self) -> None:
        shortest, longest = IDLE_SECONDS
        pause = shortest
        while not self._stop.is_set():
            try:
                worked = self._core.inbox_worker.work_batch().total
            except (MyWorkError, EventStoreError) as error:
                logger.warning("the inbox pauses: %s", error)
                worked = 0
            except Exception:
                # What we did not foresee must be seen, and must not end the thread.
                logger.exception("the inbox meets a fault")
                worked = 0
            pause = shortest if worked else min(pause * 2, longest)
            if not worked:
                self._stop.wait(pause)


def schedule(core: Core) -> BackgroundScheduler:
    """What recurs. Each job may run late, twice, or in two processes at once."""
    scheduler = BackgroundScheduler(timezone=UTC)
    every_second = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}

    def add(job: Callable[[], object], seconds: float) -> None:
        scheduler.add_job(_safely(job), "interval", seconds=seconds, **every_second)

    poll_seconds = 1 if core.settings.mywork_clock is not None else 15
    add(core.deadlines.run, poll_seconds)
    add(core.feed.read_transactions, poll_seconds)
    add(core.paying_out.run_scheduled, poll_seconds)
    add(core.aged_items.run, poll_seconds * 20)
    add(core.payout_queue.run, poll_seconds)
    add(core.stripe_reconciliation.run_daily, poll_seconds * 60)
    add(core.collecting.run, poll_seconds * 20)
    add(core.notifier.run, poll_seconds)
    add(core.export_jobs.run, poll_seconds)
    add(core.replay_verification.run_due, poll_seconds * 4)
    add(lambda: core.outbox_dispatcher.sweep(core.outside.queue), poll_seconds * 2)
    add(lambda: core.feed.repair_events(core.outside.clock.now()), 300)
    add(core.idempotency.forget_old, 3600)
    add(core.sealing.run, poll_seconds * 4)
    return scheduler


def _safely(job: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except (MyWorkError, EventStoreError) as error:
            logger.warning("a scheduled job waits for its next turn: %s", error)

    return run


def run(core: Core, *, port: int | None, inbox_threads: int) -> None:
    """Work until SIGINT or SIGTERM, then finish the batches in hand."""
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    worker = Worker(core, inbox_threads=inbox_threads)
    spare_the_collector()
    worker.start()
    if port is not None:
        _answer_probes(port)
    done.wait()
    worker.stop()
    core.close()


def spare_the_collector() -> None:
    """Batches make many short-lived objects and no cycles: a tenth of the work was searching."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


class _Alive(BaseHTTPRequestHandler):
    """Says that the process lives, to whoever watches it."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/live" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Probes are not news."""


def _answer_probes(port: int) -> None:
    server = HTTPServer(("127.0.0.1", port), _Alive)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()
