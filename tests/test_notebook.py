"""A cell of a notebook shows the live view, and nothing leaves or enters its frame."""

from datetime import date

import pytest
from playwright.sync_api import Browser, FrameLocator
from visiting import Visit

import geo_astana
from geo_astana import api, errors, link, notebook
from geo_astana.api import Record
from geo_astana.dataset import Dataset

NOTEBOOK = "http://notebook.test/"
# As the output area of Jupyter takes the HTML of a cell.
PUT = "cells => { document.body.innerHTML = cells.join('') }"
REACH = "() => { try { return parent.document.title } catch (e) { return e.name } }"


@pytest.fixture
def opened(record: Dataset) -> Record:
    return Record(record)


def heading(cell: FrameLocator) -> str:
    return cell.locator("h1").first.inner_text()


def test_cells_show_their_days_and_step_each_for_itself(
    browser: Browser, opened: Record
) -> None:
    cells = [
        opened.show("2017-12-21"),
        opened.show(date(2020, 3, 6), view="card", theme="dark"),
    ]
    visit = Visit(browser, 1000, 1200)
    visit.page.route(
        NOTEBOOK,
        lambda route: route.fulfill(body="<title>N</title>", content_type="text/html"),
    )
    visit.page.goto(NOTEBOOK)
    visit.page.evaluate(PUT, [cell._repr_html_() for cell in cells])
    first, second = (
        visit.page.frame_locator(f"iframe >> nth={number}") for number in range(2)
    )
    for cell in (first, second):
        cell.locator("#page[data-ready=true]").wait_for(state="attached")
    assert heading(first) == "21 December 2017"
    assert heading(second) == "6 March 2020"
    assert second.locator("#page[data-theme=dark]").count() == 1
    first.get_by_role("slider").first.press("ArrowRight")
    first.get_by_text("The eighth Astana round ends.").first.wait_for()
    assert heading(first) == "22 December 2017"
    assert heading(second) == "6 March 2020"
    inside = visit.page.frames[1]
    assert inside.evaluate(REACH) == "SecurityError"
    visit.unharmed(NOTEBOOK)


def test_what_is_shown_is_what_a_link_says(opened: Record) -> None:
    shown = opened.show(
        "2017-12-21", view="map", tracks=["astana", "sochi"], event="ast-08"
    )
    asked = link.read(shown.query, opened.data)
    assert (asked.day, asked.embed, asked.event) == (
        date(2017, 12, 21),
        "map",
        "ast-08",
    )
    assert asked.selection.tracks == {"astana", "sochi"}
    assert shown.height == notebook.HEIGHTS["map"]
    assert opened.show(height=300).height == 300
    assert set(notebook.HEIGHTS) == set(link.EMBEDS)


def test_outside_a_notebook_it_says_how_to_see_it(opened: Record) -> None:
    told = repr(opened.show("2017-12-21"))
    assert told.startswith("geo-astana, 21 December 2017: end a notebook’s cell")


def test_the_package_shows_its_own_record() -> None:
    shown = geo_astana.show("2017-12-21", view="syria")
    assert shown.record is api.own().data
    assert shown.query == "date=2017-12-21&embed=syria"


def test_what_a_link_cannot_say_is_refused_in_a_sentence(opened: Record) -> None:
    with pytest.raises(errors.DateError, match="2017-02-30"):
        opened.show("2017-02-30")
    with pytest.raises(errors.DateError, match="outside the record"):
        opened.show(date(1999, 1, 1))
    with pytest.raises(errors.ExportError, match="no view “globe”; there are slide,"):
        opened.show(view="globe")
    with pytest.raises(errors.ExportError, match="“nowhere” is no address"):
        opened.show(address="nowhere")
    with pytest.raises(errors.ExportError, match="say “event=ast-99”, “colour=red”;"):
        opened.show("2017-12-21", event="ast-99", colour="red")
