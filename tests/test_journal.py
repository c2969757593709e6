"""One line of JSON an answer: what and how, never who or what for."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import flask
import pytest
from werkzeug.test import Client, TestResponse

from geo_astana import journal
from geo_astana.journal import Answer, Journal

READ = "someone-reads-this"
GIVEN = "a-Request-17"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What our loggers write, read back."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(journal.Formatter())
    logger = logging.getLogger("geo_astana")
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(before)


@pytest.fixture
def client() -> Client:
    server = flask.Flask(__name__)

    @server.get("/day/<day>")
    def day(day: str) -> str:
        logging.getLogger("geo_astana").warning("Looked\nat %s.", day)
        return day * 10

    @server.get("/stream")
    def stream() -> flask.Response:
        return flask.Response(letter * 100 for letter in "abc")

    @server.get("/fail")
    def fail() -> str:
        logging.getLogger("geo_astana").error("It failed.", exc_info=ValueError("why"))
        flask.abort(503)

    journal.register(server)
    return Client(Journal(server, journal.write))


def get(client: Client, address: str, **more: Any) -> TestResponse:
    """The answer, read to its end."""
    return client.get(address, buffered=True, **more)


def answers(lines: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [line for line in lines() if line["message"] == "answered"]


def test_an_answer_is_a_line_that_says_what_and_how(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    get(client, "/day/x")
    (line,) = answers(lines)
    assert datetime.fromisoformat(line.pop("time")).tzinfo == UTC
    assert line.pop("ms") >= 0
    assert len(line.pop("request")) == 2 * journal.ID_BYTES
    assert line == {
        "level": "info",
        "logger": "geo_astana.requests",
        "message": "answered",
        "method": "GET",
        "route": "/day/<day>",
        "status": 200,
        "bytes": 10,
    }


def test_nothing_of_the_line_says_who_asked_or_what_for(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    get(
        client,
        f"/stream?date={READ}",
        headers={"User-Agent": READ, "Referer": READ, "Cookie": f"a={READ}"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    get(client, f"/{READ}")
    client.open("/stream", method=READ, buffered=True)
    written = json.dumps(lines())
    assert len(answers(lines)) == 3
    assert READ not in written
    assert READ.upper() not in written
    assert "203.0.113.9" not in written


def test_bytes_are_counted_to_the_last_piece(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    assert len(get(client, "/stream").data) == 300
    assert answers(lines)[0]["bytes"] == 300


def test_a_request_that_is_left_is_told_as_well() -> None:
    told: list[Answer] = []
    pieces = iter([b"first", b"second"])

    def application(environment: Any, start: Callable[..., Any]) -> Iterator[bytes]:
        del environment
        start("200 OK", [])
        return pieces

    sent = Journal(application, told.append)({}, lambda *_: None)
    assert next(iter(sent)) == b"first"
    sent.close()  # type: ignore[attr-defined]
    assert [answer.bytes for answer in told] == [5]


def test_what_fails_is_told_with_its_cause_and_in_one_line(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    get(client, "/fail")
    cause, answered = lines()
    assert "ValueError: why" in cause["error"]
    assert (answered["status"], answered["route"]) == (503, "/fail")
    assert cause["request"] == answered["request"]


def test_an_application_that_breaks_is_told_as_500() -> None:
    told: list[Answer] = []

    def broken(environment: Any, start: Any) -> list[bytes]:
        del environment, start
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Journal(broken, told.append)({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert [answer.status for answer in told] == [500]


def test_an_id_that_was_given_goes_through_and_back(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = get(client, "/day/x", headers={journal.HEADER: GIVEN})
    assert answer.headers[journal.HEADER] == GIVEN
    assert [line["request"] for line in lines()] == [GIVEN, GIVEN]


@pytest.mark.parametrize(
    "given", ["", "a b", "<script>", "x" * 65, 'a"b', "a/b", "é", "a_b"]
)
def test_an_id_of_other_letters_is_replaced(client: Client, given: str) -> None:
    answer = get(client, "/stream", headers={journal.HEADER: given})
    own = answer.headers[journal.HEADER]
    assert own != given
    assert journal.GIVEN.fullmatch(own)


def test_ids_differ(client: Client) -> None:
    ids = {get(client, "/stream").headers[journal.HEADER] for _ in range(50)}
    assert len(ids) == 50


def test_letters_that_end_a_line_do_not_make_another(
    client: Client, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    get(client, "/day/%0Aforged")
    assert [line["message"] for line in lines()] == ["Looked\nat \nforged.", "answered"]
