"""Our script in the pages of others, and the pages of docs/embedding."""

import gzip
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import neighbour
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ElementHandle,
    Frame,
    Page,
    expect,
)
from visiting import Visit

from geo_astana import dashboard, files, link, selection
from geo_astana.dataset import Dataset
from geo_astana.export import host, page
from geo_astana.selection import Selection
from geo_astana.settings import Settings

STAND_IN = b"window.Plotly = null;"
# It is loaded before anything is seen of the page that names it.
MOST_BYTES = 3_600
DECLARED = """<p>Above</p><div data-geo-astana="{0}?embed=card&date=2018-02-20"
 data-auto-height data-title="The day"><a href="{0}">Open the map</a></div>
<iframe data-geo-astana data-auto-height width="600" height="200" title="Two"
 src="{0}?embed=syria&date=2017-05-04"></iframe>"""
HIGH = "<style>body { margin: 0 } p { height: 700px }</style>"
LONG = '<p>Above</p><div id="map" style="width: 600px"></div><p>Below</p><p>Below</p>'
CREATE = """async ([address, options]) => {
  window.map = await geoAstanaEmbed.create('#map', { address, ...options });
}"""
CONNECT = """async ([address, sandbox]) => {
  const frame = document.createElement('iframe');
  frame.width = 600;
  frame.height = 500;
  if (sandbox) frame.setAttribute('sandbox', sandbox);
  frame.src = address;
  document.querySelector('#map').replaceChildren(frame);
  window.map = await geoAstanaEmbed.connect(frame);
}"""
FAULT = "(act) => act().then(() => '', (error) => `${error.name}: ${error.message}`)"
# How much of the box of the maps is map.
FILLED = """() => {
  const area = (node) => {
    const { width, height } = node.getBoundingClientRect();
    return width * height;
  };
  const maps = [...document.querySelectorAll('.geo .bg, .geo2 .bg')];
  return maps.reduce((sum, map) => sum + area(map), 0)
    / area(document.querySelector('.maps'));
}"""
ASTANA = Selection(tracks=frozenset({"astana"}))
GENEVA = Selection(tracks=frozenset({"geneva"}))


@pytest.fixture(scope="module")
def news(address: str) -> Iterator[str]:
    """A site of somebody else, with the pages of docs/embedding among its own."""
    contents = neighbour.examples(address) | {
        "page.html": neighbour.page(address),
        "long.html": neighbour.page(address, LONG, HIGH),
        "declared.html": neighbour.page(address, DECLARED.format(address)),
    }
    with neighbour.living(contents) as site:
        yield site


@pytest.fixture
def visit(reader: BrowserContext, address: str, news: str) -> Iterator[Visit]:
    """Somebody who reads that site; nothing fails, and nobody else is asked."""
    visit = Visit(reader, script="")
    yield visit
    neighbour.unharmed(visit, address, news)
    visit.page.close()


def shows(
    page_: Page,
    record: Dataset,
    day: str,
    chosen: Selection = selection.EVERYTHING,
    name: str = "map",
) -> None:
    state = page_.evaluate(f"{name}.getState()")
    neighbour.shows(state, record, date.fromisoformat(day), chosen)


def fault(page_: Page, act: str) -> str:
    """The error of a promise, by the name of its kind and its words."""
    found: str = page_.evaluate(f"({FAULT})(async () => {act})")
    return found


def create(page_: Page, address: str, **options: Any) -> Frame:
    page_.evaluate(CREATE, [address, options])
    return neighbour.inside(page_)


# The script.


@pytest.mark.parametrize("prefix", ["/", "/map/"])
def test_the_script_and_the_module_are_there_for_every_page(
    record: Dataset, prefix: str
) -> None:
    app = dashboard.create_app(record, Settings(prefix=prefix))
    client: FlaskClient = app.server.test_client()
    for name, content in host.scripts().items():
        answer = client.get(f"{prefix}{name}")
        assert answer.data == content
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        tag = answer.headers["ETag"]
        again = client.get(f"{prefix}{name}", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


def test_a_static_site_has_them_beside_its_index(
    record: Dataset, tmp_path: Path
) -> None:
    page.site(record, tmp_path / "site", plotly=STAND_IN, gzipped=True)
    for name, content in host.scripts().items():
        assert (tmp_path / "site" / name).read_bytes() == content
        packed = (tmp_path / "site" / f"{name}.gz").read_bytes()
        assert gzip.decompress(packed) == content
    page.site(record, tmp_path / "site", plotly=STAND_IN, overwrite=True)


def test_the_script_is_small_and_says_what_it_is() -> None:
    script = host.scripts()[host.SCRIPT]
    assert len(gzip.compress(script, 9)) < MOST_BYTES
    assert script.startswith(b"// Puts maps of geo-astana into another page")
    assert host.scripts()[host.MODULE].startswith(script)


def test_a_module_gives_the_same_and_knows_where_it_came_from(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    visit.page.goto(f"{news}page.html")
    same = visit.page.evaluate(
        """async (address) => {
          const module = await import(`${address}embed.mjs`);
          window.map = await module.create(document.querySelector('#map'),
            { view: 'card', date: '2018-02-20' });
          const { connect, create, bind } = geoAstanaEmbed;
          return module.default === geoAstanaEmbed && module.bind === bind
            && module.connect === connect && module.create === create;
        }""",
        address,
    )
    assert same
    assert visit.page.get_attribute("iframe", "src") == (
        f"{address}?date=2018-02-20&embed=card"
    )
    shows(visit.page, record, "2018-02-20")


# A map that is made, driven and taken away.


def test_a_map_is_made_of_the_keys_of_a_link(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    frame = create(
        page_,
        f"{address}?date=2016-01-01&theme=dark",
        view="map",
        date="2018-02-20",
        tracks=["astana", "zone"],
        kinds=[],
        clock=False,
        height=480,
        title="Where they talk",
    )
    handle = page_.query_selector("iframe")
    assert handle
    assert handle.get_attribute("title") == "Where they talk"
    assert handle.get_attribute("loading") == "lazy"
    assert page_.evaluate("map.frame.offsetHeight") == 480
    assert frame.url == (
        f"{address}?date=2018-02-20&tracks=astana,zone&theme=dark&embed=map&clock=off"
    )
    chosen = Selection(tracks=frozenset({"astana", "zone"}))
    shows(page_, record, "2018-02-20", chosen)
    assert not frame.is_visible(".clock")
    assert page_.evaluate("[map.facts.embed, map.facts.date]") == ["map", "2018-02-20"]


def test_all_can_be_done_and_what_cannot_is_an_error_with_a_sentence(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, date="2017-12-20")
    heard = page_.evaluate_handle(
        """() => { const heard = [];
          for (const name of ['dateChange', 'select', 'resize'])
            map.on(name, (detail) => heard.push([name, detail]));
          return heard; }"""
    )
    assert page_.evaluate("map.step()") == "2017-12-21"
    assert page_.evaluate("map.step(-1, 'month')") == "2017-11-21"
    assert page_.evaluate("map.setSelection({ tracks: ['astana'] })") == {
        "tracks": ["astana"]
    }
    shows(page_, record, "2017-11-21", ASTANA)
    assert page_.evaluate("map.setSelection()") == {}
    assert page_.evaluate("map.openEvent('ast-08')") == "ast-08"
    page_.wait_for_function("(heard) => heard.some(([n]) => n === 'select')", arg=heard)
    assert page_.evaluate("map.openEvent()") == ""
    assert page_.evaluate("map.play().then(() => map.pause())") is False
    kind = "map.exportPicture({ format: 'svg' }).then(({ type }) => type)"
    assert page_.evaluate(kind) == "image/svg+xml"
    told = page_.evaluate("(heard) => heard", heard)
    assert told[0] == ["dateChange", {"date": "2017-12-21", "moving": False}]
    assert ["select", {"event": "ast-08"}] in told
    assert fault(page_, "map.setDate('1999-01-01')").startswith(
        "Error: “1999-01-01” is no day of the record, which runs from 2012-01-01"
    )
    assert "DataCloneError" in fault(page_, "map.setDate(() => {})")
    assert "no event “hover”" in fault(page_, "map.on('hover', () => {})")
    nowhere = fault(page_, "geoAstanaEmbed.create('#none', {})")
    assert nowhere == "Error: The page has no element “#none” for a map."


def test_a_listener_hears_until_it_is_taken_off(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, view="card", date="2017-12-20")
    heard = page_.evaluate(
        """async () => { const heard = [];
          const off = map.on('dateChange', ({ date }) => heard.push(date));
          await map.step();
          off();
          await map.step();
          return heard; }"""
    )
    assert heard == ["2017-12-21"]


def test_what_is_asked_of_a_map_that_is_taken_away_fails(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, view="card")
    gone = "Error: The map’s frame is not in the page."
    sent = "const sent = map.setDate('2018-02-20'); map.frame.remove(); return sent"
    assert fault(page_, f"{{ {sent}; }}") == gone
    assert fault(page_, "map.getState()") == gone
    create(page_, address, view="card")
    closed = "Error: The map was closed."
    sent = "const sent = map.getState(); map.destroy(); return sent"
    assert fault(page_, f"{{ {sent}; }}") == closed
    assert fault(page_, "map.getState()") == closed
    assert page_.locator("iframe").count() == 0


def test_a_map_that_is_loaded_anew_goes_on(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, view="card", date="2017-05-04")
    # The picture would come later than the new page begins.
    lost = fault(
        page_,
        """{ const asked = map.exportPicture();
          map.frame.src = map.frame.src.replace('2017-05-04', '2017-09-15');
          return asked; }""",
    )
    assert lost in ("", "Error: The map was loaded anew before it answered.")
    page_.evaluate(
        """() => { window.again = new Promise((done) => map.on('ready', done));
          map.frame.src = map.frame.src.replace('2017-09-15', '2018-02-20'); }"""
    )
    assert page_.evaluate("again")["date"] == "2018-02-20"
    shows(page_, record, "2018-02-20")
    page_.evaluate(
        """() => { window.again = new Promise((done) => map.on('ready', done));
          document.body.append(document.querySelector('#map')); }"""
    )
    assert page_.evaluate("again")["date"] == "2018-02-20"
    assert page_.evaluate("map.step()") == "2018-02-21"


def test_a_page_that_is_no_map_is_told_of_in_time(visit: Visit, news: str) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    silent = fault(
        page_,
        """{ const frame = document.createElement('iframe');
          frame.src = 'two-maps.html?';
          document.body.append(frame);
          return geoAstanaEmbed.connect(frame, { timeout: 300 }); }""",
    )
    assert silent.startswith("Error: The frame does not answer: its address shows no")


def test_what_comes_from_elsewhere_is_not_taken(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, view="card", date="2017-12-20")
    heard = page_.evaluate(
        """async () => { const heard = [];
          map.on('dateChange', (detail) => heard.push(detail));
          const forged = { geoAstana: 1, event: 'dateChange', detail: { date: 'x' } };
          window.postMessage(forged, '*');
          const from = (origin, data) => window.dispatchEvent(new MessageEvent(
            'message', { origin, data, source: map.frame.contentWindow }));
          from('https://news.example', forged);
          const { origin } = new URL(map.frame.src);
          for (const data of [null, 1, 'x', [], { ...forged, geoAstana: 2 },
            { geoAstana: 1, event: '__proto__', detail: {} },
            { geoAstana: 1, event: 'constructor' }, { geoAstana: 1, id: 'none' }])
            from(origin, data);
          await map.step();
          return heard; }"""
    )
    assert heard == [{"date": "2017-12-21", "moving": False}]


def test_in_a_sandbox_without_storage_all_goes_on(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    query = "?embed=slide&date=2017-05-04"
    page_.evaluate(CONNECT, [f"{address}{query}", "allow-scripts"])
    frame = neighbour.inside(page_)
    stored = "(() => { try { return localStorage; } catch { return null; } })()"
    assert frame.evaluate(stored) is None
    assert page_.evaluate("map.setDate('2018-02-20')") == "2018-02-20"
    shows(page_, record, "2018-02-20")


def test_nothing_is_stored(browser: Browser, news: str, address: str) -> None:
    page_ = browser.new_page()
    page_.goto(f"{news}page.html")
    create(page_, address, theme="dark", tracks="astana")
    page_.evaluate("map.openEvent('ast-08')")
    assert page_.context.storage_state() == {"cookies": [], "origins": []}
    page_.close()


def test_a_frame_that_is_hidden_at_first_is_right_when_it_is_shown(
    visit: Visit, news: str, address: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    page_.evaluate(
        """(address) => {
          const place = document.querySelector('#map');
          place.style.display = 'none';
          window.coming = geoAstanaEmbed.create(place,
            { address, date: '2018-02-20' });
          window.loaded = new Promise((done) => { const frame = place.firstChild;
            frame.loading = 'eager'; frame.addEventListener('load', done); });
        }""",
        address,
    )
    page_.evaluate("loaded.then(() => {})")
    page_.evaluate("document.querySelector('#map').style.display = ''")
    page_.evaluate("coming.then((found) => { window.map = found; })")
    frame = neighbour.inside(page_)
    shows(page_, record, "2018-02-20")
    box = frame.locator(".maps-plot .main-svg").first.bounding_box()
    whole = page_.locator("iframe").bounding_box()
    assert box
    assert whole
    assert box["width"] == pytest.approx(whole["width"], abs=2)


# The page around.


def tops(page_: Page) -> tuple[float, float]:
    found: list[float] = page_.evaluate("[scrollX, scrollY]")
    return found[0], found[1]


def centre(frame: ElementHandle) -> tuple[float, float]:
    box = frame.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("view", ["slide", "timeline"])
def test_the_wheel_over_a_map_scrolls_the_page_around(
    visit: Visit, news: str, address: str, view: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}long.html")
    page_.evaluate("scrollTo(0, 500)")
    frame = create(page_, address, view=view)
    handle = frame.frame_element()
    handle.scroll_into_view_if_needed()
    before = tops(page_)[1]
    look = "geoAstana.view.get()"
    shown = frame.evaluate(look)
    page_.mouse.move(*centre(handle))
    page_.mouse.wheel(0, 300)
    page_.wait_for_function("(before) => scrollY > before", arg=before)
    assert frame.evaluate(look) == shown


@pytest.mark.parametrize("view", ["slide", "timeline"])
def test_a_finger_on_a_map_scrolls_the_page_around(
    browser: Browser, news: str, address: str, view: str
) -> None:
    context = browser.new_context(
        has_touch=True, viewport={"width": 390, "height": 844}
    )
    page_ = context.new_page()
    page_.goto(f"{news}long.html")
    page_.evaluate("document.querySelector('#map').style.width = '100%'")
    page_.evaluate("scrollTo(0, 600)")
    x, y = centre(create(page_, address, view=view).frame_element())
    before = tops(page_)[1]
    session = context.new_cdp_session(page_)

    def touch(kind: str, *heights: float) -> None:
        points = [{"x": x, "y": height} for height in heights]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    for way in range(10, 260, 10):
        touch("touchMove", y - way)
    touch("touchEnd")
    page_.wait_for_function("(before) => scrollY > before", arg=before)
    context.close()


def test_what_is_done_in_a_map_moves_nothing_around_it(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}long.html")
    page_.evaluate(
        "document.querySelector('#map').style.position = 'absolute',"
        "document.querySelector('#map').style.top = '620px', scrollTo(0, 0)"
    )
    create(page_, address)
    assert tops(page_) == (0, 0)
    for act in (
        "setDate('2018-02-20')",
        "openEvent('ast-08')",
        "setDate('2017-12-21')",
        "openEvent('')",
        "setSelection({ tracks: ['geneva'] })",
        "step(1, 'change')",
        "play()",
        "pause()",
    ):
        page_.evaluate(f"map.{act}")
        assert tops(page_) == (0, 0), act
    assert page_.evaluate("document.activeElement.localName") == "body"


@pytest.mark.parametrize(
    "size", [(280, 420), (400, 640), (600, 497), (600, 640), (800, 800), (1200, 760)]
)
def test_in_high_and_low_frames_the_maps_fill_their_box_with_all_words_whole(
    reader: BrowserContext, address: str, size: tuple[int, int]
) -> None:
    visit = Visit(reader, *size)
    page_ = visit.open(f"{address}?embed=slide&date=2017-12-21")
    assert page_.evaluate(FILLED) > 0.98
    calls = page_.locator(".geo2 [data-part=call]").filter(has_text=" ").all()
    boxes = [call.bounding_box() for call in calls]
    assert len(boxes) > 2
    assert all(box and box["x"] + box["width"] <= size[0] for box in boxes)
    page_.close()


def test_a_map_is_as_high_as_its_width_asks_for_and_comes_to_rest(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    heights = []
    frame = create(page_, address, autoHeight=True, height=200)
    for width in (320, 640, 1000):
        page_.evaluate(
            "(width) => { document.querySelector('#map').style.width = `${width}px`; }",
            width,
        )
        frame.wait_for_function("(width) => innerWidth === width", arg=width)
        frame.wait_for_function("() => innerHeight === geoAstana.height()")
        heights.append(page_.evaluate("map.frame.offsetHeight"))
    assert min(heights) > 300
    assert heights[0] != heights[1]


def test_a_height_that_comes_and_goes_with_a_scroll_bar_comes_to_rest(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}page.html")
    create(page_, address, view="card", autoHeight=True)
    taken = page_.evaluate(
        """() => { const taken = new Set();
          const { origin } = new URL(map.frame.src);
          for (let turn = 0; turn < 40; turn += 1) {
            const narrow = turn % 2;
            map.frame.style.width = narrow ? '500px' : '515px';
            const data = { geoAstana: 1, event: 'resize',
              detail: { height: narrow ? 400 : 450 } };
            window.dispatchEvent(new MessageEvent('message',
              { origin, data, source: map.frame.contentWindow }));
            if (turn > 9) taken.add(map.frame.style.height);
          }
          return taken.size; }"""
    )
    assert taken == 1


def test_a_page_without_scripts_of_its_own_names_its_maps(
    visit: Visit, news: str, address: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}declared.html")
    card = neighbour.inside(page_, "div > iframe")
    syria = neighbour.inside(page_, "body > iframe")
    src = page_.get_attribute("div > iframe", "src")
    assert src == f"{address}?embed=card&date=2018-02-20"
    expect(page_.locator("div > a")).to_have_count(0)
    assert page_.get_attribute("div > iframe", "title") == "The day"
    for frame in (card, syria):
        frame.wait_for_function("() => innerHeight === geoAstana.height()")
    assert syria.evaluate("innerHeight") > 400


# Maps side by side, and the other pages of docs/embedding.


def drive(page_: Page, place: int, act: str) -> None:
    neighbour.inside(page_, f"section:nth-of-type({place}) iframe").evaluate(act)


def dates(page_: Page) -> list[str]:
    frames = page_.frames[1:]
    return [frame.evaluate("geoAstana.view.get().date") for frame in frames]


def both_show(page_: Page, day: str) -> list[dict[str, Any]]:
    """What both maps show, when both show the day."""
    states = []
    look = """() => { const { view } = geoAstana; const { date, event, range, region,
      syria, theme, ...selection } = view.get(); return { date, selection,
      sentence: view.sentence(), items: view.items() }; }"""
    for frame in page_.frames[1:]:
        frame.wait_for_function("(day) => geoAstana.view.get().date === day", arg=day)
        states.append(frame.evaluate(look))
    return states


def test_two_maps_keep_to_one_clock_and_each_to_its_selection(
    visit: Visit, news: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}two-maps.html")
    first, second = (
        neighbour.inside(page_, f"section:nth-of-type({place}) iframe")
        for place in (1, 2)
    )
    both_show(page_, "2017-12-21")
    for frame, day in ((first, "2018-02-20"), (second, "2016-12-30")):
        frame.evaluate(
            "(day) => geoAstana.view.step(geoAstana.view.lookups.day(day))", day
        )
        for state, chosen in zip(both_show(page_, day), (ASTANA, GENEVA), strict=True):
            neighbour.shows(state, record, date.fromisoformat(day), chosen)
    first.click(".clock-next")
    second.wait_for_function("() => geoAstana.view.get().date !== '2016-12-30'")
    assert len(set(dates(page_))) == 1


def test_a_map_that_plays_leads_and_nothing_comes_back_to_it(
    visit: Visit, news: str
) -> None:
    page_ = visit.page
    page_.goto(f"{news}two-maps.html")
    first, second = (
        neighbour.inside(page_, f"section:nth-of-type({place}) iframe")
        for place in (1, 2)
    )
    both_show(page_, "2017-12-21")
    first.evaluate(
        """() => { window.days = []; window.told = 0;
          geoAstana.view.on('change', ({ date }) => days.push(date));
          window.addEventListener('message', ({ data }) => {
            told += data.do === 'setDate'; });
          geoAstana.view.play(); }"""
    )
    second.wait_for_function("() => geoAstana.view.get().date > '2018-01-20'")
    assert first.evaluate("told") == 0
    assert first.evaluate("days.join() === [...days].sort().join()")
    # Who starts another one leads with that.
    second.click(".clock-play")
    first.wait_for_selector(".view:not(.playing)", state="attached")
    second.click(".clock-play")
    last = second.evaluate("geoAstana.view.get().date")
    both_show(page_, last)
    assert second.query_selector(".view.playing") is None


def test_in_a_story_the_map_shows_the_day_that_is_read(
    visit: Visit, news: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}scrollytelling.html")
    page_.wait_for_selector("iframe", state="attached")
    page_.evaluate("document.querySelector('.story').scrollIntoView()")
    frame = neighbour.inside(page_)
    sections = page_.locator("section[data-date]")
    count = sections.count()
    assert count >= 5
    for at in [*range(count), 1]:
        day = sections.nth(at).get_attribute("data-date")
        assert day
        sections.nth(at).locator("h2").evaluate(
            "(node) => scrollBy(0, node.getBoundingClientRect().top - innerHeight / 2)"
        )
        frame.wait_for_function("(day) => geoAstana.view.get().date === day", arg=day)
        found = frame.evaluate(
            "(() => { const { view } = geoAstana; return { date: view.get().date,"
            " sentence: view.sentence(), items: view.items() }; })()"
        )
        neighbour.shows(found, record, date.fromisoformat(day))
        # The map sticks, and the words that it belongs to are marked.
        top = page_.locator(".map").evaluate("(n) => n.getBoundingClientRect().top")
        assert at == 0 or top == 0
        expect(page_.locator("section.now")).to_have_attribute("data-date", day)


def test_a_story_is_readable_on_a_phone_and_by_keys(visit: Visit, news: str) -> None:
    page_ = visit.page
    page_.set_viewport_size({"width": 390, "height": 844})
    page_.goto(f"{news}scrollytelling.html")
    page_.wait_for_selector("iframe", state="attached")
    page_.evaluate("document.querySelector('.story').scrollIntoView()")
    neighbour.inside(page_)
    days = []
    for _ in range(4):
        page_.keyboard.press("PageDown")
        page_.wait_for_function("document.querySelector('section.now')")
        days.append(page_.locator("section.now").get_attribute("data-date"))
    words = page_.locator("section.now p").bounding_box()
    frame = page_.locator("iframe").bounding_box()
    assert words
    assert frame
    assert frame["y"] == 0
    assert frame["height"] < 0.6 * 844
    assert days == sorted(days, key=str)
    assert words["x"] >= 0
    assert words["x"] + words["width"] <= 390


def deck_shows(page_: Page, day: str, record: Dataset) -> None:
    frame = neighbour.inside(page_, "section.present iframe")
    frame.wait_for_function("(day) => geoAstana.view.get().date === day", arg=day)
    look = """() => { const { view } = geoAstana; return { date: view.get().date,
      sentence: view.sentence(), items: view.items(),
      tracks: view.get().tracks || [] }; }"""
    found = frame.evaluate(look)
    chosen = Selection(tracks=frozenset(found["tracks"]))
    neighbour.shows(found, record, date.fromisoformat(day), chosen)


def test_in_a_deck_of_reveal_js_each_fragment_brings_its_day(
    visit: Visit, news: str, record: Dataset
) -> None:
    page_ = visit.page
    page_.goto(f"{news}reveal.html")
    page_.wait_for_function("Reveal.isReady()")
    slides = page_.evaluate(
        """[...document.querySelectorAll('section.framed')].map((slide) => [
          slide.dataset.date,
          ...[...slide.querySelectorAll('.fragment')].map((one) => one.dataset.date),
        ])"""
    )
    days = [day for slide in slides for day in slide]
    assert len(slides) == 2
    assert len(days) >= 6
    for day in days:
        page_.keyboard.press("ArrowRight")
        deck_shows(page_, day, record)
    page_.keyboard.press("ArrowLeft")
    deck_shows(page_, days[-2], record)
    # Back on the slide before, all of its fragments are there.
    page_.keyboard.press("ArrowLeft")
    deck_shows(page_, slides[0][-1], record)
    page_.keyboard.press("Home")
    page_.wait_for_selector("section.title.present")


def named(heading: str) -> set[str]:
    """The names in the first column of the table below a heading of the document."""
    text = (neighbour.DOCS / "embedding.md").read_text("utf-8")
    _, _, rest = text.partition(f"\n| {heading} |")
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`(\w+)", row.split("|")[1])}


def test_the_document_names_all_that_there_is(
    visit: Visit, news: str, address: str
) -> None:
    visit.page.goto(f"{news}page.html")
    create(visit.page, address, view="card")
    assert named("the map’s") == set(visit.page.evaluate("Object.keys(map)"))
    functions = set(visit.page.evaluate("Object.keys(geoAstanaEmbed)"))
    assert named("function") == functions - {"home"}
    assert named("`embed=`") == set(link.EMBEDS)
    script = (files.assets_folder() / "modes" / "remote.js").read_text("utf-8")
    acts = script.partition("const acts = {")[2].partition("\n    };")[0]
    assert named("`do`") == set(re.findall(r"^ {6}(\w+):", acts, re.MULTILINE))
    for event in named("event"):
        visit.page.evaluate("(name) => map.on(name, () => {})", event)


@pytest.mark.parametrize("name", ["scrollytelling", "reveal", "two-maps"])
def test_an_example_has_its_address_in_one_place_to_change(name: str) -> None:
    text = (neighbour.DOCS / "embedding" / f"{name}.html").read_text("utf-8")
    assert text.count(f'<script src="{neighbour.USUAL}embed.js"></script>') == 1
    # What else has it is shown where there is no script.
    assert text.count(neighbour.USUAL) - text.count(f'<a href="{neighbour.USUAL}') == 1
    assert text.count("http") == text.count(neighbour.USUAL)
