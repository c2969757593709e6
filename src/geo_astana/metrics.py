"""What a server has answered, counted for Prometheus: off unless the settings say so.

The processes of one server share a folder, PROMETHEUS_MULTIPROC_DIR, from which any of
them tells the counts of all. No count has an address or a query to it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import flask
from werkzeug.wrappers import Response

from geo_astana import errors, settings
from geo_astana.journal import Answer
from geo_astana.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

NAME = "metrics"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
MS_PER_S = 1000
# From a file that is kept in memory to a picture that waited for its turn, in seconds.
STEPS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Meter:
    """The counts of this process."""

    registry: "CollectorRegistry"
    answers: "Counter"
    seconds: "Histogram"
    sent: "Counter"

    def count(self, answer: Answer) -> None:
        """Add one answer."""
        self.answers.labels(answer.method, answer.route, str(answer.status)).inc()
        self.seconds.labels(answer.route).observe(answer.ms / MS_PER_S)
        self.sent.labels(answer.route).inc(answer.bytes)

    def text(self) -> bytes:
        """The counts as Prometheus reads them, of all processes that share them."""
        import prometheus_client  # noqa: PLC0415 - an extra
        from prometheus_client import multiprocess  # noqa: PLC0415 - an extra

        registry = self.registry
        if os.environ.get(SHARED):
            registry = prometheus_client.CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return prometheus_client.generate_latest(registry)


@lru_cache
def meter() -> Meter:
    """The meter of this process; raises SettingsError without prometheus_client."""
    try:
        import prometheus_client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise errors.SettingsError(
            f"{settings.METRICS} is 1, but prometheus_client is missing: "
            "pip install 'geo-astana[metrics]'"
        ) from error
    registry = prometheus_client.CollectorRegistry()
    return Meter(
        registry,
        prometheus_client.Counter(
            "geo_astana_answers",
            "Answers sent.",
            ("method", "route", "status"),
            registry=registry,
        ),
        prometheus_client.Histogram(
            "geo_astana_answer_seconds",
            "Seconds from a request to the last byte of its answer.",
            ("route",),
            registry=registry,
            buckets=STEPS_S,
        ),
        prometheus_client.Counter(
            "geo_astana_sent_bytes",
            "Bytes of the answers' bodies.",
            ("route",),
            registry=registry,
        ),
    )


def listeners(obeyed: Settings) -> tuple[Callable[[Answer], None], ...]:
    """Who counts the answers: nobody, unless the settings want it."""
    return (meter().count,) if obeyed.metrics else ()


def register(server: flask.Flask, prefix: str, obeyed: Settings) -> None:
    """Add `<prefix>metrics` where the settings want it."""
    if obeyed.metrics:
        server.add_url_rule(f"{prefix}{NAME}", endpoint=NAME, view_func=_tell)


def _tell() -> Response:
    import prometheus_client  # noqa: PLC0415 - an extra

    response = Response(
        meter().text(), content_type=prometheus_client.CONTENT_TYPE_LATEST
    )
    response.cache_control.no_store = True
    return response


def forget(process: int) -> None:
    """Clear away what a process that ended kept open, if processes share counts."""
    if os.environ.get(SHARED):
        from prometheus_client import multiprocess  # noqa: PLC0415 - an extra

        multiprocess.mark_process_dead(process)  # type: ignore[no-untyped-call]
