"""The Export panel in a real Chromium, on a real server with and without Redis."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pptx
import psutil
import pytest
from playwright.sync_api import Browser, Download, Page, Request, expect
from visiting import Visit, served
from working import Redis, Workers, browsers_in, command, until

from geo_astana import broker, dashboard, exporter, pictures, ticket
from geo_astana.dataset import Dataset
from geo_astana.export import order, reader

QUERY = "date=2017-12-21&range=2017-12-12..2017-12-26"
SLIDE = "1920 × 1080 pixels."
# What takes as long as a page or a job does on a busy machine.
LONG_MS = 60_000
# Longer than a page waits for a server that says nothing.
SILENCE_MS = 11_000


@dataclass(frozen=True)
class Server:
    """A dashboard of a machine of its own, as far as its files go."""

    address: str
    folder: Path
    process: psutil.Process


@contextmanager
def a_server(folder: Path) -> Iterator[Server]:
    """Started with the environment of the test; it leaves no browser behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        before = set(psutil.Process().children())
        with served() as address:
            (process,) = set(psutil.Process().children()) - before
            patch.undo()
            yield Server(address, folder, process)
    until(lambda: not browsers_in(folder))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One whose browser is warm."""
    with a_server(tmp_path_factory.mktemp("s")) as server:
        urlopen(f"{server.address}export/preview.png").close()  # noqa: S310 - our own
        yield server


@pytest.fixture(scope="module")
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    visit = opened(browser, server)
    yield visit
    visit.unharmed(server.address)
    visit.page.context.close()


def opened(browser: Browser, server: Server) -> Visit:
    """A reader of one’s own, with the panel open."""
    visit = Visit(browser.new_context())
    visit.page.set_default_timeout(LONG_MS)
    visit.open(f"{server.address}?{QUERY}&panel=export")
    visit.page.wait_for_selector(".export-page input")
    return visit


@pytest.fixture
def page(visit: Visit) -> Page:
    """The panel, open, with a slide of the day."""
    query = f"{QUERY}&panel=export"
    visit.page.evaluate(
        "(query) => { geoAstana.view.restore(query); geoAstana.panel('export'); }",
        query,
    )
    preset(visit.page, "Slide")
    expect(visit.page.locator(".export-words")).to_have_text(SLIDE)
    expect(visit.page.locator(".export-preview figcaption")).to_have_text(
        "21 December 2017"
    )
    return visit.page


def choose(page: Page, key: str, value: str) -> None:
    page.check(f"[data-key={key}] input[value='{value}']")


def preset(page: Page, name: str) -> None:
    page.get_by_role("group", name="Ready-made choices").get_by_role(
        "button", name=name
    ).click()


def begin(page: Page, what: str = "deck") -> None:
    """Order two days and wait until they are taken in."""
    choose(page, "what", what)
    choose(page, "days", "span")
    page.get_by_role("textbox", name="First day").fill("2017-12-21")
    page.get_by_role("textbox", name="Last day").fill("2017-12-22")
    expect(page.locator(".export-words")).to_contain_text("22 December 2017")
    page.get_by_role("button", name=f"Make the {what}").click()
    expect(page.locator(".export-job")).to_be_visible()


def underway(page: Page) -> None:
    told = re.compile("browser|slide|picture", re.IGNORECASE)
    expect(page.locator(".export-step")).to_have_text(told, timeout=LONG_MS)


def ended(page: Page, words: str) -> None:
    """The job has ended with these words, and another can be ordered."""
    end = page.locator(".export-end")
    expect(end).to_contain_text(words, timeout=LONG_MS)
    expect(page.locator(".export-go")).to_be_visible()
    expect(page.locator(".export-job")).to_be_hidden()


def downloaded(page: Page, act: Callable[[], None]) -> Download:
    with page.expect_download(timeout=LONG_MS) as got:
        act()
    return got.value


def saved(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def test_every_choice_can_be_ordered(record: Dataset) -> None:
    fields = {field.key: field for field in exporter.choices(record)}
    keys = {"what", "format", *order.KEYS, "theme"} - {"dates"}
    assert set(fields) - {"days", exporter.OWN_SIZE} == keys
    for preset in exporter.PRESETS:
        for key, value in preset.fields.items():
            assert value in {choice.value for choice in fields[key].choices}
        asked = {key: text for key, text in preset.fields.items() if key != "days"}
        assert order.read(asked, record).what == preset.fields["what"]
    for what, forms in order.FORMS.items():
        offered = {
            choice.value
            for choice in fields["format"].choices
            if choice.when == f"what={what}"
        }
        assert offered in (set(forms), set())
        assert offered or len(forms) == 1


def test_the_page_loads_the_panel_and_not_what_draws_pictures(
    record: Dataset,
) -> None:
    index = dashboard.create_app(record).server.test_client().get("/").text
    assert "assets/exporter.js" in index
    assert "assets/exporter.css" in index
    assert "assets/export/" not in index


def test_an_order_from_a_page_is_checked_before_it_waits(record: Dataset) -> None:
    for run, words in (
        (None, "no order"),
        ({"query": 7}, "no order"),
        ({"query": "what=deck&size=3x3&kind=moon"}, "moon"),
        ({"query": "what=deck&template=/etc/passwd"}, "template"),
        ({"query": "what=film&step=day"}, "5,114 pictures"),
        ({"query": "what=picture"}, "no job"),
        ({"query": "what=deck&" + "a" * pictures.MOST_LETTERS}, "letters"),
    ):
        with pytest.raises(Exception, match=words) as told:
            exporter.task(run, record, "/")
        assert exporter.ended_by(told.value)["state"] == "failed"


def test_the_preview_follows_the_day_and_what_is_chosen(page: Page) -> None:
    caption, image = (
        page.locator(".export-preview figcaption"),
        page.locator(".export-paper img"),
    )
    expect(caption).to_have_text("21 December 2017")
    expect(image).to_have_attribute("alt", re.compile("eighth Astana round opens"))
    expect(image).to_have_js_property("naturalWidth", pictures.PREVIEW_PX)
    expect(page.locator(".export-words")).to_have_text(SLIDE)
    before = image.get_attribute("src")
    page.evaluate("geoAstana.view.set({date: '2018-02-20'})")
    expect(caption).to_have_text("20 February 2018")
    expect(page.locator(".export-name")).to_contain_text("2018-02-20")
    expect(image).not_to_have_attribute("src", before or "")
    preset(page, "Link picture")
    expect(page.locator(".export-words")).to_have_text("1200 × 630 pixels.")
    expect(page.get_by_role("button", name="Link picture")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_old_previews_do_not_pile_up(page: Page) -> None:
    asked: list[str] = []
    most = 0
    open_now: set[Request] = set()

    def begun(request: Request) -> None:
        nonlocal most
        if "preview.png" in request.url:
            asked.append(request.url)
            open_now.add(request)
            most = max(most, len(open_now))

    def finished(request: Request) -> None:
        open_now.discard(request)

    page.on("request", begun)
    page.on("requestfinished", finished)
    for day in range(1, 20):
        page.evaluate(f"geoAstana.view.set({{date: '2018-01-{day:02}'}})")
    expect(page.locator(".export-preview figcaption")).to_have_text("19 January 2018")
    expect(page.locator(".export-preview")).not_to_have_attribute("aria-busy", "true")
    assert most == 1
    assert len(asked) < 5
    assert "2018-01-19" in asked[-1]


def test_only_what_can_be_chosen_is_there(page: Page) -> None:
    shown = page.locator(".export-field:not([hidden])")
    keys = "els => els.map(one => one.dataset.key).join(' ')"
    assert shown.evaluate_all(keys) == "what kind format size theme background scale"
    choose(page, "format", "pdf")
    assert shown.evaluate_all(keys) == "what kind format size theme"
    choose(page, "what", "film")
    assert shown.evaluate_all(keys) == "what days format size step seconds theme"
    # A size that films do not have gives way to one that they have.
    choose(page, "what", "picture")
    choose(page, "size", "a4")
    choose(page, "what", "deck")
    expect(page.locator("[data-key=size] input[value='16:9']")).to_be_checked()
    choose(page, "days", "span")
    expect(page.get_by_role("textbox", name="First day")).to_have_value("2017-12-12")
    expect(page.get_by_role("textbox", name="Last day")).to_have_value("2017-12-26")


def test_a_card_waits_for_an_event(page: Page) -> None:
    card = page.get_by_role("radio", name="Open event")
    expect(card).to_be_disabled()
    page.evaluate("geoAstana.view.open('ast-08')")
    expect(card).to_be_enabled()
    card.check()
    expect(page.locator(".export-preview figcaption")).to_have_text("Astana round 8")


def test_what_cannot_be_made_is_told_and_cannot_be_ordered(page: Page) -> None:
    choose(page, "size", "own")
    page.get_by_label("Width × height").fill("3x3")
    words = page.locator(".export-words")
    expect(words).to_contain_text("A picture of 3x3 is not made")
    expect(page.locator(".export-go")).to_be_disabled()
    page.get_by_label("Width × height").fill("640x360")
    expect(words).to_have_text("640 × 360 pixels.")
    expect(page.locator(".export-go")).to_be_enabled()


def test_a_picture_is_saved_by_keyboard(page: Page, tmp_path: Path) -> None:
    page.locator("[data-key=format] input[value=png]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".export-name")).to_have_text("geo-astana-2017-12-21-slide.svg")
    page.locator(".export-go").focus()
    got = downloaded(page, lambda: page.keyboard.press("Enter"))
    path = saved(got, tmp_path)
    assert path.name == "geo-astana-2017-12-21-slide.svg"
    link = urlsplit(reader.read(path)[1].link)
    assert parse_qs(link.query)["date"] == ["2017-12-21"]
    assert parse_qs(link.query)["theme"] == ["light"]
    expect(page.locator(".export-end")).to_have_text(f"{path.name} is saved.")


def test_the_data_of_a_selection_is_saved(page: Page, tmp_path: Path) -> None:
    page.evaluate("geoAstana.view.set({tracks: ['sochi']})")
    choose(page, "what", "data")
    choose(page, "format", "geojson")
    expect(page.locator(".export-words")).to_contain_text("events, with their sources")
    expect(page.locator(".export-preview")).to_be_hidden()
    path = saved(downloaded(page, page.locator(".export-go").click), tmp_path)
    features = json.loads(path.read_text("utf-8"))["features"]
    assert {feature["properties"]["track"] for feature in features} == {"sochi"}


def test_two_pages_make_a_deck_each_and_one_is_loaded_again_on_the_way(
    page: Page, browser: Browser, server: Server, tmp_path: Path
) -> None:
    other = opened(browser, server).page
    with (
        page.expect_download(timeout=LONG_MS) as got,
        other.expect_download(timeout=LONG_MS) as others,
    ):
        begin(other)
        begin(page)
        underway(page)
        page.reload()
        expect(page.locator(".export-job")).to_be_visible(timeout=LONG_MS)
    for download in (got.value, others.value):
        deck = saved(download, tmp_path)
        titles = [slide.shapes.title for slide in pptx.Presentation(str(deck)).slides]
        assert len(titles) >= 3
        assert reader.read(deck)[1].link.startswith(server.address)
    ended(page, "is ready")
    again = page.get_by_role("link", name="Download again")
    assert saved(downloaded(page, again.click), tmp_path).stat().st_size > 10_000
    other.context.close()


def test_a_cancelled_job_ends_at_once_and_another_can_be_ordered(
    page: Page, server: Server
) -> None:
    begin(page, "film")
    underway(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".export-end")).to_have_text("Cancelled.", timeout=1000)
    expect(page.locator(".export-go")).to_be_visible()
    until(lambda: not jobs_of(server))


def jobs_of(server: Server) -> list[psutil.Process]:
    """The processes that make jobs for a server."""
    below = server.process.children()
    return [one for one in below if "geo_astana.worker" in command(one)]


def test_a_killed_job_is_told_also_when_the_panel_is_closed(
    page: Page, server: Server
) -> None:
    begin(page)
    underway(page)
    page.keyboard.press("Escape")
    for process in jobs_of(server):
        process.kill()
    expect(page.locator(".notice")).to_contain_text(ticket.STOPPED, timeout=LONG_MS)
    page.locator("[data-panel-button=export]").click()
    ended(page, ticket.STOPPED)


def test_a_server_that_is_gone_is_told_and_leaves_nothing_running(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with a_server(tmp_path_factory.mktemp("s")) as server:
        page = opened(browser, server).page
        page.clock.install()
        begin(page)
        underway(page)
        made = jobs_of(server)
        assert made
        server.process.kill()
        page.clock.fast_forward(SILENCE_MS)
        ended(page, "The server does not answer")
        psutil.wait_procs(made, timeout=5)
        assert not [one for one in made if one.is_running()]
        page.context.close()


def test_workers_make_decks_before_redis_is_gone_and_when_it_is_back(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    redis, folder = Redis(), tmp_path_factory.mktemp("s")
    crew = Workers(redis.url, folder)
    monkeypatch.setenv(broker.VARIABLE, redis.url)
    try:
        with a_server(folder) as server:
            crew.have(1)
            page = opened(browser, server).page
            got = downloaded(page, lambda: begin(page))
            assert pptx.Presentation(str(saved(got, folder))).slides
            begin(page)
            underway(page)
            redis.stop()
            ended(page, broker.SILENT)
            again = page.get_by_role("button", name="Make the deck")
            again.click()
            ended(page, broker.SILENT)
            redis.start()
            downloaded(page, again.click)
            page.context.close()
    finally:
        crew.kill_all()
        redis.stop()
