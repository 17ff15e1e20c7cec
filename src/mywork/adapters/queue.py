"""dramatiq on Redis: carries keys of the outbox to workers, and may lose every one of them.

The table is the truth; a sweep sends overdue keys again. So a Redis that is down or was emptied
delays vendor calls, and never loses or doubles one.
"""

import logging
from collections.abc import Callable, Sequence

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, ShutdownNotifications

logger = logging.getLogger(__name__)

QUEUE = "outbox"
MESSAGE_LIVES_MS = 10 * 60 * 1000  # afterwards the sweep has long sent another


class DramatiqQueue:
    """The OutboxQueue port; `serve` binds the function that works a row of the outbox."""

    def __init__(self, redis_url: str) -> None:
        self.broker = RedisBroker(  # type: ignore[no-untyped-call]
            url=redis_url,
            middleware=[
                AgeLimit(max_age=MESSAGE_LIVES_MS),
                ShutdownNotifications(),
                Callbacks(),
                Pipelines(),
            ],
        )
        self.broker.declare_queue(QUEUE)

    def send(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                self.broker.enqueue(
                    dramatiq.Message(
                        queue_name=QUEUE,
                        actor_name="perform_effect",
                        args=(key,),
                        kwargs={},
                        options={},
                    )
                )
            except (redis.RedisError, dramatiq.errors.ConnectionError) as error:
                logger.warning("Redis did not take %s; the sweep will send it: %s", key, error)
                return

    def reachable(self) -> bool:
        """Whether Redis answers, for a health check; five seconds at the most."""
        try:
            self.broker.client.ping()
        except redis.RedisError:
            return False
        return True

    def serve(self, perform: Callable[[str], object], *, threads: int) -> dramatiq.Worker:
        """A started worker; stop it with `.stop()`."""

        def perform_effect(key: str) -> None:
            perform(key)

        dramatiq.actor(broker=self.broker, queue_name=QUEUE)(perform_effect)
        worker = dramatiq.Worker(self.broker, worker_threads=threads)
        worker.start()
        return worker
