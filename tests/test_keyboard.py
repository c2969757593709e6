"""The whole way by keyboard alone, from a search to a downloaded table."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from visiting import Visit

from geo_astana import selection
from geo_astana.dataset import Dataset
from geo_astana.selection import Selection

# How many controls a reader may have to pass to reach the next one.
FAR = 60


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(
        accept_downloads=True, permissions=["clipboard-read", "clipboard-write"]
    )
    visit = Visit(context)
    visit.open(address)
    yield visit
    context.close()


def tab_to(page: Page, selector: str, *, words: str = "", key: str = "Tab") -> None:
    """Press Tab until the focus is on what fits, and check that it can be seen."""
    for _ in range(FAR):
        page.keyboard.press(key)
        found = page.evaluate(
            """([selector, words]) => {
              const at = document.activeElement;
              return at.matches(selector) && at.textContent.includes(words);
            }""",
            [selector, words],
        )
        if found:
            focused = page.locator(":focus")
            outline = "(node) => getComputedStyle(node).outlineStyle"
            assert focused.evaluate(outline) != "none"
            return
    pytest.fail(f"{selector} {words!r} is not within {FAR} presses of {key}")


def copied_citation(page: Page) -> str:
    """What the drawer puts on the clipboard as text."""
    heading = page.locator(".drawer").get_by_role("heading", name="Cite this")
    expect(heading).to_be_attached()
    for words in ("Text", "Copy"):
        tab_to(page, ".drawer button:not(.drawer-copy)", words=words)
        page.keyboard.press("Enter")
    return str(page.evaluate("navigator.clipboard.readText()"))


def open_group(page: Page, title: str) -> None:
    tab_to(page, ".filters summary", words=title)
    if page.locator(":focus").evaluate("(node) => !node.parentElement.open"):
        page.keyboard.press("Enter")


def test_from_a_search_to_a_download(visit: Visit, record: Dataset) -> None:
    page, press = visit.page, visit.page.keyboard.press
    date = page.locator(".date")

    press("/")
    page.keyboard.type("astana 4")
    page.wait_for_selector("[role=option]")
    press("Enter")
    expect(date).to_have_text("3 May 2017")

    press("n")
    expect(date).to_have_text("4 May 2017")

    tab_to(page, ".card .opener", words="Astana round 4")
    press("Enter")
    drawer = page.locator(".drawer")
    expect(drawer.get_by_role("heading", name="Astana round 4")).to_be_focused()

    cited = copied_citation(page)
    assert "Astana round 4" in cited
    assert f"version {record.version}" in cited
    assert "event=ast-04" in cited

    press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator(":focus")).to_have_text("Astana round 4")

    press("f")
    open_group(page, "Who took part")
    tab_to(page, ".filters input", words="")
    page.keyboard.type("russia")
    tab_to(page, ".filters input[value=russia]")
    press("Space")
    open_group(page, "In which role")
    tab_to(page, ".filters input[value=guarantor]")
    press("Space")
    chosen = Selection(actors=frozenset({"russia"}), roles=frozenset({"guarantor"}))
    events = selection.events(record, chosen)
    expect(page.locator(".filter-count")).to_have_text(f"{len(events)} of 225 events")
    press("Escape")
    expect(page.locator(".filter-button")).to_be_focused()

    tab_to(page, "[data-panel-button=table]", key="Shift+Tab")
    press("Enter")
    page.wait_for_selector(".ag-row")
    tab_to(page, ".table-page a", words="CSV")
    with page.expect_download() as download:
        press("Enter")
    text = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["event_id"] for row in rows] == [event.event_id for event in events]
    assert record.version in download.value.suggested_filename
    assert "2017-05-04" in download.value.suggested_filename
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("key", "date"),
    [
        ("ArrowRight", "22 December 2017"),
        ("ArrowLeft", "20 December 2017"),
        ("Shift+ArrowRight", "28 December 2017"),
        ("Shift+ArrowLeft", "14 December 2017"),
        ("PageUp", "21 January 2018"),
        ("PageDown", "21 November 2017"),
        ("Home", "1 January 2016"),
        ("End", "31 December 2018"),
        ("Control+Home", "1 January 2012"),
        ("Control+End", "31 December 2025"),
        ("n", "22 December 2017"),
        ("p", "19 December 2017"),
    ],
)
@pytest.mark.parametrize("focus", [".slider", ".clock-play"])
def test_keys_step_the_clock(
    visit: Visit, key: str, date: str, focus: str, reset: Callable[[], None]
) -> None:
    reset()
    visit.page.focus(focus)
    visit.page.keyboard.press(key)
    expect(visit.page.locator(".date")).to_have_text(date)


@pytest.fixture
def reset(visit: Visit) -> Callable[[], None]:
    """The view as it opens, with nothing in focus."""
    return lambda: visit.page.evaluate(
        """() => {
          geoAstana.panel("");
          geoAstana.view.restore("");
          document.activeElement.blur();
        }"""
    )


def test_space_plays_and_pauses(visit: Visit, reset: Callable[[], None]) -> None:
    reset()
    visit.page.keyboard.press("Space")
    visit.page.wait_for_function("() => geoAstana.view.get().date > '2018-01-05'")
    visit.page.keyboard.press("Space")
    expect(visit.page.locator(".clock-play")).to_have_attribute("aria-label", "Play")
    visit.at_rest()


def test_single_letters_can_be_turned_off(
    visit: Visit, reset: Callable[[], None]
) -> None:
    reset()
    page, press = visit.page, visit.page.keyboard.press
    keys = page.locator("dialog.keys")
    letters = page.get_by_role("checkbox", name="Single letters")

    def turn_letters() -> None:
        expect(keys).to_be_visible()
        wanted = not letters.is_checked()
        letters.focus()
        press("Space")
        expect(letters).to_be_checked(checked=wanted)
        press("Escape")
        expect(keys).to_be_hidden()

    press("?")
    turn_letters()
    press("n")
    press("ArrowRight")
    expect(page.locator(".date")).to_have_text("22 December 2017")
    press("n")
    expect(page.locator(".date")).to_have_text("22 December 2017")
    page.click("#keys-button")
    turn_letters()
    reset()
    press("n")
    expect(page.locator(".date")).to_have_text("22 December 2017")
