"""The log of a server: one line of JSON for each answer and each word of ours.

A line tells what was asked for and how it went, never who asked or what for: no
address, no browser, no query. A request has an id, which goes back to who asked and
stands in every line that is written meanwhile.
"""

import contextvars
import json
import logging
import logging.config
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import flask
from werkzeug.wrappers import Response

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
ID_BYTES = 8
# Where Flask leaves the pattern that an address matched, for the line of its answer.
ROUTE = "geo_astana.route"
NO_ROUTE = "none"
METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
OTHER_METHOD = "other"
# What gunicorn says of a request that it cannot read.
PERSONAL = re.compile(r"\bip=\S+|\?\S+")
HIDDEN = "…"

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]
_request_id = contextvars.ContextVar("request_id", default="")
_log = logging.getLogger("geo_astana.requests")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `route` is the pattern of the address, `ms` runs to its last byte."""

    method: str
    route: str
    status: int
    ms: float
    bytes: int


def write(answer: Answer) -> None:
    """Write the line of an answer."""
    _log.info("answered", extra={"answer": answer})


class Journal:
    """An application each of whose answers is told to `listeners` when it is sent."""

    def __init__(
        self, application: Application, *listeners: Callable[[Answer], None]
    ) -> None:
        self._application = application
        self._listeners = listeners

    def __call__(
        self, environment: Environment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        call = _Call(environment, self._listeners)
        try:
            pieces = self._application(environment, call.starting(start_response))
        except BaseException:
            call.close()
            raise
        return call.sending(pieces)


class _Call:
    """One request from its first to its last byte."""

    def __init__(
        self,
        environment: Environment,
        listeners: Iterable[Callable[[Answer], None]],
    ) -> None:
        self._began = time.perf_counter()
        self._environment = environment
        self._listeners = listeners
        self._status = 500
        self._bytes = 0
        given = environment.get("HTTP_X_REQUEST_ID", "")
        self._id = given if GIVEN.fullmatch(given) else secrets.token_hex(ID_BYTES)
        _request_id.set(self._id)

    def starting(self, start_response: Callable[..., Any]) -> Callable[..., Any]:
        """The same, with our header."""

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            self._status = int(status[:3])
            return start_response(status, [*headers, (HEADER, self._id)], *error)

        return start

    def sending(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        """The same bytes, counted; closing them ends the call."""
        return _Counted(pieces, self)

    def count(self, piece: bytes) -> None:
        self._bytes += len(piece)

    def close(self) -> None:
        """Tell how it went."""
        method = self._environment.get("REQUEST_METHOD", "")
        answer = Answer(
            method=method if method in METHODS else OTHER_METHOD,
            route=self._environment.get(ROUTE, NO_ROUTE),
            status=self._status,
            ms=round((time.perf_counter() - self._began) * 1000, 1),
            bytes=self._bytes,
        )
        for listener in self._listeners:
            listener(answer)
        _request_id.set("")


class _Counted:
    """The pieces of an answer; a server closes them, whether it sent all or not."""

    def __init__(self, pieces: Iterable[bytes], call: _Call) -> None:
        self._pieces = pieces
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._call.count(piece)
            yield piece

    def close(self) -> None:
        try:
            if close := getattr(self._pieces, "close", None):
                close()
        finally:
            self._call.close()


def register(server: flask.Flask) -> None:
    """Let an application tell which of its routes a request matched."""

    def tell(response: Response) -> Response:
        if flask.request.url_rule:
            flask.request.environ[ROUTE] = flask.request.url_rule.rule
        return response

    server.after_request(tell)


class Formatter(logging.Formatter):
    """Writes each line as JSON: time in UTC, level, words, and what belongs to them."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.name.startswith("gunicorn"):
            line["message"] = PERSONAL.sub(HIDDEN, line["message"])
        if request_id := _request_id.get():
            line["request"] = request_id
        if isinstance(answer := getattr(record, "answer", None), Answer):
            line |= asdict(answer)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


# For `logging.config.dictConfig`, and for gunicorn, whose own words become JSON too.
CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "geo_astana.journal.Formatter"}},
    "handlers": {
        "json": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "INFO", "handlers": ["json"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "ERROR", "handlers": [], "propagate": True},
    },
}


def configure() -> None:
    """Write every line of this process as JSON on its standard error."""
    logging.config.dictConfig(CONFIG)
    logging.captureWarnings(capture=True)
