"""The oEmbed answer, by its specification, and what a site makes of it."""

import json
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from pasting import Site, a_site
from playwright.sync_api import BrowserContext, Page
from test_sharing import LINKS, Head
from visiting import Visit
from werkzeug.test import TestResponse

from geo_astana import dashboard, link, oembed, pictures, snippets
from geo_astana.dataset import Dataset
from geo_astana.export import verification

# What an answer of the type “rich” has to have, and what is a number in it.
REQUIRED = {"type", "version", "html", "width", "height"}
NUMBERS = {"width", "height", "thumbnail_width", "thumbnail_height", "cache_age"}
OPTIONAL = {
    "title",
    "author_name",
    "author_url",
    "provider_name",
    "provider_url",
    "cache_age",
    "thumbnail_url",
    "thumbnail_width",
    "thumbnail_height",
}


class Frame(HTMLParser):
    """The one frame of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes = {name: text or "" for name, text in attrs}


@pytest.fixture(scope="module")
def client(record: Dataset) -> FlaskClient:
    client: FlaskClient = dashboard.create_app(record).server.test_client()
    return client


def ask(client: FlaskClient, url: str, **more: str) -> TestResponse:
    return client.get("/oembed", query_string={"url": url, **more})


def told(client: FlaskClient, url: str, **more: str) -> dict[str, Any]:
    answer = ask(client, url, **more)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    said: dict[str, Any] = json.loads(answer.data)
    return said


@pytest.mark.parametrize("query", LINKS)
def test_a_link_is_answered_as_the_specification_asks(
    client: FlaskClient, query: str
) -> None:
    said = told(client, f"http://localhost/?{query}", maxwidth="800", maxheight="500")
    assert said.keys() >= REQUIRED
    assert said.keys() <= REQUIRED | OPTIONAL
    assert (said["version"], said["type"]) == ("1.0", "rich")
    for name, value in said.items():
        assert isinstance(value, int if name in NUMBERS else str), name
    for side, most in (("width", 800), ("height", 500)):
        assert 0 < said[side] <= most
        assert 0 < said[f"thumbnail_{side}"] <= most
    frame = Frame(said["html"])
    assert frame.tags == ["iframe"]
    assert frame.attributes["title"] == said["title"]
    for side in ("width", "height"):
        assert frame.attributes[side] == str(said[side])


@pytest.mark.parametrize("query", LINKS)
def test_xml_says_what_json_does(client: FlaskClient, query: str) -> None:
    url = f"http://localhost/?{query}"
    answer = ask(client, url, format="xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.data)  # noqa: S314 - our own
    assert root.tag == "oembed"
    found = {one.tag: one.text for one in root}
    assert found == {name: str(value) for name, value in told(client, url).items()}


@pytest.mark.parametrize("query", LINKS)
def test_its_picture_is_the_view_of_the_link_and_as_large_as_it_says(
    client: FlaskClient, record: Dataset, tmp_path: Path, query: str
) -> None:
    said = told(client, f"http://localhost/?{query}", maxwidth="620")
    picture = client.get(said["thumbnail_url"].removeprefix("http://localhost"))
    assert picture.status_code == 200, picture.text
    size = [int.from_bytes(picture.data[at : at + 4]) for at in (16, 20)]
    assert size == [said["thumbnail_width"], said["thumbnail_height"]] == [600, 315]
    path = tmp_path / "thumbnail.png"
    path.write_bytes(picture.data)
    report = verification.verify(record, path)
    assert report.evidence.date == LINKS[query]
    assert report.unknown == ()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


@pytest.fixture(scope="module")
def visit(reader: BrowserContext) -> Iterator[Visit]:
    visit = Visit(reader, width=700)
    yield visit
    visit.page.close()


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


@pytest.mark.parametrize("query", LINKS)
def test_its_frame_shows_the_day_of_the_link_also_in_a_sandbox(
    page: Page, site: Site, address: str, query: str
) -> None:
    asked = urllib.parse.urlencode({"url": f"{address}?{query}"})
    said = page.request.get(f"{address}oembed?{asked}").json()
    # What WordPress makes of a frame of a site that it does not know.
    sandbox = '<iframe sandbox="allow-scripts" '
    site.html = said["html"].replace("<iframe ", sandbox)
    page.goto(site.address)
    frame = page.frame_locator("iframe")
    frame.locator("[data-ready=true]").wait_for(state="attached")
    shown = page.frames[1].evaluate("geoAstana.view.get().date")
    assert shown == LINKS[query]
    box = page.locator("iframe").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (said["width"], said["height"])


def test_the_page_leads_to_the_answer(client: FlaskClient) -> None:
    for query in LINKS:
        head = Head(client.get(f"/?{query}").text)
        for form in ("json", "xml"):
            found = head.link(
                "alternate", f"{oembed.FORMATS[form].split(';')[0]}+oembed"
            )
            answer = client.get(found.removeprefix("http://localhost"))
            assert answer.status_code == 200
            direct = ask(client, f"http://localhost/?{query}", format=form)
            assert answer.data == direct.data


def test_a_frame_keeps_the_kind_the_clock_and_the_selection_of_its_link(
    client: FlaskClient, record: Dataset
) -> None:
    query = "date=2018-02-20&embed=timeline&clock=off&tracks=astana&theme=dark"
    said = told(client, f"http://localhost/?{query}&utm_source=mail&panel=about")
    src = Frame(said["html"]).attributes["src"]
    asked = urllib.parse.urlsplit(src).query
    assert link.read(asked, record) == link.read(query, record)
    assert link.read(asked, record).wrong == ()


def test_a_frame_has_its_room_unless_the_page_has_less(client: FlaskClient) -> None:
    url = "http://localhost/?embed=slide&date=2017-12-21"
    usual = told(client, url)
    assert usual["width"] == snippets.USUAL_PX
    assert usual["height"] == snippets.height("slide", snippets.USUAL_PX)
    assert told(client, url, maxwidth="1000")["width"] == 1000
    assert told(client, url, maxwidth="3000")["width"] == snippets.MOST_PX
    assert told(client, url, maxheight="300")["height"] == 300
    assert "thumbnail_url" not in told(client, url, maxwidth="100")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://localhost", 200),
        ("http://localhost/", 200),
        ("HTTP://LocalHost:80/?date=2017-12-21#top", 200),
        ("http://localhost/?date=1999-01-01&x=<script>", 200),
        ("https://localhost/", 404),
        ("http://localhost:8080/", 404),
        ("http://localhost/about", 404),
        ("http://localhost/data/", 404),
        ("http://localhost.example/", 404),
        ("http://localhost@example.org/", 404),
        ("http://example.org/?http://localhost/", 404),
        ("http://[bad/", 404),
        ("http://localhost:99999999/", 404),
        ("//localhost/", 404),
        ("javascript:alert(1)", 404),
        ("/?date=2017-12-21", 404),
        ("", 400),
    ],
)
def test_only_links_of_this_site_are_answered(
    client: FlaskClient, url: str, status: int
) -> None:
    answer = ask(client, url)
    assert answer.status_code == status, answer.text
    assert "<script" not in answer.text
    if status != 200:
        assert len(answer.text.splitlines()) == 1


def test_links_begin_where_the_dashboard_is_said_to_be(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pictures.ADDRESS, "https://talks.example/map/")
    said = told(client, "https://talks.example/map?date=2017-12-21")
    assert 'src="https://talks.example/map/?date=2017-12-21' in said["html"]
    assert ask(client, "https://talks.example/?date=2017-12-21").status_code == 404
    assert ask(client, "http://localhost/").status_code == 404


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"format": "yaml"}, 501, "“yaml”; there are json and xml"),
        ({"maxwidth": "wide"}, 400, "maxwidth is “wide”"),
        ({"maxheight": "-1"}, 400, "maxheight is “-1”"),
        ({"maxwidth": "0"}, 400, "maxwidth is “0”"),
        ({"maxwidth": "٣٠٠"}, 400, "maxwidth is"),
        ({"maxwidth": "9" * 400}, 400, "maxwidth is “999"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_sentence(
    client: FlaskClient, more: dict[str, str], status: int, words: str
) -> None:
    answer = ask(client, "http://localhost/", **more)
    assert answer.status_code == status
    assert words in answer.text
    assert len(answer.text) < 200
    assert len(answer.text.splitlines()) == 1


def test_scripts_of_any_site_may_ask_and_keep_the_answer(client: FlaskClient) -> None:
    answer = ask(client, "http://localhost/")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.cache_control.max_age == oembed.KEPT_S


@pytest.mark.parametrize("kind", ["slide", "map", "syria"])
def test_a_frame_has_the_height_that_its_page_would_like(
    page: Page, address: str, kind: str
) -> None:
    for width in (*snippets.WIDTHS, 420, 900):
        height = snippets.height(kind, width)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{address}?embed={kind}&date=2017-12-21")
        page.wait_for_selector("[data-ready=true]", state="attached")
        assert page.evaluate("geoAstana.height()") == pytest.approx(height, rel=0.1)
