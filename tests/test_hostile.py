"""Bad input: hostile words in data, garbage in links and fields, failing requests."""

import csv
import json
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext
from visiting import Visit, served

from geo_astana import checks, dataset, link, model, selection
from geo_astana.dataset import Dataset

SCRIPT = "<script>window.hacked=1</script>"
WORDS = (
    SCRIPT,
    "<img src=x onerror=window.hacked=2>",
    "javascript:window.hacked=3",
    "{day} {} {0} %s %(a)s $& $1 $` day {day}",
    "&lt;b&gt; &amp; &#x3c;",
    "\"double\" 'single' `tick`",
    "\u200fالعربية\u200b\u200d עברית",
    "😀👩‍👧🏳️‍🌈",
    "<b>bold</b><br>&<a href='javascript:window.hacked=4'>a</a>",
    "W" * 10_000,
    "long words " * 909,
    "\\u003cscript\\u003e ${x} {{x}}",
)
ADDRESSES = (
    "javascript:window.hacked=5",
    'https://example.org/"><script>window.hacked=6</script>',
    "data:text/html,<script>window.hacked=7</script>",
    " JaVaScRiPt:window.hacked=8",
    "https://[bad",
    "//example.org/x",
    "https://example.org/" + "y" * 3000,
)
# Places that keep their names, so that the labels beside them stay known.
RENAMED = ("astana", "sochi", "moscow", "damascus", "ankara", "vienna", "new_york")
# Everything drawn or said that a link has to bring back.
SHOWN = """() => {
  const gd = document.querySelector('.maps-plot');
  const near = (value) => Number(value.toFixed(4)) + 0;
  return {
    marks: [...document.querySelectorAll('[data-mark][data-look]')]
      .filter((node) => getComputedStyle(node).visibility === 'visible')
      .map(({ dataset, textContent }) =>
        [dataset.mark, dataset.part, dataset.look, textContent.trim()]),
    lanes: document.querySelector('.lane-drawing').data.map((trace) =>
      [trace.meta.part, trace.x, trace.y, trace.text]),
    frames: ['geo', 'geo2'].map((name) => {
      const { center, projection } = gd._fullLayout[name];
      return [center.lon, center.lat, projection.scale, projection.rotation.lon]
        .map(near);
    }),
    view: geoAstana.view.get(),
    sentence: document.querySelector('.sentence').textContent,
    chosen: document.querySelector('.chosen').textContent,
    drawer: document.querySelector('.drawer:not([hidden])')?.dataset.shows,
    theme: [document.querySelector('.view').dataset.theme,
            document.querySelector('.page').dataset.theme],
  };
}"""


def edit(path: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Read the rows of a table, change them, write them back."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def word(number: int) -> str:
    return WORDS[number % len(WORDS)]


def spoil(folder: Path) -> None:
    """Put hostile words wherever a data folder holds words; it stays valid."""
    spoil_events(folder)
    edit(folder / "claims.csv", spoil_claims)
    columns = {
        "actors.csv": ("name", "short", "note", "aliases"),
        "places.csv": ("name", "note", "coordinates_source"),
        "participants.csv": ("person", "note"),
    }
    for name, fields in columns.items():
        edit(folder / name, lambda rows, fields=fields: fill(rows, fields))  # type: ignore[misc]
    edit(folder / "place_names.csv", rename)
    sources = json.loads((folder / "sources.json").read_text("utf-8"))
    for number, source in enumerate(sources):
        for key in ("title", "publisher", "container-title", "note"):
            source[key] = word(number + len(key))
        source["URL"] = ADDRESSES[number % len(ADDRESSES)]
    (folder / "sources.json").write_text(json.dumps(sources), "utf-8")
    zones = json.loads((folder / "zones.geojson").read_text("utf-8"))
    for number, zone in enumerate(zones["features"]):
        zone["properties"] |= {"title": word(number), "note": word(number + 1)}
    (folder / "zones.geojson").write_text(json.dumps(zones), "utf-8")


def fill(rows: list[dict[str, str]], fields: tuple[str, ...]) -> None:
    for number, row in enumerate(rows):
        for at, field in enumerate(fields):
            row[field] = word(number + at)


def rename(rows: list[dict[str, str]]) -> None:
    """New names for some places; their old ones become aliases, to be found by."""
    for row in rows:
        if row["place_id"] in RENAMED and row["language"] == "en":
            row["kind"] = "alias"
    for number, place_id in enumerate(RENAMED):
        rows.append(
            {
                "place_id": place_id,
                "name": f"{word(number)} {number}",
                "language": "en",
                "kind": "label",
            }
        )


def spoil_events(folder: Path) -> None:
    """Also 20 meetings on one day at one venue, 20 plans, odd ids, and no place."""

    def change(rows: list[dict[str, str]]) -> None:
        model_row = next(row for row in rows if row["event_id"] == "ast-08")
        for number, row in enumerate(rows):
            for at, field in enumerate(
                ("title", "phrase", "short", "summary", "outcome", "note")
            ):
                row[field] = word(number + at)
        day = {"start": "2017-12-21", "end": "2017-12-21", "kind": "technical"}
        later = {"start": "2018-03-01", "end": "2018-03-02"}
        for number in range(20):
            words = {
                field: word(number) for field in ("title", "phrase", "short", "outcome")
            }
            same = {"event_id": f"same-{number}", "round": "", **day, **words}
            plan = {"event_id": f"planned-{number}", **later, **words}
            rows.extend([{**model_row, **same}, {**model_row, **plan}])
        odd = {"location": "", "zone_ids": "", "round": "", **day}
        ids = ("constructor", "2017", "nowhere")
        rows.extend({**model_row, **odd, "event_id": event_id} for event_id in ids)

    edit(folder / "events.csv", change)


def spoil_claims(rows: list[dict[str, str]]) -> None:
    for number, row in enumerate(rows):
        row["value"], row["note"] = word(number), word(number + 1)
    moved = next(row for row in rows if row["verdict"] == "moved")
    for number in range(20):
        plan = {
            "claim_id": f"many-{number}",
            "event_id": f"planned-{number}",
            "start": "2018-01-01",
            "end": "2018-01-31",
            "location": "Astana",
            "published": "2017-12-01",
            "withdrawn": "",
        }
        rows.append({**moved, **plan})


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spoiled") / "geo"
    shutil.copytree(dataset.default_folder(), folder)
    spoil(folder)
    return folder


@pytest.fixture(scope="module")
def hostile(spoiled: Path) -> Iterator[str]:
    with served("--data", str(spoiled)) as address:
        yield address


@pytest.fixture(scope="module")
def visit(reader: BrowserContext, address: str) -> Iterator[Visit]:
    visit = Visit(reader)
    visit.open(address)
    yield visit
    visit.page.close()


# Words in the data.


def test_hostile_words_are_no_fault_of_a_data_folder(spoiled: Path) -> None:
    assert checks.check(spoiled) == []


@pytest.mark.parametrize("field", ["start", "title"])
def test_an_event_without_a_date_or_title_is_named_in_a_sentence(
    folder: Path, field: str
) -> None:
    edit(folder / "events.csv", lambda rows: rows[0].update({field: ""}))
    (fault,) = [fault for fault in checks.check(folder) if fault.field == field]
    assert str(fault).startswith(f"events.csv, row 2, {field}: found nothing; expected")


def test_a_far_too_long_name_is_cut_on_the_map_alone() -> None:
    assert model.as_label("W" * 10_000) == "W" * model.LABEL_LETTERS + "…"
    assert model.as_label("Vienna International Centre") == (
        "Vienna International Centre"
    )


@pytest.mark.parametrize("width", [1366, 390])
def test_hostile_words_are_shown_as_words(
    reader: BrowserContext, hostile: str, spoiled: Path, width: int
) -> None:
    record = dataset.load(spoiled)
    visit = Visit(reader, width)
    page = visit.open(hostile + "?date=2017-12-21")
    assert page.locator('.card[data-section="talks"]').count() >= 22
    for number in range(20):
        title = page.locator(f'.card[data-event="same-{number}"] h3')
        assert title.text_content() == word(number).strip()
    visit.unharmed(hostile)
    head = page.locator(".date").bounding_box()
    cards = page.locator(".cards").bounding_box()
    assert head
    assert cards
    if width > 1100:
        assert 0 < head["y"] < cards["y"] < 600
        assert cards["height"] > 150
    label = page.locator('text[data-mark="at:astana"][data-part="name"]')
    assert (label.text_content() or "").strip() == f"{SCRIPT} 0"
    for day in ("2016-12-30", "2018-04-01", "2018-01-10"):
        page.evaluate("(date) => geoAstana.view.set({ date })", day)
        visit.at_rest()
        visit.unharmed(hostile)
    assert page.locator('.card[data-section="plan"]').count() >= 20
    for event_id in ("constructor", "nowhere", "same-9", "same-10", "cf-2016-12"):
        page.evaluate("(event) => geoAstana.view.set({ event })", event_id)
        page.wait_for_selector(f'.drawer[data-shows="{event_id}"] .drawer-button')
        title = page.locator(".drawer-title")
        assert title.text_content() == record.events[event_id].title
        box = title.bounding_box()
        assert box
        assert box["height"] < 240
        assert page.locator(".drawer a:not([href^=http])").count() == 0
        visit.unharmed(hostile)
    page.evaluate("geoAstana.view.set({ event: '' })")
    page.close()


def test_what_the_pointer_is_told_are_words(
    reader: BrowserContext, hostile: str
) -> None:
    visit = Visit(reader)
    page = visit.open(hostile + "?date=2017-12-21")
    disc = page.locator('[data-part="disc"][data-mark="at:astana"]').bounding_box()
    assert disc
    page.mouse.move(disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2)
    page.wait_for_selector(".maps .tip:not([hidden])")
    tips = [page.locator(".maps .tip").bounding_box()]
    lanes = page.locator(".lane-plot").bounding_box()
    assert lanes
    for at in range(40):
        page.mouse.move(
            lanes["x"] + lanes["width"] * at / 40, lanes["y"] + 50 + at % 13 * 17
        )
        if page.locator(".lane-plot .tip").is_visible():
            tips.append(page.locator(".lane-plot .tip").bounding_box())
    assert len(tips) > 2
    for tip in tips:
        assert tip
        assert tip["width"] <= 290
        assert tip["height"] <= 180
    page.get_by_role("combobox", name="Find a round, place or date").fill("script")
    page.wait_for_selector(".found")
    assert SCRIPT in page.locator(".search-list").inner_text()
    visit.unharmed(hostile)
    page.keyboard.press("Escape")
    page.click(".filter-button")
    page.locator("summary", has_text="Who took part").click()
    page.wait_for_selector(".filters .narrow")
    page.fill(".filters .narrow", "<img")
    assert page.locator(".filters li:visible", has_text="<img").count() > 0
    visit.unharmed(hostile)
    page.click("[data-panel-button=table]")
    page.wait_for_selector("#table[data-rows]")
    assert SCRIPT in page.locator(".table-grid").inner_text()
    visit.unharmed(hostile)
    page.close()


# Links.


def in_python(query: str, record: Dataset) -> list[Any]:
    """What Python reads from a link, in the shape of what the browser reads."""
    view = link.read(query, record)
    values: dict[str, Any] = {
        "date": view.day and view.day.isoformat(),
        "range": view.span and [day.isoformat() for day in view.span],
        "event": view.event,
        "region": view.region and list(view.region),
        "syria": view.syria and list(view.syria),
        "theme": view.theme,
        "panel": view.panel,
        "marks": [day.isoformat() for day in view.marks],
        "present": view.present,
        "step": view.step and str(view.step),
        "embed": view.embed,
        "clock": view.clock,
    }
    for name in selection.FACETS:
        chosen = getattr(view.selection, name)
        values[name] = sorted(word.replace(" ", "-") for word in chosen)
    return [
        {name: value for name, value in values.items() if value},
        list(view.wrong),
    ]


READ = """(queries) => queries.map((query) => {
  const { values, wrong } = geoAstana.view.links.read(query);
  for (const value of Object.values(values))
    if (Array.isArray(value) && /^[a-z]/.test(value[0])) value.sort();
  return [values, wrong];
})"""
NAMES = (*(key.name for key in link.KEYS), "__proto__", "constructor", "toString", "")
PIECES = (
    "2017-12-21",
    "2017-12-21..2018-03-01",
    "2018-03-01..2017-12-21",
    "2017-12-21..2017-12-21",
    "2012-01-01..2025-12-31",
    "2018-03-01,2017-12-21,2018-03-01",
    ",".join(
        f"2017-{month:02}-{day:02}" for month in range(1, 7) for day in range(1, 21)
    ),
    "four-zones",
    "marks",
    "-marks-",
    "slide",
    "off",
    "7",
    "07",
    "1000",
    "9999-99-99",
    "0000-00-00",
    "٢٠١٧-١٢-٢١",
    "2017-12-21\n",
    " 2017-12-21",
    "2017-12~",
    "astana,geneva",
    "astana,,moon,astana",
    "Astana",
    "in-force",
    "in force",
    "ast-08",
    "idlib",
    "dark",
    "table",
    "1,2,1,0",
    "-0,0,1,0",
    "١,٢,١,٠",
    "1.5,2.25,1.0,0\n",
    "NaN,0,1,0",
    "1e9,0,1,0",
    "181,0,1,0",
    "+1,0,1,0",
    SCRIPT,
    "😀" * 70,
    "x" * 59 + "😀y",
    "__proto__",
    "constructor",
    "%",
    "%zz",
    "%C3",
    "%E2%82",
    "%EF%BB%BFastana",
    "",
)
VALUES = st.sampled_from(PIECES) | st.text(max_size=80)
PAIRS = st.tuples(
    st.sampled_from(NAMES) | st.text(max_size=8),
    VALUES | st.builds("{},{}".format, VALUES, VALUES),
    st.sampled_from([str, urllib.parse.quote, urllib.parse.quote_plus]),
).map(lambda part: f"{part[0]}={part[2](part[1])}")  # type: ignore[operator]
QUERIES = st.lists(PAIRS | st.text(max_size=20), max_size=6).map("&".join)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(queries=[f"{name}={piece}" for name in NAMES for piece in PIECES])
@example(queries=["?date=2017-12-21", "??date=2017-12-21", "date", "=", "&&", ";a=b"])
@example(queries=["date=1&date=2017-12-21", "date=2017-12-21&date=1", "theme=dark+"])
@given(queries=st.lists(QUERIES, min_size=1, max_size=8))
def test_the_browser_reads_every_link_as_python_does(
    visit: Visit, record: Dataset, queries: list[str]
) -> None:
    read = visit.page.evaluate(READ, queries)
    for query, browsers in zip(queries, read, strict=True):
        assert browsers == in_python(query, record), query


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("date=", ""),
        ("date=2031-01-01&range=9999-99-99", "date=2031-01-01"),
        ("event=nobody&__proto__=1", "event=nobody"),
        ("event=__proto__&tracks=constructor&panel=toString", "tracks=constructor"),
        ("theme=valueOf&date=%zz&range=%E2%82", "theme=valueOf"),
        ("region=NaN,0,1,0&syria=1e9,1,1,1", "region=NaN,0,1,0"),
        ("range=2018-01-01..2016-01-01#<script>window.hacked=1</script>", "range=2018"),
        (f"{SCRIPT}={SCRIPT}&roles={SCRIPT}&date={SCRIPT}", SCRIPT),
        ("panel=" + "x" * 7_000, "panel=" + "x" * 60 + "…"),
    ],
)
def test_a_garbage_link_opens_a_page_that_names_what_is_wrong(
    visit: Visit, address: str, query: str, named: str
) -> None:
    page = visit.open(f"{address}?zones=idlib&{query}")
    assert page.evaluate("geoAstana.view.get().zones") == ["idlib"]
    if named:
        assert named in page.inner_text(".notice")
        assert len(page.inner_text(".notice")) < 700
    else:
        assert page.locator(".notice").count() == 0
    assert page.locator(".maps-plot [data-mark]").count() > 50
    assert "zones=idlib" in page.url
    visit.unharmed(address)


def test_a_link_of_100_kilobytes_is_refused_in_words(
    visit: Visit, address: str
) -> None:
    answer = visit.page.request.get(f"{address}?event={'x' * 100_000}")
    assert answer.status == 414
    assert "Too Long" in answer.status_text or "Too Long" in answer.text()


# Fields, stores, messages, storage, requests.


def test_a_wrong_date_in_the_date_field_is_told_and_left(
    visit: Visit, address: str
) -> None:
    page = visit.open(address + "?date=2018-01-10")
    for typed in ("", "x", "2017-02-30", "٢٠١٧-١٢-٢١", SCRIPT, "9999-99-99"):
        page.fill(".exact", typed)
        page.keyboard.press("Enter")
        page.locator(".notice", has_text=f"“{typed[:10]}”").wait_for()
        visit.at_rest()
        assert page.evaluate("geoAstana.view.get().date") == "2018-01-10"
        assert page.get_attribute(".exact", "aria-invalid") == "true"
    visit.unharmed(address)


def test_the_fields_take_any_text(visit: Visit, address: str) -> None:
    page = visit.open(address)
    page.fill(".exact", "9" * 10_000)
    page.keyboard.press("Enter")
    field = page.get_by_role("combobox", name="Find a round, place or date")
    for typed in (*WORDS, "(", "[a-", "\\", "*+?", "\u0000", "   "):
        field.fill(typed)
        assert page.evaluate("document.activeElement.value").startswith(typed[:50])
    field.fill("x" * 10_000)
    page.wait_for_selector(".search-said")
    page.keyboard.press("Escape")
    page.click(".filter-button")
    page.locator("summary", has_text="Who took part").click()
    for typed in (*WORDS, "(", "\\"):
        page.fill(".filters .narrow", typed)
    page.fill(".filters .narrow", "")
    assert page.locator(".filters li:visible", has_text="Russia").count() == 1
    visit.unharmed(address)


def test_a_wrong_value_of_the_view_or_a_store_is_told_and_left(
    visit: Visit, address: str
) -> None:
    page = visit.open(address + "?date=2018-01-10&theme=light")
    before = page.evaluate(SHOWN)
    for change in (
        {"date": "2017-02-30"},
        {"date": 5},
        {"date": {"a": 1}},
        {"theme": "blue"},
        {"range": ["x", "y"]},
        {"range": 7},
        {"tracks": ["moon"]},
        {"event": SCRIPT},
        {"region": ["x", 1, 2, 3]},
        {"region": [1]},
        {"colour": "red"},
    ):
        page.evaluate("document.querySelector('#notice').replaceChildren()")
        page.evaluate("(change) => geoAstana.view.set(change)", change)
        assert next(iter(change)) in page.inner_text(".notice"), change
    for store, value in (("date", "2017-02-30"), ("date", [1]), ("theme", "blue")):
        page.evaluate("document.querySelector('#notice').replaceChildren()")
        page.evaluate(
            "([id, data]) => dash_clientside.set_props(id, { data })", [store, value]
        )
        page.wait_for_selector(".notice")
        assert store in page.inner_text(".notice")
    visit.at_rest()
    assert page.evaluate(SHOWN) == before
    page.evaluate("dash_clientside.set_props('date', { data: '2017-09-15' })")
    page.wait_for_function("() => geoAstana.view.get().date === '2017-09-15'")
    visit.unharmed(address)


def test_messages_and_strange_history_change_nothing(
    visit: Visit, address: str
) -> None:
    page = visit.open(address + "?date=2018-01-10")
    before = page.evaluate(SHOWN)
    page.evaluate(
        """() => {
          for (const data of ['x', { date: '2012-01-01' }, null, [1]])
            window.postMessage(data, '*');
          for (const state of [null, 'x', { view: { date: 1 } }, [NaN]])
            window.dispatchEvent(new PopStateEvent('popstate', { state }));
          window.location.hash = '#<script>window.hacked=1</script>';
        }"""
    )
    page.wait_for_function("() => window.location.hash")
    visit.at_rest()
    assert page.evaluate(SHOWN) == before
    page.evaluate(
        """() => {
          history.pushState({ date: 1 }, '', '?date=x&event=nobody');
          window.dispatchEvent(new PopStateEvent('popstate'));
        }"""
    )
    assert "event=nobody" in page.inner_text(".notice")
    visit.unharmed(address)


@pytest.mark.parametrize("closed", ["getItem", "setItem"])
def test_without_storage_the_page_works(
    browser: Browser, address: str, closed: str
) -> None:
    throws = f"Storage.prototype.{closed} = () => {{ throw new Error('no storage'); }}"
    visit = Visit(browser, script=throws)
    page = visit.open(address)
    if closed == "setItem":
        page.click(".day .about-note button:last-of-type")
        page.wait_for_selector(".day .about-note", state="detached")
    page.keyboard.press("?")
    page.uncheck("#single-keys")
    page.keyboard.press("Escape")
    visit.unharmed(address)
    page.close()


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("payload.json", ".view", "The map could not be loaded"),
        ("plotly.min.js", ".view", "plotly.js did not load"),
        ("cards.json", ".notice", "Outcomes and sources could not be loaded"),
    ],
)
def test_a_request_that_fails_is_told(
    reader: BrowserContext, address: str, name: str, place: str, words: str
) -> None:
    visit = Visit(reader)
    visit.page.route(f"**/{name}", lambda route: route.abort())
    visit.page.goto(address)
    told = visit.page.locator(place, has_text=words)
    told.wait_for()
    assert all("net::ERR_FAILED" in complaint for complaint in visit.complaints)
    visit.page.close()


def test_details_and_search_that_fail_are_told_and_tried_again(
    reader: BrowserContext, address: str
) -> None:
    visit = Visit(reader)
    page = visit.open(address)
    for name in ("details.json", "search.json", "_dash-update-component*"):
        page.route(f"**/{name}", lambda route: route.abort())
    page.evaluate("geoAstana.view.open('ast-08')")
    page.locator(".notice", has_text="The details did not load").wait_for()
    assert "Open the entry again" in page.inner_text(".drawer-wait")
    field = page.get_by_role("combobox", name="Find a round, place or date")
    field.fill("sochi")
    page.locator(".search-said", has_text="could not be loaded").wait_for()
    page.unroute("**/details.json")
    page.unroute("**/search.json")
    page.evaluate("geoAstana.view.open('ast-08')")
    page.wait_for_selector(".drawer-button")
    page.focus(".slider")
    field.focus()
    page.locator(".found", has_text="Sochi").first.wait_for()
    page.keyboard.press("Escape")
    page.evaluate("geoAstana.panel('about')")
    page.locator(".notice", has_text="The server does not answer").wait_for()
    page.unroute("**/_dash-update-component*")
    page.evaluate("geoAstana.panel('')")
    page.evaluate("geoAstana.panel('about')")
    page.wait_for_selector("#panel .about-title")
    page.close()


# History and readers side by side.


def test_back_and_forward_restore_each_deliberate_step(
    reader: BrowserContext, address: str
) -> None:
    visit = Visit(reader)
    page = visit.open(address + "?date=2017-12-21&theme=light")
    steps = (
        "geoAstana.view.open('ast-08')",
        "document.querySelector('.legend [data-status=held]').click()",
        "geoAstana.panel('about')",
        "geoAstana.panel('')",
        "document.querySelector('.clock-next').click()",
    )
    seen = [page.evaluate(SHOWN)]
    links = [page.url]
    for step in steps:
        page.evaluate(f"void {step}")
        page.wait_for_function("(url) => location.href !== url", arg=links[-1])
        visit.at_rest()
        page.wait_for_function("() => geoAstana.query() === location.search.slice(1)")
        seen.append(page.evaluate(SHOWN))
        links.append(page.url)
    order = [*reversed(range(len(steps))), *range(1, len(steps) + 1)]
    for number, at in enumerate(order):
        if number < len(steps):
            page.go_back(wait_until="commit")
        else:
            page.go_forward(wait_until="commit")
        page.wait_for_function("(url) => location.href === url", arg=links[at])
        visit.at_rest()
        shown = page.evaluate(SHOWN)
        for part, value in seen[at].items():
            assert shown[part] == value, (number, links[at], part)
        assert page.is_visible("#panel") == ("panel=" in links[at])
        assert page.url == links[at]
    visit.unharmed(address)
    page.close()


def test_back_brings_the_theme_of_the_whole_page(
    reader: BrowserContext, address: str
) -> None:
    visit = Visit(reader)
    page = visit.open(address + "?theme=dark")
    page.evaluate("geoAstana.view.open('ast-08')")
    page.click("#theme-button")
    page.wait_for_function("() => location.search.includes('theme=light')")
    page.go_back(wait_until="commit")
    page.wait_for_selector('.view[data-theme="dark"]')
    page.wait_for_selector('.page[data-theme="dark"]')
    assert page.inner_text("#theme-button") == "Light"
    page.close()


def test_a_copied_link_restores_one_reader_at_another(
    browser: Browser, reader: BrowserContext, address: str
) -> None:
    one, other = Visit(reader), Visit(browser)
    first = one.open(address)
    second = other.open(address + "?date=2016-12-30")
    before = second.evaluate(SHOWN)
    first.click("#theme-button")
    first.evaluate(
        """() => geoAstana.view.set({
          date: '2017-09-15', range: ['2017-03-01', '2018-02-01'],
          tracks: ['astana', 'zone'], status: ['held', 'in-force', 'contested'],
          event: 'zone-idlib'})"""
    )
    for name in ("geo", "geo2"):
        first.click(f".map-buttons.{name} .map-in")
    box = first.locator(".maps-plot").bounding_box()
    assert box
    first.mouse.move(box["x"] + 250, box["y"] + 150)
    first.mouse.down()
    first.mouse.move(box["x"] + 330, box["y"] + 190, steps=5)
    first.mouse.up()
    first.wait_for_function("() => location.search.includes('region=')")
    first.wait_for_function("() => location.search.includes('syria=')")
    first.wait_for_selector('.page[data-theme="dark"]')
    one.at_rest()
    first.wait_for_function("() => geoAstana.query() === location.search.slice(1)")
    assert second.evaluate(SHOWN) == before
    wanted = first.evaluate(SHOWN)
    other.open(first.url)
    second.wait_for_selector('.page[data-theme="dark"]')
    shown = second.evaluate(SHOWN)
    for part, value in wanted.items():
        if part != "view":
            assert shown[part] == value, part
    assert second.url == first.url
    one.unharmed(address)
    other.unharmed(address)
    first.close()
    second.close()
