"""The Embed panel in a real Chromium: its frame, its lines, and what they become."""

import itertools
import json
import urllib.parse
from collections.abc import Callable, Iterator
from html import escape
from typing import Any
from urllib.request import urlopen

import pytest
from markdown_it import MarkdownIt
from pasting import Site, a_site
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect
from test_sharing import Head
from visiting import Visit

from geo_astana import dashboard, embedder, link, snippets
from geo_astana.dataset import Dataset
from geo_astana.settings import Settings

DAY = "2018-02-20"
QUERY = f"date={DAY}&panel=embed"
# As long as a page takes on a busy machine.
LONG_MS = 60_000
PERMISSIONS = ["clipboard-read", "clipboard-write"]
NO_CLIPBOARD = """Object.defineProperty(navigator, 'clipboard',
  {value: undefined, configurable: true})"""
# Presses what is chosen, faster than the frame is loaded.
CHOOSE = """(chosen) => {
  const panel = document.querySelector('.embedder');
  for (const [key, value] of chosen)
    panel.querySelector(`[data-key=${key}] input[value="${value}"]`).click();
  return panel.querySelector('textarea').value;
}"""
# What reveal.js makes of a slide that is shown.
REVEALED = """<script>
for (const node of document.querySelectorAll('[data-src], [data-background-iframe]')) {
  const frame = node.matches('iframe') ? node : document.createElement('iframe');
  frame.src = node.dataset.src || node.dataset.backgroundIframe;
  if (frame !== node) document.body.append(frame);
}
</script>"""


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(permissions=PERMISSIONS)
    context.set_default_timeout(LONG_MS)
    yield context
    context.close()


@pytest.fixture(scope="module")
def visit(context: BrowserContext, address: str) -> Iterator[Visit]:
    visit = Visit(context)
    visit.open(f"{address}?{QUERY}")
    visit.page.wait_for_selector(".embedder input")
    yield visit
    visit.unharmed(address)


@pytest.fixture
def page(visit: Visit) -> Page:
    """The panel as it opens, on the day of QUERY."""
    page = visit.page
    page.evaluate(
        "(query) => { geoAstana.view.restore(query); geoAstana.panel('embed'); }", QUERY
    )
    usual = {field.key: field.choices[0].value for field in embedder.choices()}
    page.evaluate(CHOOSE, [*(usual | {"width": "600"}).items()])
    return page


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with a_site() as site:
        yield site


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f".embedder [data-key={key}] input[value='{value}']").check()


def line(page: Page) -> str:
    return page.get_by_role("textbox", name="The line for").input_value()


def preview(page: Page) -> Frame:
    """The page in the frame, once it stands."""
    page.wait_for_selector(".embedder-stage:not([aria-busy]) iframe")
    frame = page.locator(".embedder iframe").element_handle().content_frame()
    assert frame
    return frame


def day(frame: Frame) -> str:
    shown: str = frame.evaluate("geoAstana.view.get().date")
    return shown


def test_every_choice_has_its_place() -> None:
    fields = {field.key: field for field in embedder.choices()}
    assert [choice.value for choice in fields["kind"].choices] == list(link.EMBEDS)
    assert set(snippets.HEIGHTS) == set(link.EMBEDS)
    assert len({each.key for each in snippets.LINES}) == len(snippets.LINES)
    for points in snippets.HEIGHTS.values():
        widths = [width for width, _ in points]
        assert widths == sorted(set(widths))
        assert widths[0] == snippets.LEAST_PX


def test_the_frame_follows_the_day_and_the_selection(page: Page) -> None:
    frame = preview(page)
    assert day(frame) == DAY
    page.evaluate("geoAstana.view.set({date: '2018-07-06', tracks: ['astana']})")
    frame.wait_for_function("() => geoAstana.view.get().date === '2018-07-06'")
    assert frame.evaluate("geoAstana.view.get().tracks") == ["astana"]
    assert "date=2018-07-06&amp;tracks=astana&amp;embed=slide" in line(page)
    assert not frame.is_detached()


def test_the_frame_is_what_is_chosen(page: Page) -> None:
    before = page.evaluate("history.length")
    for kind in ("syria", "card"):
        choose(page, "kind", kind)
        assert preview(page).locator("#page").get_attribute("data-embed") == kind
    expect(page.locator(".embedder [data-key=clock]")).to_be_hidden()
    choose(page, "kind", "map")
    choose(page, "clock", "off")
    choose(page, "theme", "dark")
    choose(page, "width", "280")
    shown = preview(page)
    assert shown.locator(".clock").is_hidden()
    assert shown.locator("#page").get_attribute("data-theme") == "dark"
    assert shown.evaluate("innerWidth") == 280
    assert "theme=dark&amp;embed=map&amp;clock=off" in line(page)
    assert page.evaluate("history.length") == before


def test_a_closed_panel_frames_nothing(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(".embedder iframe")).to_have_count(0)
    page.locator("[data-panel-button=embed]").click()
    assert day(preview(page)) == DAY


def test_the_usual_day_is_not_named(page: Page) -> None:
    choose(page, "day", "usual")
    assert "date=" not in line(page)
    frame = preview(page)
    frame.wait_for_function("() => geoAstana.view.get().date === '2017-12-21'")


def test_heights_are_those_that_python_has(page: Page) -> None:
    for kind, width in itertools.product(link.EMBEDS, snippets.WIDTHS):
        said = page.evaluate(CHOOSE, [["kind", kind], ["width", str(width)]])
        assert f'height="{snippets.height(kind, width)}"' in said
    choose(page, "width", embedder.COLUMN)
    column = snippets.height("full", snippets.COLUMN_PX)
    assert f'height="{column}" style="border:0;width:100%"' in line(page)


def test_a_line_is_copied_by_keyboard_and_that_is_told(page: Page) -> None:
    page.get_by_role("textbox", name="The line for HTML").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".embedder-copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == line(page)
    choose(page, "into", "link")
    expect(page.locator(".embedder-copied")).to_have_text("")


def test_without_a_clipboard_it_is_copied_all_the_same(page: Page) -> None:
    choose(page, "into", "quarto")
    page.evaluate(NO_CLIPBOARD)
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".embedder-copied")).to_have_text("Copied.")
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".embedder-copied")).to_contain_text("press Ctrl+C")
    chosen = "getSelection().toString() || (document.activeElement.value)"
    assert page.evaluate(chosen) == line(page)
    page.evaluate("delete document.execCommand; delete navigator.clipboard")


def in_markdown(text: str) -> str:
    return str(MarkdownIt("commonmark").render(f"Before.\n\n{text}\n\nAfter.\n"))


def in_quarto(text: str) -> str:
    (block,) = MarkdownIt("commonmark").parse(text)
    assert (block.type, block.info) == ("fence", "{=html}")
    return block.content


def by_oembed(text: str) -> str:
    """What WordPress does with a link on a line of its own."""
    with urlopen(text) as page:  # noqa: S310 - our own
        found = Head(page.read().decode()).link("alternate", "application/json+oembed")
    with urlopen(found) as answer:  # noqa: S310 - our own
        return str(json.load(answer)["html"])


def framed(text: str) -> str:
    assert urllib.parse.urlsplit(text).scheme == "http"
    return f'<iframe src="{escape(text)}"></iframe>'


# What the places make of their lines.
PASTED: dict[str, Callable[[str], str]] = {
    "html": str,
    "grows": str,
    "driven": str,
    "markdown": in_markdown,
    "quarto": in_quarto,
    "reveal": lambda text: text + REVEALED,
    "background": lambda text: text + REVEALED,
    "wordpress": by_oembed,
    "notion": framed,
    "powerpoint": framed,
    "link": by_oembed,
}


@pytest.fixture(scope="module")
def other(context: BrowserContext) -> Page:
    """A page of another site."""
    return context.new_page()


@pytest.mark.parametrize("into", [each.key for each in snippets.LINES])
def test_what_is_copied_shows_the_view_in_a_page_of_another_site(
    page: Page, other: Page, site: Site, into: str
) -> None:
    # A card needs no maps, and so the least time.
    choose(page, "kind", "card")
    choose(page, "into", into)
    expect(page.locator(".embedder-place")).to_contain_text("The line for")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".embedder-copied")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    site.html = PASTED[into](text)
    other.goto(site.address)
    inside = other.frame_locator("iframe").locator("[data-ready=true]")
    inside.wait_for(state="attached")
    assert day(other.frames[1]) == DAY
    if into in ("grows", "driven"):
        high = "(px) => document.querySelector('iframe').offsetHeight === px"
        ideal = other.frames[1].evaluate("geoAstana.height()")
        other.wait_for_function(high, arg=ideal)


def test_a_driven_map_goes_where_its_page_tells_it(
    page: Page, other: Page, site: Site
) -> None:
    choose(page, "kind", "card")
    choose(page, "into", "driven")
    site.html = line(page).replace(f'setDate("{DAY}")', 'setDate("2017-12-21")')
    other.goto(site.address)
    inside = other.frame_locator("iframe").locator("[data-ready=true]")
    inside.wait_for(state="attached")
    other.frames[1].wait_for_function(
        "() => geoAstana.view.get().date === '2017-12-21'"
    )


def test_titles_cannot_break_a_line(page: Page) -> None:
    page.evaluate("ns => { geoAstana.longDate = () => '\"><b>'; }")
    choose(page, "into", "markdown")
    try:
        assert 'title="Syria’s ceasefire talks on &quot;&gt;&lt;b&gt;"' in line(page)
    finally:
        page.reload()
        page.wait_for_selector(".embedder input")


@pytest.mark.parametrize(
    ("origins", "ancestors"),
    [
        (("*",), "object-src 'none'"),
        (("https://news.example",), "frame-ancestors 'self' https://news.example"),
    ],
)
def test_the_dashboard_may_frame_its_own_page_whoever_else_may(
    record: Dataset, origins: tuple[str, ...], ancestors: str
) -> None:
    app = dashboard.create_app(record, Settings(embed_origins=origins))
    answer: Any = app.server.test_client().get("/?embed=card")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith(f"; {ancestors}")
