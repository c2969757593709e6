"""The protocol by which a page drives the map in its frame, without our script."""

import io
import json
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import neighbour
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Frame
from visiting import Visit, served

from geo_astana import selection, settings
from geo_astana.dataset import Dataset
from geo_astana.export import page
from geo_astana.selection import Selection

# A page that knows the protocol and nothing else.
BARE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>News</title>
<link rel="icon" href="data:,"><body><iframe width="700" height="620"></iframe><script>
  const frame = document.querySelector("iframe");
  const told = [];
  const answered = new Map();
  window.addEventListener("message", function ({ origin, source, data }) {
    if (source !== frame.contentWindow) return;
    if (data.event) told.push(data);
    else answered.get(data.id)(data);
  });
  let count = 0;
  const post = (message) => frame.contentWindow.postMessage(message, "*");
  const ask = (act, given) =>
    new Promise(function (done) {
      answered.set((count += 1), done);
      post({ geoAstana: 1, id: count, do: act, with: given });
    });
</script></body></html>"""
ASK = "([act, given]) => ask(act, given)"
HELD = Selection(tracks=frozenset({"astana", "zone"}))
SELECTED = {"tracks": ["astana", "zone"]}
# What is no message of the protocol.
SHAPELESS = (
    "{ geoAstana: 1 }",
    '{ geoAstana: 2, id: 1, do: "hello", with: {} }',
    '{ geoAstana: "1", id: 1, do: "hello" }',
    '{ geoAstana: 1, id: null, do: "hello" }',
    '{ geoAstana: 1, id: {}, do: "hello" }',
    '{ geoAstana: 1, id: 1, do: "format", with: {} }',
    '{ geoAstana: 1, id: 1, do: "constructor", with: {} }',
    '{ geoAstana: 1, id: 1, do: "__proto__", with: {} }',
    '{ geoAstana: 1, id: 1, do: ["hello"], with: {} }',
    '{ geoAstana: 1, id: 1, do: "hello", with: [] }',
    '{ geoAstana: 1, id: 1, do: "hello", with: null }',
    '{ geoAstana: 1, id: 1, do: "hello", with: "date" }',
)
# What others post to each other is none of ours.
STRANGE = ("null", "0", '"geoAstana"', "[]", "new Map([[1, 1]])", "{ event: 1 }")
# What is one and asks for what there is not: what, and the answer's words.
WRONG: tuple[tuple[str, str, str], ...] = (
    ("setDate", "{ date: '2099-01-01' }", "“2099-01-01” is no day of the record"),
    ("setDate", "{ date: '2017-02-30' }", "is no day of the record"),
    ("setDate", "{ date: 1e308 }", "is no day of the record"),
    ("setDate", "{ date: '9'.repeat(1e6) }", "is no day of the record"),
    ("setDate", "{}", "is no day of the record"),
    ("step", "{ by: 0 }", "a whole number from 1 to 400"),
    ("step", "{ by: 1e300 }", "a whole number from 1 to 400"),
    ("step", "{ by: 0.5 }", "a whole number from 1 to 400"),
    ("step", "{ by: '1' }", "a whole number from 1 to 400"),
    ("step", "{ unit: '__proto__' }", "a step is one of day, week, month, change"),
    ("setSelection", "{ tracks: ['moon'] }", "does not know “tracks=moon”"),
    ("setSelection", "{ tracks: 'astana' }", "a list of words for each key"),
    ("setSelection", "{ date: ['2017-01-01'] }", "“date” is nothing to select by"),
    (
        "setSelection",
        'JSON.parse(\'{"__proto__": ["x"]}\')',
        "“__proto__” is nothing to select by",
    ),
    ("setSelection", "{ zones: Array(9999).fill('<b>') }", "does not know “zones=<b>”"),
    ("openEvent", "{ event: 'constructor' }", "no event “constructor”"),
    ("openEvent", "{}", "no event “undefined”"),
    ("exportPicture", "{ format: 'gif' }", "a picture is png or svg"),
    ("exportPicture", "{ width: 1e9 }", "a whole number up to 4000"),
    ("exportPicture", "{ width: -1 }", "a whole number up to 4000"),
)
PLACES = ("server", "site", "file", "disk")
ONLY = "https://news.example"


@pytest.fixture(scope="module")
def places(
    record: Dataset, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[str, str]]]:
    """Where the map is, and a page of somebody else to frame it, by kinds of places."""
    folder = tmp_path_factory.mktemp("hosts")
    page.site(record, folder / "site")
    page.site(record, folder / "closed", origins=(ONLY, "https://*.school.example"))
    one = page.build(record)
    (folder / "one.html").write_bytes(one)
    (folder / "news.html").write_text(BARE, "utf-8")
    contents = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    with ExitStack() as stack:
        host = stack.enter_context(neighbour.living(contents))
        other = stack.enter_context(neighbour.living(contents))
        news = f"{host}news.html"
        yield {
            "server": (address, news),
            "site": (f"{other}site/", news),
            "closed": (f"{other}closed/", news),
            "file": (f"{other}one.html", news),
            "disk": (f"{folder.as_uri()}/one.html", f"{folder.as_uri()}/news.html"),
        }


def framed(
    reader: BrowserContext, where: tuple[str, str], query: str
) -> tuple[Visit, Frame]:
    visit = Visit(reader, script="")
    visit.page.goto(where[1])
    visit.page.evaluate("(address) => { frame.src = address; }", where[0] + query)
    return visit, neighbour.inside(visit.page)


def ask(visit: Visit, act: str, **given: Any) -> Any:
    answer = visit.page.evaluate(ASK, [act, given])
    assert answer["ok"], answer
    return answer["value"]


def told(visit: Visit, name: str) -> list[Any]:
    found: list[Any] = visit.page.evaluate(
        "(name) => told.filter(({ event }) => event === name).map((one) => one.detail)",
        name,
    )
    return found


@pytest.fixture(scope="module")
def shared(
    reader: BrowserContext, places: dict[str, tuple[str, str]]
) -> Iterator[tuple[Visit, Frame]]:
    visit, frame = framed(reader, places["server"], "?embed=slide&date=2017-05-04")
    yield visit, frame
    neighbour.unharmed(visit, *places["server"])
    visit.page.close()


@pytest.mark.parametrize("place", PLACES)
def test_all_that_can_be_asked_is_answered_wherever_the_map_is(
    reader: BrowserContext,
    places: dict[str, tuple[str, str]],
    record: Dataset,
    place: str,
) -> None:
    visit, frame = framed(reader, places[place], "?embed=slide&date=2017-05-04")
    (ready,) = told(visit, "ready")
    assert ready["version"] == 1
    assert ready["record"] == ["2012-01-01", "2025-12-31"]
    assert (ready["date"], ready["embed"]) == ("2017-05-04", "slide")
    hello = ask(visit, "hello")
    assert {**hello, "height": 0} == {**ready, "height": 0}
    neighbour.shows(ask(visit, "getState"), record, date(2017, 5, 4))
    assert ask(visit, "setDate", date="2017-12-21") == "2017-12-21"
    assert ask(visit, "step", by=-2, unit="week") == "2017-12-07"
    assert ask(visit, "step", by=1, unit="month") == "2018-01-07"
    assert ask(visit, "step") == "2018-01-08"
    assert ask(visit, "setSelection", **SELECTED) == SELECTED
    (after, *_) = [
        change.day
        for change in selection.changes(record, HELD)
        if change.day > date(2018, 1, 8)
    ]
    assert ask(visit, "step", unit="change") == after.isoformat()
    neighbour.shows(ask(visit, "getState"), record, after, HELD)
    assert ask(visit, "openEvent", event="ast-08") == "ast-08"
    frame.wait_for_selector(".drawer-sources", state="attached")
    assert ask(visit, "getState")["event"] == "ast-08"
    assert ask(visit, "openEvent", event="") == ""
    picture = visit.page.evaluate(
        """async () => {
          const { ok, value, error } = await ask("exportPicture", { width: 400 });
          return ok ? [value.type, [...new Uint8Array(value.data)]] : error;
        }"""
    )
    assert picture[0] == "image/png"
    with Image.open(io.BytesIO(bytes(picture[1]))) as image:
        assert image.width == 400
        assert len(image.convert("RGB").getcolors(99_999) or ()) > 20
    drawing = ask(visit, "exportPicture", format="svg")
    assert drawing["type"] == "image/svg+xml"
    assert f"{after.day} " in drawing["data"]
    assert ask(visit, "play") is True
    visit.page.wait_for_function(
        "told.filter(({ event, detail }) => event === 'dateChange' && detail.moving)[5]"
    )
    assert ask(visit, "getState")["playing"]
    assert ask(visit, "pause") is False
    at_last = ask(visit, "getState")
    assert not at_last["playing"]
    neighbour.shows(at_last, record, date.fromisoformat(at_last["date"]), HELD)
    assert told(visit, "dateChange")[-1]["date"] == at_last["date"]
    neighbour.unharmed(visit, *places[place])
    visit.page.close()


def test_on_each_day_asked_for_the_map_tells_what_python_decided(
    shared: tuple[Visit, Frame], record: Dataset
) -> None:
    visit, _ = shared
    days = [change.day for change in selection.changes(record, selection.EVERYTHING)]
    for chosen in (selection.EVERYTHING, HELD):
        selected = SELECTED if chosen else {}
        ask(visit, "setSelection", **selected)
        for day in days[::40]:
            ask(visit, "setDate", date=day.isoformat())
            neighbour.shows(ask(visit, "getState"), record, day, chosen)
    ask(visit, "setSelection")


def test_the_link_of_a_state_leads_to_the_whole_dashboard(
    shared: tuple[Visit, Frame], address: str
) -> None:
    visit, _ = shared
    ask(visit, "setDate", date="2018-02-20")
    ask(visit, "setSelection", tracks=["geneva", "astana"])
    base, _, query = ask(visit, "getState")["link"].partition("?")
    assert base == address
    asked = urllib.parse.parse_qs(query)
    assert (asked["date"], asked["tracks"]) == (["2018-02-20"], ["astana,geneva"])
    assert "embed" not in asked
    ask(visit, "setSelection")


def test_what_a_reader_does_in_the_frame_is_told(shared: tuple[Visit, Frame]) -> None:
    visit, frame = shared
    ask(visit, "setDate", date="2017-12-20")
    visit.page.evaluate("told.length = 0")
    frame.click(".clock-next")
    visit.page.wait_for_function("() => told.length")
    assert told(visit, "dateChange") == [{"date": "2017-12-21", "moving": False}]
    frame.evaluate("geoAstana.view.open('ast-08')")
    frame.evaluate("geoAstana.view.step(geoAstana.view.lookups.day('2017-12-22'))")
    visit.page.wait_for_function("told.some(({ event }) => event === 'select')")
    assert told(visit, "select") == [{"event": "ast-08"}]
    ask(visit, "openEvent", event="")
    visit.page.evaluate("frame.width = 500")
    visit.page.wait_for_function("told.some(({ event }) => event === 'resize')")
    assert told(visit, "resize")[-1]["height"] > 300
    visit.page.evaluate("frame.width = 700")


@pytest.mark.parametrize(("act", "given", "words"), WRONG)
def test_what_cannot_be_done_is_answered_in_a_sentence(
    shared: tuple[Visit, Frame], act: str, given: str, words: str
) -> None:
    visit, frame = shared
    before = frame.evaluate("geoAstana.view.get()")
    answer = visit.page.evaluate(f"ask({json.dumps(act)}, {given})")
    assert not answer["ok"]
    assert words in answer["error"]
    assert len(answer["error"]) < 300
    assert frame.evaluate("geoAstana.view.get()") == before
    assert frame.evaluate("({}).tracks") is None


def test_what_has_no_shape_is_counted_and_nothing_else_happens(
    shared: tuple[Visit, Frame],
) -> None:
    visit, frame = shared
    count = "geoAstana.remote.refused.shape"
    before = frame.evaluate(f"[{count}, geoAstana.view.get()]")
    visit.page.evaluate("told.length = 0; answered.set(1, (data) => told.push(data))")
    for message in (*STRANGE, *SHAPELESS):
        visit.page.evaluate(f"post({message})")
    # Messages arrive in their order.
    ask(visit, "hello")
    after = frame.evaluate(f"[{count}, geoAstana.view.get()]")
    assert after == [before[0] + len(SHAPELESS), before[1]]
    assert visit.page.evaluate("told") == []


def test_only_the_page_around_is_heard(shared: tuple[Visit, Frame]) -> None:
    visit, frame = shared
    before = frame.evaluate("geoAstana.view.get().date")
    visit.page.evaluate(
        """(message) => new Promise(function (done) {
          const other = document.createElement('iframe');
          document.body.append(other);
          const script = other.contentDocument.createElement('script');
          script.textContent =
            `parent.frames[0].postMessage(${JSON.stringify(message)}, '*')`;
          other.contentDocument.body.append(script);
          other.remove();
          ask('hello').then(done);
        })""",
        {"geoAstana": 1, "id": 1, "do": "setDate", "with": {"date": "2013-01-01"}},
    )
    assert frame.evaluate("geoAstana.view.get().date") == before


def test_a_page_of_an_origin_that_is_not_listed_is_neither_heard_nor_told(
    reader: BrowserContext, places: dict[str, tuple[str, str]]
) -> None:
    visit, frame = framed(reader, places["closed"], "?embed=map&date=2017-05-04")
    message = {"geoAstana": 1, "id": 9, "do": "setDate", "with": {"date": "2013-01-01"}}
    visit.page.evaluate("(message) => post(message)", message)
    frame.wait_for_function("() => geoAstana.remote.refused.origin === 1")
    assert frame.evaluate("geoAstana.view.get().date") == "2017-05-04"
    frame.click(".clock-next")
    assert visit.page.evaluate("told") == []
    neighbour.unharmed(visit, *places["closed"])
    visit.page.close()


def test_a_server_with_a_list_is_framed_and_driven_by_those_on_it_alone(
    reader: BrowserContext, monkeypatch: pytest.MonkeyPatch, record: Dataset
) -> None:
    contents = {"news.html": BARE.encode()}
    with neighbour.living(contents) as friend, neighbour.living(contents) as stranger:
        listed = f"https://*.school.example {ONLY} {friend.removesuffix('/')}"
        monkeypatch.setenv(settings.EMBED_ORIGINS, listed)
        with served() as address:
            visit, _ = framed(reader, (address, f"{friend}news.html"), "?embed=card")
            assert ask(visit, "setDate", date="2018-02-20") == "2018-02-20"
            neighbour.shows(ask(visit, "getState"), record, date(2018, 2, 20))
            assert told(visit, "ready")
            neighbour.unharmed(visit, address, friend)
            visit.page.close()
            refused = Visit(reader, script="")
            refused.page.goto(f"{stranger}news.html")
            with refused.page.expect_event("console") as said:
                refused.page.evaluate(
                    "(address) => { frame.src = address; }", f"{address}?embed=card"
                )
            assert "frame-ancestors" in said.value.text
            assert refused.page.evaluate("told") == []
            refused.page.close()
