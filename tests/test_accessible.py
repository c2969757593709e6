"""The page by keyboard, screen reader, zoom and printer, and without motion."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from visiting import SEEN

from geo_astana.theme import THEMES, Theme

DESK, PHONE, ZOOMED, NARROW = (1366, 768), (390, 844), (683, 384), (320, 640)

# The text spacing that a reader may set (WCAG 1.4.12).
SPACE = """() => {
  const style = document.createElement('style');
  style.id = 'spacing';
  style.textContent = `*:not(svg *) { line-height: 1.5 !important;
    letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`;
  document.head.append(style);
}"""
# Controls that are smaller than `least` pixels: a box counts with its label, a link in
# a line of text not at all (WCAG 2.5.8, inline).
SMALL = """(least) => [...document.querySelectorAll(
    'a[href], button, select, input, summary, textarea, [role=option]')]
  .filter((node) => node.checkVisibility({visibilityProperty: true}) && !node.disabled)
  .filter((node) => !(node.tagName === 'A'
    && getComputedStyle(node).display === 'inline'))
  .map((node) => [node, (/checkbox|radio/.test(node.type) && node.labels[0] || node)
    .getBoundingClientRect()])
  .filter(([, box]) => box.width < least - .5 || box.height < least - .5)
  .map(([node, box]) => `${node.className || node.textContent} `
    + `${Math.round(box.width)}x${Math.round(box.height)}`)"""
# Words that an edge cuts, and what stands outside the window; what scrolls may do both.
CUT = """() => {
  const root = document.documentElement;
  const found = root.scrollWidth > root.clientWidth ? ['sideways'] : [];
  const still = '.maps-plot, .lane-plot, .overview, .table-grid, .said, '
    + '.search-announced, svg';
  const scrolls = (node) => node && (scrolls(node.parentElement)
    || /auto|scroll/.test(getComputedStyle(node).overflowX));
  for (const node of document.querySelectorAll('.geo-astana *')) {
    if (!node.checkVisibility({visibilityProperty: true}) || node.closest(still))
      continue;
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const name = `${node.tagName}.${node.className}: ${node.textContent.slice(0, 40)}`;
    if (box.width < 2 || node.matches('.view:not([data-rail="day"]) > .day, '
        + '.view:not([data-rail="day"]) > .day *')) continue;
    if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(node.parentElement))
      found.push('outside ' + name);
    if (/hidden|clip/.test(style.overflowX) && node.scrollWidth > node.clientWidth + 1)
      found.push('cut across ' + name);
    if (/hidden|clip/.test(style.overflowY) && style.webkitLineClamp === 'none'
        && node.scrollHeight > node.clientHeight + 6)
      found.push('cut below ' + name);
  }
  return found;
}"""
# Words of less contrast than WCAG 1.4.3 asks. axe leaves those open that have a swatch
# or a single letter, or are scrolled out of sight.
FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const over = (front, back) =>
    [0, 1, 2].map((at) => (front[at] * front[3] + back[at] * (255 - front[3])) / 255);
  const ground = (node) => {
    if (!node) return rgba('white');
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 255 ? own : over(own, ground(node.parentElement));
  };
  const light = (colour) => colour.slice(0, 3).map((value) => value / 255)
    .map((value) => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
    .reduce((sum, value, at) => sum + value * [.2126, .7152, .0722][at], 0);
  const faint = [];
  const places = '.geo-astana *:not(svg *, svg, option, .cursor *)';
  for (const node of document.querySelectorAll(places)) {
    const words = [...node.childNodes].some((child) =>
      child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if (!words || node.closest(':disabled') || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const back = ground(node);
    const [one, other] = [light(over(rgba(style.color), back)), light(back)];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5))
      faint.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent}`);
  }
  return [...new Set(faint)];
}"""
# What has the focus, whether it shows, and how much of it can be seen: five points.
FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect();
  const shown = node.closest('.search-field') || node;
  // The slider over the lanes cannot be seen: its thumb is the cursor's.
  const over = node.matches('.lane-plot .slider');
  const ringed = over ? getComputedStyle(document.querySelector('.cursor'), '::before')
    : getComputedStyle(shown);
  const points = [[.5, .5], [.5, .15], [.5, .85], [.15, .5], [.85, .5]];
  const seen = points.filter(([across, down]) => {
    const top = document.elementFromPoint(
      box.left + box.width * across, box.top + box.height * down);
    return top && (node.contains(top) || shown.contains(top));
  });
  const at = ['search', 'top', 'step', 'cards', 'map-buttons', 'legend', 'slider',
    'bookmark-tools',
    'tools', 'clock', 'lane-names'].find((part) => node.closest('.' + part)) || '';
  return {at, seen: seen.length,
    name: node.getAttribute('aria-label') || node.textContent || node.className,
    ring: ['style', 'width'].map((of) => ringed.getPropertyValue('outline-' + of))
      .join(' ')};
}"""


@pytest.fixture(scope="module")
def known(reader: BrowserContext, address: str) -> Iterator[Page]:
    """A page of a reader who knows the note of the first visit."""
    page = reader.new_page()
    page.add_init_script(SEEN)
    page.goto(address + "?theme=light")
    page.wait_for_selector("[data-ready=true]", state="attached")
    yield page
    page.close()


@pytest.fixture
def page(known: Page) -> Iterator[Page]:
    """The same page for every test, left as a screen shows it with all closed."""
    yield known
    known.emulate_media(
        media="screen", reduced_motion="no-preference", forced_colors="none"
    )
    known.evaluate("document.querySelector('#spacing')?.remove()")
    known.keyboard.press("Escape")
    known.keyboard.press("Escape")


def at_rest(page: Page) -> None:
    """Wait until nothing moves and two frames have been drawn since."""
    page.wait_for_function("() => !document.querySelector('.view.moving')")
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame("
        "() => requestAnimationFrame(done)))"
    )


def show(page: Page, size: tuple[int, int], query: str = "") -> None:
    """The page in a window of this size as a link without a panel opens it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(
        "(query) => { document.activeElement.blur(); geoAstana.panel('', false);"
        " geoAstana.view.restore(query); }",
        query,
    )
    at_rest(page)


def drawer(page: Page) -> None:
    page.wait_for_selector(".drawer-sources")
    page.click(".drawer-button >> text=BibTeX")


def filters(page: Page) -> None:
    page.click(".filter-button")
    page.evaluate(
        "document.querySelectorAll('.filters details')"
        ".forEach((part) => { part.open = true; })"
    )


def search(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.wait_for_selector(".found")


def panel(page: Page, name: str, shown: str) -> None:
    page.click(f'[data-panel-button="{name}"]')
    page.wait_for_selector(shown)


def exports(page: Page, what: str) -> None:
    panel(page, "export", ".export-page input")
    page.check(f".export-page input[value={what}]")
    page.wait_for_selector(".export-preview:not([aria-busy]) img[src]")


def embed(page: Page) -> None:
    # On a phone the header has no room for its button.
    page.evaluate("geoAstana.panel('embed')")
    page.wait_for_selector(".embedder input")
    page.wait_for_selector(".embedder-stage:not([aria-busy]) iframe")


def nothing(_: Page) -> None:
    pass


# What a view opens with, by name: the query of its link and what is done then.
VIEWS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "opening": ("", nothing),
    "a round": ("event=ast-08", drawer),
    "two plans": ("event=gva-iv", drawer),
    "a ceasefire": ("event=cf-2016-12", drawer),
    "a zone": ("event=idlib", drawer),
    "the filter": ("", filters),
    "a selection": ("tracks=astana&status=held,planned", nothing),
    "nothing left": ("tracks=astana&date=2018-03-05", nothing),
    "a search": ("", lambda page: search(page, "astana")),
    "a vain search": ("", lambda page: search(page, "qqqqqq")),
    "the keys": ("", lambda page: page.keyboard.press("?")),
    "about": ("", lambda page: panel(page, "about", ".about-page")),
    "the table": ("", lambda page: panel(page, "table", ".table-grid .ag-row")),
    "the exports": ("", lambda page: exports(page, "picture")),
    "a deck": ("", lambda page: exports(page, "deck")),
    "the frame": ("", embed),
}

# Views whose shape is another one on a phone.
ON_PHONE = (
    "opening",
    "a zone",
    "the filter",
    "nothing left",
    "the keys",
    "about",
    "a deck",
    "the frame",
)


def open_view(page: Page, size: tuple[int, int], name: str) -> None:
    query, act = VIEWS[name]
    show(page, size, query)
    act(page)
    at_rest(page)


def faults(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA and its own best practice."""
    results = Axe().run(
        page,
        # The marks in a figure are one image to it; the figure itself is looked at.
        context={"exclude": [[".maps-plot > *"], [".lane-drawing > *"]]},
        options={"resultTypes": ["violations"], "preload": False},
    )
    found: list[dict[str, Any]] = results.response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        for node in fault["nodes"]
    ]


def in_theme(page: Page, name: Theme) -> None:
    """Change to a theme as the system's wish does, without a press of the button."""
    page.evaluate("(name) => dash_clientside.set_props('theme', {data: name})", name)
    page.wait_for_selector(f".page[data-theme={name}] .view[data-theme={name}]")
    at_rest(page)


def fault_of(page: Page, least: int) -> dict[str, list[str]]:
    """By kind of fault; the low names of the lanes have a test of their own."""
    small = page.evaluate(SMALL, least)
    return {
        "axe": faults(page),
        "faint": page.evaluate(FAINT),
        "cut": page.evaluate(CUT),
        "small": [each for each in small if not each.startswith("lane-name")],
    }


NO_FAULT: dict[str, list[str]] = {"axe": [], "faint": [], "cut": [], "small": []}


@pytest.mark.parametrize(
    ("name", "size", "least"),
    [(name, DESK, 24) for name in VIEWS]
    + [(name, PHONE, 44) for name in VIEWS if name in ON_PHONE],
)
@pytest.mark.parametrize("theme", THEMES)
def test_a_view_has_no_fault(
    page: Page, theme: Theme, name: str, size: tuple[int, int], least: int
) -> None:
    in_theme(page, theme)
    open_view(page, size, name)
    assert fault_of(page, least) == NO_FAULT


@pytest.fixture(scope="module")
def first_visit(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address + "?theme=light")
    page.wait_for_selector("[data-ready=true]", state="attached")
    page.wait_for_selector(".view .about-note")
    yield page
    page.close()


@pytest.mark.parametrize(("size", "least"), [(DESK, 24), (PHONE, 44)])
@pytest.mark.parametrize("theme", THEMES)
def test_the_note_of_the_first_visit_has_no_fault(
    first_visit: Page, theme: Theme, size: tuple[int, int], least: int
) -> None:
    in_theme(first_visit, theme)
    first_visit.set_viewport_size({"width": size[0], "height": size[1]})
    at_rest(first_visit)
    assert fault_of(first_visit, least) == NO_FAULT


@pytest.mark.parametrize(
    ("size", "order"),
    [
        (
            DESK,
            (
                "search top bookmark-tools step cards map-buttons legend clock tools "
                "lane-names slider"
            ),
        ),
        (
            PHONE,
            (
                "search top bookmark-tools step cards legend clock slider clock tools "
                "lane-names"
            ),
        ),
    ],
    ids=["desk", "phone"],
)
def test_the_keyboard_reaches_all_in_the_order_of_reading(
    page: Page, size: tuple[int, int], order: str
) -> None:
    show(page, size)
    page.click(".brand")
    met: list[dict[str, Any]] = []
    while len(met) < 200:
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break
        met.append(focus)
    places = [focus["at"] for focus in met]
    changes = [place for place, _ in itertools.groupby(places)]
    assert " ".join(changes) == order
    for focus in met:
        assert focus["seen"] >= 3, f"hidden: {focus}"
        assert focus["ring"] == "solid 3px", focus


@pytest.mark.parametrize("name", ["the filter", "about"])
def test_on_a_phone_what_is_covered_cannot_be_reached(page: Page, name: str) -> None:
    open_view(page, PHONE, name)
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break
        assert focus["seen"], f"hidden: {focus}"


@pytest.mark.parametrize(
    ("opener", "opened"),
    [
        ("[data-event='ast-08'] .opener", ".drawer"),
        (".filter-button", ".filters"),
        ("#keys-button", "dialog.keys"),
        ("[data-panel-button=about]", "#panel"),
    ],
)
def test_escape_closes_and_the_focus_goes_back(
    page: Page, opener: str, opened: str
) -> None:
    show(page, DESK)
    page.focus(opener)
    page.keyboard.press("Enter")
    page.wait_for_selector(opened, state="visible")
    inside = "([part]) => document.querySelector(part).contains(document.activeElement)"
    page.wait_for_function(inside, arg=[opened])
    page.keyboard.press("Escape")
    page.wait_for_selector(opened, state="hidden")
    page.wait_for_function(inside, arg=[opener], timeout=5000)


def test_escape_closes_the_results_and_leaves_the_field(page: Page) -> None:
    open_view(page, DESK, "a search")
    page.keyboard.press("Escape")
    page.wait_for_selector(".search-panel", state="hidden")
    assert page.evaluate("document.activeElement.matches('.search-input')")


def test_the_filter_offers_what_the_low_names_of_the_lanes_do(page: Page) -> None:
    show(page, DESK)
    filters(page)
    found = page.evaluate(
        """() => [...document.querySelectorAll('.lane-name')].map((lane) => {
          lane.click();
          const ticked = [...document.querySelectorAll('.filters :checked')];
          const rows = ticked.map((box) => box.labels[0].getBoundingClientRect());
          lane.click();
          return [lane.textContent, rows.map((row) => row.height),
            document.querySelectorAll('.filters :checked').length];
        })"""
    )
    assert len(found) == 13
    for name, heights, left in found:
        assert heights, name
        assert min(heights) >= 24, name
        assert left == 0, name


@pytest.mark.parametrize("size", [ZOOMED, NARROW], ids=["zoomed", "narrow"])
@pytest.mark.parametrize("name", ON_PHONE)
def test_nothing_is_cut_when_zoomed(
    page: Page, name: str, size: tuple[int, int]
) -> None:
    open_view(page, size, name)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["opening", "a zone", "nothing left", "about"])
def test_wide_text_is_not_cut(page: Page, name: str, size: tuple[int, int]) -> None:
    open_view(page, size, name)
    page.evaluate(SPACE)
    at_rest(page)
    assert page.evaluate(CUT) == []


def test_without_motion_nothing_moves(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    for name in ("opening", "a round", "about"):
        open_view(page, DESK, name)
        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].flatMap((node) =>
              [null, '::before', '::after'].map((part) => getComputedStyle(node, part))
              .filter((style) => /[1-9]/.test(
                style.transitionDuration + style.animationDuration))
              .map(() => node.outerHTML.slice(0, 80)))"""
        )
        assert moving == []
        assert page.evaluate("document.getAnimations().length") == 0


def test_in_forced_colours_swatches_and_pressed_buttons_show(page: Page) -> None:
    show(page, DESK, "tracks=astana")
    page.emulate_media(forced_colors="active")
    paints = page.evaluate(
        """() => {
          const ground = (query) => getComputedStyle(document.querySelector(query))
            .backgroundColor;
          return [[ground('.ranges [aria-pressed=true]'),
                   ground('.ranges [aria-pressed=false]')],
                  [ground('.lane-name[data-lane=astana] .swatch'),
                   ground('.lane-names')],
                  [ground('.legend .swatch[data-look=talks]'), ground('.legend')]];
        }"""
    )
    for one, other in paints:
        assert one != other


PRINTED = {
    "opening": (".date", ".sentence", ".maps", ".legend", ".lanes", ".cards"),
    "a zone": (".drawer", ".maps", ".legend", ".lanes"),
    "about": (".about-page",),
}


@pytest.mark.parametrize("name", PRINTED)
def test_print_holds_the_figures_and_no_controls(page: Page, name: str) -> None:
    open_view(page, DESK, name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 718})
    at_rest(page)
    for part in PRINTED[name]:
        assert page.locator(part).first.is_visible(), part
    left = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea')]
          .filter((node) => node.checkVisibility({visibilityProperty: true})
            && !node.matches('.legend *, .lane-name, .opener, .drawer-opens, .more'))
          .map((node) => node.className || node.textContent)"""
    )
    assert left == []
    assert page.evaluate(CUT) == []
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('.cards, .drawer-body, .panel, .page')]
          .filter((node) => node.checkVisibility()
            && node.scrollHeight > node.clientHeight + 1)
          .map((node) => node.className)"""
    )
    assert clipped == []
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_step_is_told_once_and_by_the_slider_itself(page: Page) -> None:
    show(page, DESK, "date=2017-12-20")
    page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => window.told.push(
            document.querySelector('.said').textContent))
            .observe(document.querySelector('.said'), {childList: true});
        }"""
    )
    page.click(".clock-next")
    at_rest(page)
    page.wait_for_function("() => window.told.length")
    sentence = page.inner_text(".sentence")
    assert page.evaluate("window.told") == [f"21 December 2017. {sentence}"]
    assert page.get_attribute(".said", "role") == "status"
    page.focus(".slider")
    page.keyboard.press("ArrowRight")
    at_rest(page)
    assert page.evaluate("window.told.length") == 1
    told = page.get_attribute(".slider", "aria-valuetext")
    assert page.inner_text(".sentence") in (told or "")
