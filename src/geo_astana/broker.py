"""Redis and Celery, for exports that workers make, on this machine or on others."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import celery
import kombu
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from geo_astana import errors, shelf

VARIABLE = "GEO_ASTANA_REDIS_URL"
PREFIX = "geo-astana:"
QUEUE = "geo-astana"
TASK = "geo-astana.export"
# How long Redis may take to take us, and to answer.
CONNECT_S, ANSWER_S = 2, 4
# How long one process may hold the lock, and another wait for it.
LOCK_S = 10
PIECE = 1 << 22
# A larger file would crowd Redis, which keeps all in memory.
MOST_BYTES = 512 * 1024**2
# Celery gives a message out again when its worker has not answered for so long; longer
# than an export may take, for `jobs` notices a dead worker by itself.
UNHEARD_S = 2 * 3600
SILENT = (
    "The queue of the exports (Redis) does not answer. Try again in a moment, or tell "
    "who runs this server."
)


class Shelf:
    """A shelf in Redis; see `shelf.Shelf`."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            # Once more, as a connection may have ended unnoticed.
            retry=Retry(NoBackoff(), 1),
        )

    def get(self, name: str) -> Any:
        with _in_words():
            text = self._redis.get(PREFIX + name)
        return None if text is None else json.loads(text)

    def put(
        self, name: str, value: object, seconds: int | None = shelf.KNOWN_S
    ) -> None:
        with _in_words():
            self._redis.set(PREFIX + name, json.dumps(value), ex=seconds)

    def add(
        self, name: str, value: object, seconds: int | None = shelf.KNOWN_S
    ) -> bool:
        with _in_words():
            return bool(
                self._redis.set(PREFIX + name, json.dumps(value), ex=seconds, nx=True)
            )

    def drop(self, name: str) -> None:
        with _in_words():
            self._redis.delete(PREFIX + name)

    def lay(self, token: str, path: Path) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise errors.ExportError(
                "The file became too large to hand over. Choose fewer days or a "
                "smaller size, or make it on the command line (geo-astana export)."
            )
        name = f"{PREFIX}pieces:{token}"
        with _in_words(), path.open("rb") as file:
            while piece := file.read(PIECE):
                self._redis.rpush(name, piece)
                self._redis.expire(name, shelf.KEPT_S)

    def take(self, token: str) -> Iterator[bytes] | None:
        with _in_words():
            count = self._redis.llen(f"{PREFIX}pieces:{token}")
        return self._pieces(token, count) if count else None

    def _pieces(self, token: str, count: int) -> Iterator[bytes]:
        for number in range(count):
            with _in_words():
                piece = self._redis.lindex(f"{PREFIX}pieces:{token}", number)
            if not isinstance(piece, bytes):
                raise errors.ExportError("The file expired while it was fetched.")
            yield piece

    def lift(self, token: str) -> None:
        with _in_words():
            self._redis.delete(f"{PREFIX}pieces:{token}")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        lock = self._redis.lock(
            f"{PREFIX}lock", timeout=LOCK_S, blocking_timeout=LOCK_S
        )
        with _in_words(), lock:
            yield

    def close(self) -> None:
        """End the connections."""
        self._redis.close()


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except redis.ResponseError as error:
        raise errors.ExportError(
            f"The queue of the exports (Redis) refuses: {error}"
        ) from error
    except (redis.RedisError, kombu.exceptions.OperationalError) as error:
        raise errors.ExportError(SILENT) from error


class Queue:
    """The queue of the workers in Redis, with the shelf of what they make."""

    def __init__(self, address: str) -> None:
        try:
            self.shelf = Shelf(address)
        except ValueError as error:
            raise errors.ExportError(
                f"{VARIABLE} is no address of Redis ({error}); write it as "
                "redis://localhost:6379/0."
            ) from error
        self.app = celery.Celery("geo-astana", broker=address, backend=address)
        self.app.conf.update(
            task_default_queue=QUEUE,
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            # A job whose process is killed goes back into the queue.
            task_acks_late=True,
            task_reject_on_worker_lost=True,
            worker_prefetch_multiplier=1,
            # `worker.work` ends by itself when Redis is gone.
            worker_cancel_long_running_tasks_on_connection_loss=False,
            broker_connection_retry_on_startup=True,
            broker_connection_timeout=CONNECT_S,
            broker_transport_options={
                "visibility_timeout": UNHEARD_S,
                "socket_connect_timeout": CONNECT_S,
                "socket_timeout": ANSWER_S,
            },
            task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
        )

    def hand_over(self, key: str) -> None:
        """Give a job to the workers; raises ExportError if Redis does not answer."""
        with _in_words():
            self.app.send_task(TASK, args=[key])

    def answered(self, within_s: float) -> bool:
        """Whether any worker is there; a busy one of one process does not answer."""
        # Celery's own connections may have ended unnoticed.
        with _in_words(), self.app.connection() as connection:
            return bool(
                self.app.control.ping(timeout=within_s, limit=1, connection=connection)
            )
