"""The table: what it is sent, and what it does in a real Chromium."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import served

from geo_astana import dataset, grid, selection
from geo_astana.dataset import Dataset
from geo_astana.export import data
from geo_astana.selection import Selection

HOSTILE = "<img src=x onerror=\"document.title='run'\"> " + "x" * 10_000
# As a reader finds the table who has not touched it.
FRESH = """async () => {
  window.geoAstana.panel("table");
  window.geoAstana.view.set({event: "", tracks: []});
  const api = await window.dash_ag_grid.getApiAsync("table-grid");
  api.setFilterModel(null);
  api.ensureIndexVisible(0);
}"""
# The layout of the table is sent when it is opened.
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard on a copy of the data whose first event has a hostile title."""
    folder = tmp_path_factory.mktemp("data") / "geo"
    shutil.copytree(dataset.default_folder(), folder)
    events = pd.read_csv(folder / "events.csv", dtype=str, keep_default_na=False)
    events.loc[0, "title"] = HOSTILE
    events.to_csv(folder / "events.csv", index=False)
    with served("--data", str(folder)) as address:
        yield address


@pytest.fixture(scope="module", params=[1366, 390])
def visit(
    browser: Browser, address: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The dashboard with the table open, on a screen and on a phone."""
    page = browser.new_page(viewport={"width": request.param, "height": 768})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}?date=2017-12-21&panel=table")
    page.wait_for_selector("[data-ready=true]")
    page.wait_for_selector(".ag-row")
    yield page
    assert faults == []
    page.close()


@pytest.fixture
def page(visit: Page) -> Page:
    """The table open, nothing chosen, no column filtered."""
    visit.evaluate(FRESH)
    visit.locator("[data-scope=chosen]").dispatch_event("click")
    expect(visit.locator(".table-count")).to_contain_text("all")
    return visit


def choose(page: Page, tracks: list[str]) -> None:
    page.evaluate("(tracks) => window.geoAstana.view.set({tracks})", tracks)


def test_the_layout_is_small_and_holds_every_event(record: Dataset) -> None:
    table = grid.component(record, "/download/")
    assert len(json.dumps(table.to_plotly_json(), default=_plain)) < MOST_BYTES
    assert {row["id"] for row in grid.rows(record)} == set(record.events)


def _plain(component: object) -> object:
    return component.to_plotly_json()  # type: ignore[attr-defined]


def test_each_column_shows_a_field_of_the_rows(record: Dataset) -> None:
    fields = {field for field, *_ in grid.COLUMNS}
    assert all(fields <= row.keys() for row in grid.rows(record))


def test_a_row_sorts_by_day_and_shows_words(record: Dataset) -> None:
    row_of = record.events["cf-2012-04"]
    row = next(r for r in grid.rows(record) if r["id"] == row_of.event_id)
    assert (row["end"], row["end_words"]) == ("2012-06-30", "about Jun 2012")
    for attested, words in ((row_of.start, grid.UNKNOWN), (None, grid.GOES_ON)):
        event = replace(row_of, end=None, attested_until=attested)
        changed = replace(record, events={event.event_id: event})
        (open_ended,) = grid.rows(changed)
        assert (open_ended["end"], open_ended["end_words"]) == (None, words)


def test_the_first_page_loads_nothing_of_the_grid(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("[data-ready=true]")
    assert not [url for url in asked if "ag_grid" in url]
    page.locator("[data-panel-button=table]").click()
    expect(page.locator(".ag-row").first).to_be_visible()
    assert [url for url in asked if "ag_grid" in url]
    assert all(url.startswith((address, "data:")) for url in asked)
    page.close()


def test_the_table_follows_the_selection_and_so_do_the_downloads(
    page: Page, record: Dataset
) -> None:
    count, download = page.locator(".table-count"), page.locator("[data-download]")
    whole, some = page.locator("[data-scope=all]"), page.locator("[data-scope=chosen]")
    expect(count).to_have_text(f"all {len(record.events)}")
    expect(some).to_be_disabled()
    choose(page, ["sochi"])
    kept = len(selection.events(record, Selection(tracks=frozenset({"sochi"}))))
    expect(count).to_have_text(f"{kept} of {len(record.events)}")
    expect(some).to_have_attribute("aria-pressed", "true")
    for link in download.all():
        expect(link).to_have_attribute("href", _with("tracks=sochi"))
    whole.click()
    expect(count).to_have_text(f"all {len(record.events)}")
    expect(download.first).not_to_have_attribute("href", _with("tracks"))
    with page.expect_download() as got:
        download.first.click()
    name = got.value.suggested_filename
    assert name == f"geo-astana-events-{record.version}-2017-12-21.csv"
    some.click()
    choose(page, [])
    expect(count).to_have_text(f"all {len(record.events)}")


def _with(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part))


def test_each_format_has_its_link(page: Page) -> None:
    links = page.locator("[data-download]")
    expect(links).to_have_text([form.name for form in data.FORMATS.values()])


def test_a_filter_of_a_column_is_told_and_the_download_stays_whole(
    page: Page, record: Dataset
) -> None:
    page.get_by_role("textbox", name="Title Filter Input").fill("Geneva VIII")
    told = (
        f"1 of {len(record.events)} fit the columns; "
        f"a download holds all {len(record.events)}"
    )
    expect(page.locator(".table-count")).to_have_text(told)
    page.get_by_role("textbox", name="Title Filter Input").fill("no such title")
    # The grid announces the same words in a live region of its own.
    empty = page.locator(".ag-overlay", has_text="No event fits the filters")
    expect(empty).to_be_visible()


def test_columns_are_chosen_by_keyboard(page: Page) -> None:
    heading = page.get_by_role("columnheader", name="Kind", exact=True)
    expect(heading).to_have_count(0)
    page.locator(".table-choice summary").press("Enter")
    page.locator("[data-column=kind]").press("Space")
    page.keyboard.press("Escape")
    expect(page.locator(".table-choice")).not_to_have_attribute("open", "")
    expect(page.locator(".table-choice summary")).to_be_focused()
    expect(heading).to_have_count(1)
    expect(page.locator("#table")).to_be_visible()


def test_a_row_opens_its_event_by_pointer_and_by_enter(page: Page) -> None:
    page.get_by_role("textbox", name="Title Filter Input").fill("Geneva VIII")
    expect(page.locator("#table")).to_have_attribute("data-rows", "1")
    cell = page.locator(".ag-row .ag-cell[col-id=title]").first
    cell.click()
    opened = "() => window.geoAstana.view.get().event === 'gva-viii'"
    page.wait_for_function(opened)
    narrow = (page.viewport_size or {"width": 0})["width"] < 1100
    expect(page.locator("#table")).to_be_visible(visible=not narrow)
    if narrow:
        return
    page.evaluate("() => window.geoAstana.view.set({event: ''})")
    cell.focus()
    cell.press("Enter")
    page.wait_for_function(opened)


def test_escape_closes_the_filter_of_a_column_before_the_table(page: Page) -> None:
    page.locator(".ag-header-cell[col-id=start] .ag-header-cell-filter-button").click()
    popup = page.locator(".ag-popup .ag-filter")
    expect(popup).to_be_visible()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(page.locator("#table")).to_be_visible()


def test_the_table_that_is_opened_again_answers_once(page: Page) -> None:
    for name in ("", "table", "about", "table"):
        page.evaluate("(name) => window.geoAstana.panel(name)", name)
    expect(page.locator(".ag-row").first).to_be_visible()
    choose(page, ["sochi"])
    expect(page.locator("[data-scope=chosen]")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.evaluate("""() => {
      const view = window.geoAstana.view, open = view.open;
      window.opened = [];
      view.open = (id) => { window.opened.push(id); open(id); };
    }""")
    page.locator(".ag-row .ag-cell[col-id=title]").first.click()
    page.wait_for_function("() => window.opened.length")
    assert len(page.evaluate("() => window.opened")) == 1


def test_a_hostile_title_is_shown_as_text(page: Page) -> None:
    cell = page.locator(".ag-row [col-id=title]").first
    expect(cell).to_contain_text("<img src=x onerror=")
    cell.hover()
    expect(page.locator(".ag-tooltip")).to_contain_text("<img src=x onerror=")
    assert page.locator("#table img, .ag-tooltip img").count() == 0
    assert page.title() != "run"
