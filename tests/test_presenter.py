"""A tour on the screen and in the window of the one who speaks, driven by a clicker."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import law
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_accessible import NO_FAULT, fault_of
from typer.testing import CliRunner
from visiting import Visit

from geo_astana import cli, dates, link, selection, settings, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, order, presentation, tours

PROJECTOR = (1280, 720)
SIZES = (PROJECTOR, (1024, 768), (1920, 1080), (390, 844))
# A tour whose steps move a map, and one that leaves the maps as they are.
MOVED, STILL = "idlib-alone", "four-zones"
MARKS = "marks=2017-01-23,2017-12-21,2017-05-04&present=marks&tracks=astana&theme=dark"
OWN = """
title: Two days
description: One before, one after.
steps:
  - date: 2017-12-21
    words: The eighth round.
    notes: Point at Astana.
  - date: 2018-02-20
"""
# Words of each step that are cut, what stands outside the window, and the least type.
CUT = """async (steps) => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const press = (key) => document.dispatchEvent(new KeyboardEvent('keydown', { key }));
  const cut = () => [...document.querySelectorAll('.presented-words, .date, .legend, '
    + '.presented-line, .presented-line b, .map-title, .notes-next')]
  .filter((node) => node.checkVisibility())
  .filter((node) => {
    const box = node.getBoundingClientRect();
    const cuts = getComputedStyle(node).overflow !== 'visible';
    return (cuts && node.scrollHeight > node.clientHeight + 1)
      || (cuts && node.scrollWidth > node.clientWidth + 1)
      || box.left < -1 || box.right > innerWidth + 1
      || box.top < -1 || box.bottom > innerHeight + 1; })
  .map((node) => `${node.className}: ${node.textContent.slice(0, 50)}`);
  press('Home');
  const found = [];
  let least = Infinity;
  for (let step = 1; step <= steps; step += 1) {
    found.push(...cut().map((words) => `step ${step} ${words}`));
    const words = document.querySelector('.presented-words');
    least = Math.min(least, parseFloat(getComputedStyle(words).fontSize));
    press('PageDown');
  }
  return [found, least];
}"""


@pytest.fixture(scope="module")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    """One profile of a browser, which keeps what it loaded."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def room(laptop: BrowserContext) -> Iterator[BrowserContext]:
    """The laptop without a window open."""
    yield laptop
    for window in laptop.pages:
        window.close()


@pytest.fixture(scope="module")
def both(browser: Browser, address: str) -> Iterator[tuple[Page, Page]]:
    """The window that the audience sees, and that of the one who speaks."""
    context = browser.new_context()
    stage = screen(context, f"{address}?present={STILL}&theme=light")
    yield stage, notes_of(stage)
    context.close()


@pytest.fixture
def talk(both: tuple[Page, Page], record: Dataset) -> tuple[Page, Page]:
    """Both windows at the first step."""
    both[1].keyboard.press("Home")
    for window in both:
        shows(window, days_of(STILL, record)[0])
    return both


def screen(room: BrowserContext, link_: str) -> Page:
    """The window that the audience sees."""
    visit = Visit(room, *PROJECTOR)
    opened = visit.open(link_)
    assert visit.complaints == []
    return opened


def notes_of(stage: Page) -> Page:
    """The window that the key S opens."""
    with stage.expect_popup() as popup:
        stage.keyboard.press("s")
    return ready(popup.value)


def ready(window: Page) -> Page:
    window.wait_for_selector("[data-ready=true]", state="attached")
    return window


def shows(window: Page, day: date) -> None:
    """Wait until a window has the date of a day as its headline."""
    expect(window.locator(".date")).to_have_text(dates.in_words(day))


def days_of(name: str, record: Dataset) -> list[date]:
    steps = tours.load(name, record).steps
    return [evidence.shown_day(step.view) for step in steps]


def test_each_step_shows_what_python_decided_and_the_words_of_the_tour(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    stage = screen(room, f"{address}?present={MOVED}&theme=light")
    for number, step in enumerate(tours.load(MOVED, record).steps, 1):
        day = evidence.shown_day(step.view)
        shows(stage, day)
        state = selection.state(
            record, timeline.state_on(record, day), step.view.selection
        )
        assert law.drawn(stage) == law.expected(record, day, "medium")
        first: dict[str, tuple[str, str, str]] = {}
        for mark in state.marks:
            first.setdefault(mark.mark, (mark.mark, mark.look, mark.event_id))
        items = stage.evaluate("geoAstana.view.items()")
        assert {(i["mark"], i["look"], i["event"]) for i in items} == set(
            first.values()
        )
        assert stage.inner_text(".presented-words") == (step.words or state.sentence)
        shown = link.read(
            stage.evaluate("geoAstana.view.links.write(geoAstana.view.get())"), record
        )
        assert (shown.span, shown.syria) == (step.view.span, step.view.syria)
        assert f"step={number}" in stage.url
        stage.keyboard.press("PageDown")
    expect(stage.locator(".presented-at")).to_have_text(f"{number} of {number}")


def test_a_clicker_drives_both_windows_from_either(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    days = days_of(STILL, record)
    stage, notes = talk
    for window, key, number in (
        (stage, "PageDown", 2),
        (notes, "ArrowRight", 3),
        (stage, " ", 4),
        (notes, "n", 5),
        (stage, "PageUp", 4),
        (notes, "ArrowLeft", 3),
        (stage, "p", 2),
        (notes, "End", 14),
        (stage, "Home", 1),
        (stage, "PageUp", 1),
    ):
        window.keyboard.press(key)
        shows(stage, days[number - 1])
        shows(notes, days[number - 1])
    for key in ("1", "2", "Enter"):
        notes.keyboard.press(key)
    shows(stage, days[11])
    expect(stage).to_have_url(re.compile(r"step=12$"))
    notes.click(".notes-steps button >> nth=1")
    shows(stage, days[1])


def test_the_notes_tell_the_step_the_next_one_and_the_time(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    steps = tours.load(STILL, record).steps
    _, notes = talk
    notes.keyboard.press("PageDown")
    assert notes.inner_text(".presented-words") == steps[1].words
    assert notes.inner_text(".notes-text") == steps[1].notes
    told = notes.inner_text(".notes-next")
    assert dates.in_words(evidence.shown_day(steps[2].view)) in told
    assert steps[2].words in told
    assert notes.inner_text(".notes-side .card h3 >> nth=0")
    expect(notes.locator(".notes-time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(notes.locator(".notes-elapsed")).not_to_have_text("00:00")
    began = notes.evaluate("performance.timeOrigin")
    notes.click("text=Reset")
    clock = notes.locator(".notes-elapsed")
    assert float(clock.get_attribute("data-began") or 0) > began


def test_a_step_without_notes_or_words_has_what_the_record_says(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    notes = notes_of(screen(room, f"{address}?{MARKS}"))
    days = [date(2017, 1, 23), date(2017, 12, 21)]
    chosen = selection.Selection(tracks=frozenset({"astana"}))
    first, second = (
        selection.state(record, timeline.state_on(record, day), chosen) for day in days
    )
    assert notes.inner_text(".presented-words") == first.sentence
    assert second.sentence in notes.inner_text(".notes-next")
    expect(notes.locator(".notes-side .sources a").first).to_be_visible()


def test_frozen_the_audience_keeps_its_picture(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    days = days_of(STILL, record)
    stage, notes = talk
    notes.keyboard.press("f")
    expect(notes.locator(".notes-warning")).to_contain_text("audience sees step 1")
    notes.keyboard.press("PageDown")
    stage.keyboard.press("PageDown")
    shows(notes, days[2])
    shows(stage, days[0])
    assert "step=1" in stage.url
    stage.reload()
    expect(ready(stage).locator(".presented-held")).to_be_visible()
    shows(stage, days[0])
    notes.click("button >> text=Freeze")
    shows(stage, days[2])
    expect(notes.locator(".notes-warning")).to_be_empty()


def test_any_key_ends_the_black_screen_and_does_no_more(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    days = days_of(STILL, record)
    stage, notes = talk
    black = stage.locator(".presented-black")
    for window, key in ((stage, "."), (notes, "b"), (stage, "B")):
        window.keyboard.press(key)
        expect(black).to_be_visible()
        assert black.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 720}
        expect(notes.locator(".notes-warning")).to_contain_text("black screen")
        window.keyboard.press("PageDown")
        expect(black).to_be_hidden()
        shows(stage, days[0])


def test_a_reload_of_either_window_rejoins(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    days = days_of(STILL, record)
    stage, notes = talk
    for reloaded, other in ((stage, notes), (notes, stage)):
        other.keyboard.press("PageDown")
        before = days.index(dates.parse(reloaded_day(other)).first)
        reloaded.reload()
        shows(ready(reloaded), days[before])
        other.keyboard.press("PageDown")
        shows(reloaded, days[before + 1])
    expect(notes).to_have_url(re.compile(r"step=5#notes$"))


def reloaded_day(window: Page) -> str:
    return str(window.evaluate("geoAstana.view.get().date"))


def test_two_talks_do_not_mix(
    talk: tuple[Page, Page], address: str, record: Dataset
) -> None:
    one, _ = talk
    other = screen(one.context, f"{address}?present={MOVED}")
    one.keyboard.press("PageDown")
    shows(one, days_of(STILL, record)[1])
    assert "step=1" in other.url
    shows(other, days_of(MOVED, record)[0])
    other.close()


def test_the_next_step_takes_back_what_was_done_within_a_step(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    stage = screen(room, f"{address}?present={MOVED}&step=2")
    first, second = tours.load(MOVED, record).steps[1:3]
    stage.evaluate(
        "geoAstana.view.set({ date: '2017-06-01', tracks: ['geneva'], event: 'ast-08',"
        " syria: [38, 35, 4, 38] })"
    )
    assert stage.inner_text(".presented-words") != first.words
    stage.keyboard.press("PageDown")
    assert stage.inner_text(".presented-words") == second.words
    query = stage.evaluate("geoAstana.view.links.write(geoAstana.view.get())")
    shown = link.read(query, record)
    assert (shown.day, shown.syria) == (second.view.day, second.view.syria)
    assert (shown.selection, shown.event) == (selection.EVERYTHING, "")


def test_bookmarks_are_shown_in_their_order_with_the_selection_of_the_link(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    stage = screen(room, f"{address}?{MARKS}&step=2")
    chosen = selection.Selection(tracks=frozenset({"astana"}))
    for day in (date(2017, 12, 21), date(2017, 5, 4)):
        shows(stage, day)
        state = selection.state(record, timeline.state_on(record, day), chosen)
        assert stage.inner_text(".presented-words") == state.sentence
        stage.keyboard.press("PageDown")
    view = link.read(stage.url.partition("?")[2], record)
    assert (view.marks, view.step, view.theme) == (
        (date(2017, 1, 23), date(2017, 12, 21), date(2017, 5, 4)),
        3,
        "dark",
    )
    assert view.selection == chosen
    assert stage.get_attribute(".page", "data-theme") == "dark"


@pytest.mark.parametrize(
    ("query", "told", "headline"),
    [
        ("present=no-such-tour", "There is no tour “no-such-tour”", "21 December 2017"),
        ("present=marks", "No day is bookmarked", "21 December 2017"),
        ("present=four-zones&step=99", "There are 14 steps", "31 July 2018"),
    ],
)
def test_what_is_not_there_is_told_and_something_is_shown(
    room: BrowserContext, address: str, query: str, told: str, headline: str
) -> None:
    stage = screen(room, f"{address}?{query}")
    expect(stage.locator("#notice")).to_contain_text(told)
    expect(stage.locator(".date")).to_have_text(headline)
    assert stage.inner_text(".presented-words")


def test_escape_leaves_to_the_dashboard_at_that_day_and_back_returns(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    stage = screen(room, f"{address}?present={STILL}&step=2")
    stage.keyboard.press("e")
    expect(stage.locator(".drawer")).to_be_visible()
    stage.keyboard.press("Escape")
    expect(stage.locator(".drawer")).to_be_hidden()
    stage.keyboard.press("PageDown")
    stage.keyboard.press("Escape")
    stage.wait_for_selector("#page:not([data-present]) .exact")
    shown = link.read(stage.url.partition("?")[2], record)
    assert (shown.day, shown.present) == (days_of(STILL, record)[2], "")
    stage.go_back()
    stage.wait_for_selector("[data-window=stage][data-ready=true]")
    shows(stage, days_of(STILL, record)[2])


def test_a_screen_reader_hears_step_date_and_words(
    talk: tuple[Page, Page], record: Dataset
) -> None:
    stage, notes = talk
    stage.keyboard.press("PageDown")
    step = tours.load(STILL, record).steps[1]
    said = stage.locator(".said[role=status]")
    expect(said).to_have_text(f"Step 2 of 14. 6 May 2017. {step.words}")
    stage.keyboard.press("?")
    expect(stage.locator("dialog.keys")).to_contain_text("freeze")
    stage.keyboard.press("Escape")
    assert fault_of(stage, 24) == NO_FAULT
    assert fault_of(notes, 24) == NO_FAULT


@pytest.mark.parametrize("name", tours.names())
def test_no_word_of_a_tour_is_cut_on_any_screen(
    room: BrowserContext, address: str, record: Dataset, name: str
) -> None:
    stage = screen(room, f"{address}?present={name}")
    stage.evaluate("document.fonts.ready")
    for width, height in SIZES:
        stage.set_viewport_size({"width": width, "height": height})
        cut, least = stage.evaluate(CUT, len(tours.load(name, record).steps))
        assert cut == [], (width, height)
        # From the last row a line is read that is a 24th of the picture.
        assert least >= (height / 32 if width > height else 16), (width, height)


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one file as the presentation of a tour of one's own."""
    folder = tmp_path_factory.mktemp("stick")
    (folder / "My talk.yaml").write_text(OWN, "utf-8")
    file = folder / "talk.html"
    named = ["--tour", str(folder / "My talk.yaml"), "--out", str(file)]
    done = CliRunner().invoke(cli.app, ["export", "page", *named])
    assert done.exit_code == 0, done.output
    return file.as_uri()


def test_one_file_presents_without_a_network_or_a_channel(
    browser: Browser, stick: str
) -> None:
    room = browser.new_context(offline=True)
    room.add_init_script("delete window.BroadcastChannel")
    stage = screen(room, stick)
    expect(stage.locator(".presented-words")).to_have_text("The eighth round.")
    notes = notes_of(stage)
    expect(notes.locator(".notes-text")).to_have_text("Point at Astana.")
    notes.keyboard.press("PageDown")
    shows(stage, date(2018, 2, 20))
    stage.keyboard.press("PageUp")
    shows(notes, date(2017, 12, 21))
    stage.reload()
    ready(stage)
    notes.keyboard.press("PageDown")
    shows(stage, date(2018, 2, 20))
    stage.keyboard.press("Escape")
    stage.wait_for_selector("#page:not([data-window])[data-ready=true]")
    shows(stage, date(2018, 2, 20))
    room.close()


def test_days_are_bookmarked_listed_ordered_and_presented(
    room: BrowserContext, address: str, record: Dataset
) -> None:
    visit = Visit(room)
    desk = visit.open(f"{address}?date=2017-12-21&tracks=astana&theme=light")
    desk.keyboard.press("m")
    desk.evaluate("geoAstana.view.set({ date: '2017-01-23' })")
    desk.click(".bookmark")
    desk.evaluate("geoAstana.view.set({ date: '2017-05-04' })")
    desk.keyboard.press("m")
    assert "marks=2017-12-21,2017-01-23,2017-05-04" in desk.url
    desk.click(".bookmarks")
    rows = desk.locator(".present-marks li")
    expect(rows).to_have_count(3)
    desk.click("[aria-label='Later: 21 December 2017']")
    expect(rows.first).to_contain_text("23 January 2017")
    desk.click("[aria-label='Remove 4 May 2017']")
    expect(rows).to_have_count(2)
    desk.go_back()
    expect(rows).to_have_count(3)
    titles = [tours.load(name, record).title for name in tours.names()]
    assert desk.locator(".present-tour h4").all_inner_texts() == titles
    assert fault_of(desk, 24) == NO_FAULT
    desk.click("text=Present these 3 days")
    desk.wait_for_selector("[data-window=stage][data-ready=true]")
    shows(desk, date(2017, 1, 23))
    view = link.read(desk.url.partition("?")[2], record)
    assert view.selection == selection.Selection(tracks=frozenset({"astana"}))
    desk.go_back()
    desk.wait_for_selector("#page:not([data-present])[data-ready=true]")
    expect(desk.locator(".present-marks li")).to_have_count(3)
    assert visit.complaints == []


def test_the_panel_has_the_export_panel_make_a_film_of_a_tour(
    room: BrowserContext, address: str
) -> None:
    desk = Visit(room).open(f"{address}?panel=present")
    tour = desk.locator(".present-tour", has_text="Four zones")
    tour.locator("text=Film").click()
    desk.wait_for_selector("#export")
    for value in ("film", "tour", STILL):
        expect(desk.locator(f"#export input[value='{value}']")).to_be_checked()


def test_a_tour_of_ones_own_has_a_name_for_links_decks_and_films(
    record: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "My talk.yaml").write_text(OWN, "utf-8")
    monkeypatch.setenv(settings.TOURS, str(tmp_path))
    found = json.loads(presentation.contents(record)[presentation.NAME])
    assert found["my-talk"]["steps"][0]["words"] == "The eighth round."
    assert STILL in found
    fields = {"what": "deck", "tour": "my-talk"}
    deck = order.read(fields, record)
    assert order.steps(deck, record)[0].words == "The eighth round."


def test_the_faults_of_a_tour_are_told_before_it_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.TOURS, "")
    (tmp_path / "late.yaml").write_text(OWN.replace("2018", "2118"), "utf-8")
    done = CliRunner().invoke(cli.app, ["serve", "--tours", str(tmp_path)])
    assert done.exit_code == 1
    assert "late.yaml, row 8, date" in done.output
    assert "1 fault in" in done.output
    gone = CliRunner().invoke(cli.app, ["serve", "--tours", str(tmp_path / "gone")])
    assert (gone.exit_code, "is no folder" in gone.output) == (1, True)


def test_the_tours_of_the_page_are_those_of_python(record: Dataset) -> None:
    found = json.loads(presentation.contents(record)[presentation.NAME])
    assert list(found) == tours.names()
    for name in found:
        tour = tours.load(name, record)
        assert [step.get("notes", "") for step in found[name]["steps"]] == [
            step.notes for step in tour.steps
        ]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("four-zones", "four-zones"),
        ("talks/My talk, 2.yaml", "my-talk-2"),
        ("marks.yaml", "tour"),
        ("رحلة.yaml", "tour"),
        (f"{'a' * 70}.yaml", "a" * 60),
    ],
)
def test_a_file_has_a_name_that_a_link_can_hold(
    record: Dataset, file: str, name: str
) -> None:
    assert presentation.name_of(file) == name
    assert link.read(f"present={name}", record).present == name
