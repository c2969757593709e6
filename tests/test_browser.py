"""The view in a real Chromium: the browser shows what Python decided, and no more."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta

import law
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from visiting import Visit

from geo_astana import link, maps, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.link import View
from geo_astana.selection import Selection

LOOKED_AT = (
    "2016-03-01",
    "2017-05-06",
    "2017-09-15",
    "2017-12-21",
    "2018-02-20",
    "2020-03-06",
)
VIEWPORTS = (
    (1920, 1080),
    (1366, 768),
    (1180, 800),
    (1024, 768),
    (768, 1024),
    (390, 844),
)
COMMITTED = """() => document.querySelector('.maps-plot').data
  .filter((trace) => trace.meta && trace.meta.part)
  .map((trace) => ({
    part: trace.meta.part, marks: trace.meta.marks, opacity: trace.opacity,
    marker: {opacity: trace.marker && trace.marker.opacity,
             color: trace.marker && trace.marker.color},
    text: trace.text, color: trace.textfont && trace.textfont.color,
    hoverinfo: trace.hoverinfo, hovertext: trace.hovertext}))"""


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, 1366, 768)
    visit.open(address + "?theme=light")
    yield visit
    visit.page.close()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(law.DAYS, min_size=2, max_size=6))
def test_in_motion_the_marks_equal_pythons(
    visit: Visit, record: Dataset, steps: list[date]
) -> None:
    for day in steps:
        law.go(visit.page, day, moving=True)
        assert law.drawn(visit.page) == law.expected(record, day, "medium"), day


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_with_a_selection_the_marks_the_sentence_and_the_steps_equal_pythons(
    visit: Visit, record: Dataset, data: st.DataObject
) -> None:
    page = visit.page
    facets = {
        name: data.draw(st.frozensets(st.sampled_from(words), max_size=3), label=name)
        for name, words in selection.choices(record).items()
        if data.draw(st.integers(0, 2)) == 0
    }
    chosen = Selection(**facets)
    query = link.write(View(selection=chosen), record)
    page.evaluate("(query) => geoAstana.view.restore(query)", query)
    changes = [change.day for change in selection.changes(record, chosen)]
    for day in data.draw(st.lists(law.DAYS, min_size=1, max_size=4)):
        law.go(page, day, moving=True)
        assert law.drawn(page) == law.expected(record, day, "medium", chosen), day
        state = selection.state(record, timeline.state_on(record, day), chosen)
        assert page.inner_text(".sentence") == state.sentence
        after = next((change for change in changes if change > day), None)
        stepped = page.evaluate(
            "() => { const { view } = geoAstana;"
            " const at = view.lookups.day(view.get().date);"
            " const [, next] = view.lookups.changes(at);"
            " return next && view.lookups.iso(next[0]); }"
        )
        assert stepped == (after.isoformat() if after else None)
    counted = page.evaluate("geoAstana.view.lookups.selection.events()")
    assert counted == [e.event_id for e in selection.events(record, chosen)]
    page.evaluate("geoAstana.view.restore('')")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "range=2012-01-01..2025-12-31",
        "range=2017-11-01..2018-02-28&tracks=astana,sochi",
        "range=2017-01-01..2017-12-31&actors=russia&roles=guarantor",
        "status=contested,planned",
        "zones=idlib&kinds=post,offensive",
    ],
)
def test_the_lanes_equal_pythons(
    browser: Browser, address: str, record: Dataset, query: str
) -> None:
    visit = Visit(browser, 1366, 768)
    page = visit.open(f"{address}?theme=light&{query}")
    law.lanes_equal_pythons(page, record, query)
    page.close()


@pytest.mark.parametrize("seed", range(6))
def test_at_rest_the_figure_equals_pythons(
    visit: Visit, record: Dataset, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311 - the same days in every run
    changes = timeline.changes(record, timeline.states(record))
    for change in chosen.sample(changes, 5):
        law.go(visit.page, change.day, moving=True)
    day = change.day
    law.go(visit.page, day)
    visit.at_rest()
    assert law.drawn(visit.page) == law.expected(record, day, "medium")
    state = timeline.state_on(record, day)
    figure = maps.figure(record, state, day, box=(1030, 300))
    wanted = [trace for trace in figure["data"] if "meta" in trace]
    committed = visit.page.evaluate(COMMITTED)
    assert len(committed) == len(wanted)
    for mine, pythons in zip(committed, wanted, strict=True):
        part = pythons["meta"]["part"]
        assert mine["part"] == part
        assert mine["marks"] == pythons["meta"]["marks"]
        if part in maps.LINE_PARTS:
            assert mine["opacity"] == pythons["opacity"], part
        elif part in (*maps.AREA_PARTS, *maps.MARKER_PARTS):
            assert mine["marker"]["opacity"] == pythons["marker"]["opacity"], part
        else:
            assert mine["text"] == pythons["text"], part
            assert mine["color"] == pythons["textfont"]["color"], part
        if part in (*maps.ANSWERING, "fill"):
            assert mine["hoverinfo"] == pythons["hoverinfo"], part
            assert mine["hovertext"] == pythons["hovertext"], part


def test_the_sentence_equals_pythons(visit: Visit, record: Dataset) -> None:
    for state in timeline.states(record)[::11]:
        law.go(visit.page, state.first, moving=True)
        assert visit.page.inner_text(".sentence") == state.sentence


def test_a_pan_zoom_resize_or_theme_change_in_motion_leaves_nothing_stale(
    browser: Browser, address: str, record: Dataset
) -> None:
    visit = Visit(browser, 1366, 768)
    page = visit.open(address + "?theme=light")
    day = date(2018, 2, 10)
    page.click(".clock-play")
    page.mouse.move(600, 200)
    page.mouse.down()
    page.mouse.move(640, 230, steps=4)
    page.mouse.up()
    page.click(".map-buttons.geo2 .map-in")
    page.set_viewport_size({"width": 1300, "height": 800})
    page.click("#theme-button")
    page.click("#theme-button")
    page.click(".clock-play")
    law.go(page, day)
    visit.at_rest()
    page.wait_for_function(
        "() => document.querySelector('.maps-plot').layout.paper_bgcolor === '#FBF8F2'"
    )
    assert law.drawn(page) == law.expected(record, day, "medium")
    assert not visit.complaints
    page.close()


def test_zoom_survives_a_step(visit: Visit) -> None:
    visit.page.click(".map-buttons.geo .map-in")
    scale = "document.querySelector('.maps-plot')._fullLayout.geo.projection.scale"
    visit.page.wait_for_function(f"() => {scale} > 1.2")
    law.go(visit.page, date(2018, 1, 30))
    visit.at_rest()
    assert visit.page.evaluate(scale) == pytest.approx(1.5)
    visit.page.click(".map-buttons.geo .map-home")
    visit.page.wait_for_function(f"() => {scale} === 1")


def test_not_one_request_while_stepping_and_none_to_another_host(
    browser: Browser, address: str
) -> None:
    visit = Visit(browser, 1366, 768)
    page = visit.open(address)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_load_state("networkidle")
    before = len(visit.requests)
    day = date(2016, 12, 1)
    for number in range(60):
        law.go(page, day + timedelta(days=7 * number), moving=True)
    law.go(page, day)
    visit.at_rest()
    assert visit.requests[before:] == []
    assert all(url.startswith((address, "data:", "blob:")) for url in visit.requests)
    page.close()


def test_a_soak_of_scrubbing_does_not_grow(visit: Visit) -> None:
    page = visit.page

    def soak(rounds: int) -> int:
        page.evaluate(
            """(rounds) => {
              const { view } = geoAstana;
              for (let i = 0; i < rounds; i++)
                view.step((i * 37) % view.lookups.last, true);
            }""",
            rounds,
        )
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        return int(heap)

    # Every card is made once and kept: see them all before counting.
    soak(3000)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    first = soak(200)
    last = soak(1500)
    assert last - first < 5_000_000
    assert page.evaluate("document.querySelectorAll('*').length") < nodes * 1.2


@pytest.mark.parametrize(("width", "height"), VIEWPORTS)
def test_screens_have_no_overlap_no_cut_text_and_fill_their_boxes(
    browser: Browser, address: str, width: int, height: int
) -> None:
    visit = Visit(browser, width, height)
    page = visit.open(address)
    for day in LOOKED_AT:
        law.go(page, date.fromisoformat(day))
        visit.at_rest()
        _maps_fill_their_boxes(page)
        assert _overlapping_words(page) == [], day
        root = "document.documentElement"
        sideways = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
        assert sideways <= 0, day
        if width > 1100:
            down = page.evaluate(f"{root}.scrollHeight - innerHeight")
            assert down <= 0, day
    assert visit.complaints == []
    page.close()


def _maps_fill_their_boxes(page: Page) -> None:
    boxes = page.evaluate(
        """() => {
          const gd = document.querySelector('.maps-plot');
          const outer = gd.getBoundingClientRect();
          return ['geo', 'geo2'].map((name) => {
            const {x, y} = gd._fullLayout[name].domain;
            const node = gd.querySelector('.' + name + ' .bg rect');
            const bg = node.getBoundingClientRect();
            return [[bg.x, bg.y, bg.right, bg.bottom],
              [outer.x + x[0] * outer.width, outer.y + (1 - y[1]) * outer.height,
               outer.x + x[1] * outer.width, outer.y + (1 - y[0]) * outer.height]];
          });
        }"""
    )
    for drawn_box, wanted in boxes:
        for one, other in zip(drawn_box, wanted, strict=True):
            assert abs(one - other) <= 1, (drawn_box, wanted)


def _overlapping_words(page: Page) -> list[str]:
    """Pairs of visible map words that overlap, and words cut by the map's edge."""
    found: list[str] = page.evaluate(
        """() => {
          const plot = document.querySelector('.maps-plot');
          const maps = plot.getBoundingClientRect();
          const words = [...document.querySelectorAll('.maps-plot text[data-part]')]
            .filter((node) => getComputedStyle(node).visibility === 'visible')
            .flatMap((node) => [...(node.querySelectorAll('tspan.line').length
                ? node.querySelectorAll('tspan.line') : [node])])
            .filter((node) => node.textContent.trim())
            .map((node) => [node.textContent, node.getBoundingClientRect()]);
          const found = [];
          words.forEach(([text, box], i) => {
            if (box.left < maps.left - 1 || box.right > maps.right + 1
                || box.top < maps.top - 1 || box.bottom > maps.bottom + 1)
              found.push('cut: ' + text);
            for (const [other, near] of words.slice(i + 1)) {
              const across =
                Math.min(box.right, near.right) - Math.max(box.left, near.left);
              const down =
                Math.min(box.bottom, near.bottom) - Math.max(box.top, near.top);
              if (across > 2 && down > 4) found.push(text + ' / ' + other);
            }
          });
          return found;
        }"""
    )
    return found


def test_a_click_on_a_mark_opens_its_event(visit: Visit) -> None:
    page = visit.page
    law.go(page, date(2017, 12, 21))
    visit.at_rest()
    disc = page.locator('[data-part="disc"][data-mark="at:astana"]')
    box = disc.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "Astana round 8" in page.inner_text(".tip")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector('.drawer[data-shows="ast-08"]')
    page.keyboard.press("Escape")
    page.wait_for_selector(".drawer", state="hidden")


def test_the_keyboard_steps_the_slider(visit: Visit) -> None:
    page = visit.page
    law.go(page, date(2017, 12, 21))
    page.focus(".slider")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("geoAstana.view.get().date") == "2017-12-22"
    page.keyboard.press("PageUp")
    assert page.evaluate("geoAstana.view.get().date") == "2018-01-22"
    visit.at_rest()
    told = page.get_attribute(".slider", "aria-valuetext")
    assert (told or "").startswith("22 Jan 2018. No talks are sitting.")


def test_a_link_restores_its_day_and_a_wrong_one_is_named(
    browser: Browser, address: str
) -> None:
    visit = Visit(browser, 1366, 768)
    page = visit.open(address + "?date=2019-04-25")
    assert page.inner_text(".date") == "25 April 2019"
    assert "Nur-Sultan" in page.inner_text(".card .where")
    page.goto(address + "?date=2017-02-30<script>")
    page.wait_for_selector("[data-ready=true]", state="attached")
    assert "2017-02-30<script>" in page.inner_text(".notice")
    assert page.inner_text(".date") == "21 December 2017"
    page.close()


def test_two_readers_do_not_influence_each_other(
    browser: Browser, address: str
) -> None:
    one, other = Visit(browser, 1366, 768), Visit(browser, 1366, 768)
    first = one.open(address + "?date=2016-12-16")
    second = other.open(address + "?date=2018-07-30")
    law.go(first, date(2017, 1, 24))
    one.at_rest()
    assert second.inner_text(".date") == "30 July 2018"
    first.close()
    second.close()


def test_the_layout_holds_no_figure_and_no_payload(
    address: str, browser: Browser
) -> None:
    page = browser.new_page()
    layout = page.request.get(address + "_dash-layout").text()
    assert len(layout) < 8000
    assert "scattergeo" not in json.dumps(layout)
    page.close()
