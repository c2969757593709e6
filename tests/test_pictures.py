"""The routes of the exports, by Flask's test client and a real Chromium."""

import errno
import json
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask
import flask_compress
import pytest
from flask.testing import FlaskClient

from geo_astana import pictures, selection, shelf
from geo_astana.dataset import Dataset
from geo_astana.export import order, picture, reader

DAY = "date=2017-12-21"
SMALL = f"{DAY}&size=640x360"
MAGIC = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shelf.Disk]:
    disk = shelf.Disk(tmp_path_factory.mktemp("shelf"))
    yield disk
    disk.close()


@pytest.fixture(scope="module")
def client(record: Dataset, disk: shelf.Disk) -> Iterator[FlaskClient]:
    """A server with the routes alone, below a prefix, compressing as the real one."""
    with a_server(record, disk, "one stamp") as client:
        yield client


@contextmanager
def a_server(record: Dataset, disk: shelf.Disk, stamp: str) -> Iterator[FlaskClient]:
    server = flask.Flask(__name__)
    easel = pictures.register(server, "/map/", record, stamp, disk)
    flask_compress.Compress(server)
    yield server.test_client()
    easel.close()


def width_of(png: bytes) -> int:
    width: int = struct.unpack(">I", png[16:20])[0]
    return width


def plan(client: FlaskClient, query: str) -> dict[str, str]:
    answer = client.get(f"/map/export/plan?{query}")
    said: dict[str, str] = json.loads(answer.data)
    return said


@pytest.mark.parametrize("form", picture.FORMS)
def test_each_form_comes_with_its_type_its_name_and_its_evidence(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    address = f"/map/export/picture.{form}?{SMALL}&tracks=astana"
    answer = client.get(f"{address}&download=1")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == picture.FORMS[form]  # type: ignore[index]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    name = f"geo-astana-2017-12-21-slide.{form}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert MAGIC[form] in answer.data[:200]
    path = tmp_path / name
    path.write_bytes(answer.data)
    _, said = reader.read(path)
    assert said.link == f"http://localhost/map/?{DAY}&tracks=astana"


def test_a_picture_is_shown_unless_it_is_to_be_saved(client: FlaskClient) -> None:
    answer = client.get(f"/map/export/picture.png?{SMALL}")
    assert "Content-Disposition" not in answer.headers
    assert width_of(answer.data) == 640


def test_links_lead_where_the_dashboard_is_said_to_be(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(pictures.ADDRESS, "https://talks.example/")
    path = tmp_path / "a.svg"
    path.write_bytes(client.get(f"/map/export/picture.svg?{SMALL}").data)
    assert reader.read(path)[1].link == f"https://talks.example/?{DAY}"


def test_a_preview_is_small_whatever_is_ordered(client: FlaskClient) -> None:
    for ordered in ("what=picture&scale=4", "what=deck", "what=film&size=4:3"):
        answer = client.get(f"/map/export/preview.png?{DAY}&{ordered}")
        assert answer.status_code == 200, answer.text
        assert width_of(answer.data) == pictures.PREVIEW_PX
    assert client.get("/map/export/preview.png?what=data").status_code == 404


def test_a_page_carries_the_view(client: FlaskClient, tmp_path: Path) -> None:
    answer = client.get(f"/map/export/page.html?{DAY}&download=1")
    assert answer.content_type == "text/html; charset=utf-8"
    path = tmp_path / "page.html"
    path.write_bytes(answer.data)
    assert reader.read(path)[1].link == f"http://localhost/map/?{DAY}"


def test_every_fault_of_an_order_is_named_in_one_sentence(client: FlaskClient) -> None:
    answer = client.get(
        "/map/export/picture.png?kind=moon&size=3x3&tracks=mars&scale=9&date=1999-01-01"
    )
    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"
    for part in ("moon", "3x3", "tracks=mars", "scale", "1999-01-01"):
        assert part in answer.text
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("picture.gif", 400),
        ("picture.png?kind=card", 400),
        ("picture.png?size=6000x4000&scale=4", 400),
        ("picture.png?" + "a" * 5000, 400),
        ("deck.pptx", 404),
        ("film.mp4", 404),
        ("data.csv", 404),
        ("passwords.txt", 404),
        ("..%2f..%2fpyproject.toml", 404),
    ],
)
def test_what_is_not_made_is_refused_in_one_sentence(
    client: FlaskClient, address: str, status: int
) -> None:
    answer = client.get(f"/map/export/{address}")
    assert answer.status_code == status
    assert b"[project]" not in answer.data
    assert len(answer.text) < 400


def test_a_refusal_stays_in_one_line_whatever_it_quotes(client: FlaskClient) -> None:
    answer = client.get("/map/export/picture.svg?range=table%0A1e")
    assert answer.status_code == 400
    assert answer.text.splitlines() == ["“range=table 1e” is not known to the record."]


def test_a_disk_without_room_is_told_in_one_sentence(
    record: Dataset, disk: shelf.Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write)
    with a_server(record, disk, "one stamp") as client:
        answer = client.get(f"/map/export/picture.png?{SMALL}")
    assert (answer.status_code, answer.text) == (503, f"{pictures.NO_ROOM}\n")


def test_a_tour_is_one_of_ours_and_never_a_path(client: FlaskClient) -> None:
    refused = plan(client, "what=deck&tour=../../pyproject.toml")
    assert refused.keys() == {"fault"}
    assert "astana-rounds" in refused["fault"]
    refused = plan(client, "what=deck&template=/etc/passwd")
    assert "“template=/etc/passwd” is not known" in refused["fault"]


def test_a_copy_that_is_still_right_is_neither_sent_nor_drawn(
    client: FlaskClient,
    record: Dataset,
    disk: shelf.Disk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"/map/export/picture.png?{SMALL}"
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    monkeypatch.setenv("BROWSER_PATH", "/no/browser")
    with a_server(record, disk, "one stamp") as blind:
        assert blind.get(address, headers=tag).status_code == 304
        assert blind.get(f"{address}&theme=dark", headers=tag).status_code == 503
    with a_server(record, disk, "another stamp") as newer:
        assert newer.get(address, headers=tag).status_code == 503


def test_without_a_browser_the_answer_says_how_to_get_one(
    record: Dataset, disk: shelf.Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/no/browser")
    with a_server(record, disk, "one stamp") as client:
        answer = client.get(f"/map/export/picture.png?{SMALL}")
    assert answer.status_code == 503
    assert "BROWSER_PATH" in answer.text
    assert len(answer.text.splitlines()) == 1


def test_who_comes_too_many_is_told_to_come_again(client: FlaskClient) -> None:
    many = pictures.PLACES + 3
    start = threading.Barrier(many)
    answers: Counter[int] = Counter()
    waits: set[str | None] = set()

    def ask(number: int) -> None:
        start.wait()
        query = f"{DAY}&size={600 + number}x360"
        answer = client.application.test_client().get(
            f"/map/export/picture.png?{query}"
        )
        answers[answer.status_code] += 1
        if answer.status_code != 200:
            waits.add(answer.headers.get("Retry-After"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[200] >= pictures.PLACES
    assert answers[429] >= 1
    assert answers.total() == answers[200] + answers[429]
    assert waits == {str(pictures.RETRY_S)}


def test_a_plan_says_what_an_order_comes_to(
    client: FlaskClient, record: Dataset
) -> None:
    year = "from=2017-01-01&to=2017-12-31"
    slides = len(order.steps(order.read(fields(f"what=deck&{year}"), record), record))
    said = plan(client, f"what=deck&{year}")
    assert said["words"].startswith(f"{slides} slides, a title and the sources")
    assert said["name"].endswith("-deck.pptx")
    pictured = order.count(order.read(fields(f"what=film&{year}"), record), record)
    assert f"{pictured} pictures" in plan(client, f"what=film&{year}")["words"]
    assert (
        plan(client, "what=picture&size=og&scale=2")["words"] == "2400 × 1260 pixels."
    )
    print_ = plan(client, "what=picture&format=pdf&size=a4")["words"]
    assert print_.startswith("One page of 297 × 210 mm")
    chosen = selection.Selection(tracks=frozenset({"sochi"}))
    kept = len(selection.events(record, chosen))
    told = plan(client, "what=data&format=csv&tracks=sochi")["words"]
    assert told.startswith(f"{kept} of {len(record.events)} events")


def fields(query: str) -> dict[str, str]:
    return pictures.fields(query)


def test_a_plan_describes_its_picture_for_who_cannot_see_it(
    client: FlaskClient,
) -> None:
    said = plan(client, DAY)
    assert said["title"] == "21 December 2017"
    assert "eighth Astana round" in said["alt"]
    card = plan(client, f"{DAY}&kind=card&event=gva-viii")
    assert "Geneva" in card["title"]
    tour = plan(client, f"what=deck&tour=astana-rounds&{DAY}")
    assert tour["title"] == "23 January 2017"
    assert "title" not in plan(client, "what=data&format=csv")


def test_an_order_of_nothing_or_of_too_much_is_refused(client: FlaskClient) -> None:
    nothing = "what=deck&from=2017-01-01&to=2017-01-01&tracks=sochi"
    assert plan(client, nothing)["fault"].startswith("Nothing of the selection changes")
    everything = plan(client, "what=film&step=day")["fault"]
    assert "5,114 pictures" in everything
    assert "1,000" in everything


def test_a_file_of_a_job_comes_whole_under_its_name(
    client: FlaskClient, disk: shelf.Disk, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 10_000
    (tmp_path / "a").write_bytes(content)
    disk.lay("t" * 32, tmp_path / "a")
    disk.put("file:" + "t" * 32, {"name": "talks.pptx", "size": len(content)})
    answer = client.get("/map/export/file/" + "t" * 32)
    assert answer.data == content
    assert answer.content_length == len(content)
    assert answer.mimetype == pictures.MEDIA_TYPES[".pptx"]
    assert answer.headers["Content-Disposition"] == "attachment; filename=talks.pptx"
    assert answer.cache_control.no_store


@pytest.mark.parametrize(
    "token", ["u" * 32, "short", "..%2f..%2f..%2fetc%2fpasswd", "%00" * 20, "secret"]
)
def test_a_file_that_is_not_there_is_told_in_one_sentence(
    client: FlaskClient, token: str
) -> None:
    answer = client.get(f"/map/export/file/{token}")
    assert answer.status_code == 404
    assert b"root:" not in answer.data
