"""The route of the downloads, by Flask's test client."""

import csv
import io
import json

import flask
import flask_compress
import pytest
from flask.testing import FlaskClient

from geo_astana import downloads, selection
from geo_astana.dataset import Dataset
from geo_astana.export import data
from geo_astana.selection import Selection


@pytest.fixture(scope="module")
def client(record: Dataset) -> FlaskClient:
    """A server with the route alone, below a prefix, compressing as the real one."""
    server = flask.Flask(__name__)
    downloads.register(server, "/map/", record)
    flask_compress.Compress(server)
    return server.test_client()


@pytest.mark.parametrize("name", downloads.NAMES)
def test_each_name_gives_its_format(
    client: FlaskClient, record: Dataset, name: str
) -> None:
    ending = downloads.NAMES[name]
    answer = client.get(f"/map/download/{name}?date=2017-12-21&tracks=astana")
    assert answer.status_code == 200
    assert answer.content_type == data.FORMATS[ending].media_type
    wanted = f"geo-astana-events-{record.version}-2017-12-21.{ending}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={wanted}"
    astana = Selection(tracks=frozenset({"astana"}))
    link = "http://localhost/map/?date=2017-12-21&tracks=astana"
    assert answer.data == data.FORMATS[ending].write(record, astana, link)


def test_a_link_without_a_facet_gives_all_events(
    client: FlaskClient, record: Dataset
) -> None:
    answer = client.get("/map/download/events.geojson")
    collection = json.loads(answer.data)
    assert len(collection["features"]) == len(record.events)
    assert collection["link"] == "http://localhost/map/"
    assert "-all.geojson" in answer.headers["Content-Disposition"]


def test_a_status_of_several_words_is_understood(
    client: FlaskClient, record: Dataset
) -> None:
    answer = client.get("/map/download/events.csv?status=in-force")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    chosen = Selection(status=frozenset({"in force"}))
    assert len(rows) == len(selection.events(record, chosen)) > 0
    assert rows[0]["link"].endswith("?status=in-force")


@pytest.mark.parametrize(
    "name",
    [
        "events.exe",
        "events",
        "EVENTS.CSV",
        "..%2f..%2fpyproject.toml",
        "%00",
        "../../pyproject.toml",
    ],
)
def test_an_unknown_name_is_404_and_never_a_file(
    client: FlaskClient, name: str
) -> None:
    answer = client.get(f"/map/download/{name}")
    assert answer.status_code == 404
    assert b"[project]" not in answer.data


def test_wrong_parts_of_a_link_are_named_in_one_sentence(client: FlaskClient) -> None:
    answer = client.get(
        "/map/download/events.csv?tracks=astana,moon&date=1999-01-01&x=<script>"
    )
    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    sentence = answer.get_data(as_text=True)
    for part in ("“tracks=moon”", "“date=1999-01-01”", "“x=<script>”"):
        assert part in sentence
    assert len(sentence.splitlines()) == 1


def test_bytes_that_are_no_text_are_refused_and_not_a_traceback(
    client: FlaskClient,
) -> None:
    answer = client.get("/map/download/events.csv?tracks=%ff%fe&" + "a" * 5000 + "=1")
    assert answer.status_code == 400
    assert len(answer.data) < 500


def test_head_says_the_same_without_a_body(client: FlaskClient) -> None:
    got = client.get("/map/download/events.csv?tracks=sochi")
    head = client.head("/map/download/events.csv?tracks=sochi")
    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "Content-Disposition", "ETag"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_copy_that_is_still_right_is_not_sent_again(
    client: FlaskClient, encoding: str
) -> None:
    address = "/map/download/events.geojson?tracks=astana"
    accepts = {"Accept-Encoding": encoding}
    tag = client.get(address, headers=accepts).headers["ETag"]
    again = client.get(address, headers={**accepts, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(
        address + "&date=2017-12-21", headers={**accepts, "If-None-Match": tag}
    )
    assert other.status_code == 200


def test_other_methods_are_refused(client: FlaskClient) -> None:
    assert client.post("/map/download/events.csv").status_code == 405
