"""What a page tells other sites of the view of its link."""

import json
import re
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, expect
from test_hostile import SCRIPT, WORDS, spoil
from visiting import Visit

from geo_astana import dashboard, dataset, link, masthead, pictures, sharing
from geo_astana.dataset import Dataset
from geo_astana.export import verification

ADDRESS = "http://localhost/"
# A link, and the day that it shows.
LINKS = {
    "": "2017-12-21",
    "date=2018-02-20&tracks=astana": "2018-02-20",
    "embed=syria&date=2018-07-06&clock=off": "2018-07-06",
    "present=four-zones&step=3": "2017-06-04",
    "present=marks&marks=2017-12-21,2018-02-20&step=2": "2018-02-20",
}


class Head(HTMLParser):
    """The head of a page: its titles, its metas by name, its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.metas: dict[str, list[str]] = {}
        self.links: list[dict[str, str]] = []
        self.tags: list[str] = []
        self._open = ""
        self.feed(page[: page.index("</head>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.tags.append(tag)
        found = {name: text or "" for name, text in attrs}
        if tag == "link":
            self.links.append(found)
        if name := found.get("property") or found.get("name"):
            self.metas.setdefault(name, []).append(found["content"])

    def handle_data(self, data: str) -> None:
        if self._open == "title" and data.strip():
            self.titles.append(data)

    def link(self, rel: str, kind: str = "") -> str:
        (found,) = (
            one["href"]
            for one in self.links
            if one["rel"] == rel and one.get("type", "") == kind
        )
        return found


@pytest.fixture(scope="module")
def client(record: Dataset) -> FlaskClient:
    client: FlaskClient = dashboard.create_app(record).server.test_client()
    return client


def head(client: FlaskClient, query: str) -> Head:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 200
    return Head(answer.text)


@pytest.mark.parametrize("query", LINKS)
def test_a_link_has_a_card_of_its_own_view(
    client: FlaskClient, record: Dataset, tmp_path: Path, query: str
) -> None:
    found = head(client, query)
    assert {name for name, texts in found.metas.items() if len(texts) > 1} <= {
        "viewport"
    }
    said = {name: texts[0] for name, texts in found.metas.items()}
    assert said["og:type"] == "website"
    assert said["og:site_name"] == "geo-astana"
    assert said["og:description"] == said["description"]
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:url"] == found.link("canonical")
    assert "embed=" not in said["og:url"]
    picture = client.get(said["og:image"].removeprefix("http://localhost"))
    assert picture.status_code == 200, picture.text
    assert picture.mimetype == said["og:image:type"]
    size = [int.from_bytes(picture.data[at : at + 4]) for at in (16, 20)]
    told = [int(said[f"og:image:{side}"]) for side in ("width", "height")]
    assert size == told == [1200, 630]
    path = tmp_path / "shared.png"
    path.write_bytes(picture.data)
    report = verification.verify(record, path)
    assert report.same_version
    assert report.unknown == ()
    evidence = report.evidence
    assert evidence.date == LINKS[query]
    assert evidence.title in said["og:title"]
    assert said["og:image:alt"] == evidence.alt


def test_the_sentence_and_the_selection_describe_the_link(
    client: FlaskClient,
) -> None:
    whole = head(client, "date=2017-12-21").metas["og:description"][0]
    assert whole.startswith("The eighth Astana round opens.")
    some = head(client, "date=2017-12-21&tracks=geneva").metas["og:description"][0]
    assert "Astana" not in some
    assert some.endswith(" Only: Geneva talks.")


def test_the_same_view_has_the_same_address_however_it_is_written(
    client: FlaskClient,
) -> None:
    usual = f"{ADDRESS}?date=2017-12-21&tracks=astana,geneva"
    for query in (
        "tracks=geneva,astana&date=2017-12-21",
        "date=2017-12-21&tracks=astana,geneva&panel=about&utm_source=mail",
        "embed=map&tracks=astana,geneva&date=2017-12-21&clock=off",
    ):
        assert head(client, query).link("canonical") == usual


def test_what_is_open_is_named(client: FlaskClient) -> None:
    opened = head(client, "date=2017-12-21&event=ast-08").metas["og:title"][0]
    assert opened == "Astana round 8 · Syria’s ceasefire talks on 21 December 2017"
    card = head(client, "date=2017-12-21&event=ast-08&embed=card").metas
    assert "kind=card" in card["og:image"][0]
    assert "Idlib" in head(client, "event=idlib").metas["og:title"][0]


def test_a_tab_is_named_by_the_day_of_its_link(client: FlaskClient) -> None:
    day = f"20 February 2018 · {masthead.TITLE}"
    for query in ("date=2018-02-20", "date=2018-02-20&embed=slide"):
        assert head(client, query).titles == [day]
    assert head(client, "").titles == [masthead.TITLE]


@pytest.mark.parametrize("query", ["", "&embed=card"])
def test_the_name_of_a_tab_goes_along_with_the_day(
    reader: BrowserContext, address: str, query: str
) -> None:
    visit = Visit(reader)
    page = visit.open(f"{address}?date=2018-02-20{query}")
    expect(page).to_have_title(f"20 February 2018 · {masthead.TITLE}")
    page.evaluate("geoAstana.view.set({date: '2017-12-21'})")
    expect(page).to_have_title(f"21 December 2017 · {masthead.TITLE}")
    visit.unharmed(address)
    page.close()


def test_cards_lead_where_the_dashboard_is_said_to_be(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pictures.ADDRESS, "https://talks.example/map/")
    for query in ("date=2018-02-20", "date=2018-02-20&embed=slide"):
        found = head(client, query)
        assert found.link("canonical").startswith("https://talks.example/map/?date=")
        assert found.metas["og:image"][0].startswith(
            "https://talks.example/map/export/picture.png?"
        )


@pytest.mark.parametrize("key", [*(key.name for key in link.KEYS), "x"])
@pytest.mark.parametrize(
    "hostile", [SCRIPT, '"><script>window.hacked=1</script>', "\u202e"]
)
def test_a_hostile_link_does_not_break_out(
    client: FlaskClient, key: str, hostile: str
) -> None:
    usual = "embed=map" if key in ("embed", "present") else ""
    answer = client.get(f"/?{urllib.parse.urlencode({key: hostile})}")
    assert hostile not in answer.text
    assert Head(answer.text).tags == head(client, usual).tags


@pytest.mark.parametrize("query", ["", "embed=map"])
@pytest.mark.parametrize("host", ['a"><script>', "", "a b", "a/../b"])
def test_a_host_that_is_none_is_refused(
    client: FlaskClient, host: str, query: str
) -> None:
    answer = client.get(f"/?{query}", headers={"Host": host})
    assert answer.status_code == 400
    assert "<" not in answer.text


@given(st.text(max_size=200))
def test_any_query_has_a_whole_card(record: Dataset, text: str) -> None:
    said = sharing.card(record, link.read(text, record), ADDRESS)
    found = Head(f"{sharing.head(said, ADDRESS)}</head>")
    assert found.metas["og:title"] == [said.title]
    assert found.link("canonical") == said.link
    assert link.read(urllib.parse.urlsplit(said.asked).query, record).wrong == ()


def test_hostile_words_of_the_record_are_told_and_not_run(folder: Path) -> None:
    spoil(folder)
    spoiled = dataset.load(folder)
    titles = []
    for event in list(spoiled.events)[:: len(spoiled.events) // len(WORDS)]:
        asked = link.read(f"date=2017-12-21&event={event}&embed=card", spoiled)
        said = sharing.card(spoiled, asked, ADDRESS)
        found = Head(f"{sharing.head(said, ADDRESS)}</head>")
        assert set(found.tags) == {"title", "meta", "link"}
        assert found.metas["og:title"] == [said.title]
        titles.append(said.title)
    assert any(title.startswith(SCRIPT) for title in titles)


def test_the_head_of_a_link_is_made_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    head(client, "date=2016-12-30")
    made: list[str] = []
    monkeypatch.setattr(sharing, "card", lambda *_: made.append("anew"))
    assert "30 December 2016" in head(client, "date=2016-12-30&x=1").titles[0]
    assert made == []


def test_the_light_page_of_another_link_is_another_page(client: FlaskClient) -> None:
    one, other = (client.get(f"/?embed=map&date=2017-12-2{day}") for day in (1, 2))
    assert one.headers["ETag"] != other.headers["ETag"]
    tag = {"If-None-Match": one.headers["ETag"]}
    assert client.get("/?embed=map&date=2017-12-21", headers=tag).status_code == 304
    assert json.dumps(one.text) != json.dumps(other.text)
    assert re.search("<title>22 December 2017", other.text)
