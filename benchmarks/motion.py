"""What a step costs in headless Chromium, and what the first view weighs."""

import contextlib
import json
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

# As tests/test_browser.py drives it: flags for GL would slow SVG many times over.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
VIEWPORT = (1366, 768)
# What shows our first data: a mark that has its look.
OURS = ".maps-plot [data-mark][data-look]"
# The time of the frame after the one in which the first data was in the page.
FIRST_DRAWN = """(() => {
  const look = () => requestAnimationFrame(document.querySelector(%s)
    ? () => { window.firstDrawn = performance.now(); } : look);
  look();
})()"""
# No page may need longer, in ms: a plain px animation loads for tens of seconds.
PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Steps:
    """One number a step: ms to painted, ms of script, nodes touched."""

    painted: list[float]
    script: list[float]
    touched: list[int]


@dataclass(frozen=True, slots=True)
class Transfer:
    """One request of the first view: what was sent, in bytes."""

    url: str
    body: int
    headers: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes by which the collected heap grew over a number of steps."""

    size: int
    steps: int


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise SystemExit("No Chromium found: run scripts/install_browser.sh.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(
    browser: Browser, address: str, drawn: str = OURS
) -> Iterator[tuple[Page, list[Transfer]]]:
    """A page at rest on the first view, and everything it loaded for it.

    `drawn` is the selector of its first data.
    """
    width, height = VIEWPORT
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(FIRST_DRAWN % json.dumps(drawn))
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - playwright needs a function of Python
    page.goto(address + "?theme=light")
    page.wait_for_function("() => window.firstDrawn")
    page.wait_for_function(
        "() => window.peer || document.querySelector('[data-ready=true]')"
    )
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.wait_for_load_state("networkidle")
    at_rest(page)
    page.evaluate(Path(__file__).with_name("motion.js").read_text("utf-8"))
    away = [found.url for found in requests if not found.url.startswith(address)]
    if any(url.startswith("http") for url in away):
        raise SystemExit(f"{address} asked another host: {away}")
    yield (
        page,
        [
            Transfer(
                request.url, sizes["responseBodySize"], sizes["responseHeadersSize"]
            )
            for request in requests
            if request.url.startswith(address)
            for sizes in (request.sizes(),)
        ],
    )
    context.close()


def size(transfers: list[Transfer]) -> int:
    """Bytes of all requests, headers with them."""
    return sum(sent.body + sent.headers for sent in transfers)


def first_drawn_ms(page: Page) -> float:
    """From the start of the navigation to the frame after the first data."""
    return float(page.evaluate("window.firstDrawn"))


def at_rest(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('.view.moving')")


def idle(page: Page, count: int) -> Steps:
    """The same measure while nothing is done."""
    return _steps(page, f"bench.idle({count})")


def scrub(page: Page, count: int) -> Steps:
    """Input events of the slider, evenly over the years in view."""
    return _steps(page, f"bench.scrub({count})")


def play(page: Page, days: list[int]) -> Steps:
    """Steps to days counted from the record's first."""
    return _steps(page, f"bench.play({json.dumps(days)})")


def busy_ms(page: Page, days: list[int]) -> tuple[Steps, float]:
    """Steps, and how long the page's main thread worked for one of them."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _busy_s(session)
    steps = play(page, days)
    worked = _busy_s(session) - before
    session.detach()
    return steps, worked / len(days) * 1000


def drawn(page: Page, day: int) -> set[str]:
    """The ids drawn on a day counted from the record's first."""
    return set(page.evaluate(f"bench.drawn({day})"))


def heap_growth(
    page: Page, every: list[int], steps: int, seconds: float = 15
) -> Growth:
    """How the heap grows over `steps`, or over those done in `seconds`.

    Before it counts, the page steps through every day, at most as long.
    """
    page.evaluate(f"bench.walk({json.dumps(every)}, {seconds})")
    before = _heap(page)
    # A prime of no relation to the number of days: the order jumps and misses none.
    order = [every[step * 37 % len(every)] for step in range(steps)]
    done = page.evaluate(f"bench.walk({json.dumps(order)}, {seconds})")
    return Growth(_heap(page) - before, done)


def quantiles(values: list[float] | list[int]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


def _steps(page: Page, call: str) -> Steps:
    at_rest(page)
    found = Steps(**page.evaluate(call))
    at_rest(page)
    return found


def _busy_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(
        next(found["value"] for found in metrics if found["name"] == "TaskDuration")
    )


def _heap(page: Page) -> int:
    at_rest(page)
    session = page.context.new_cdp_session(page)
    # A second collection takes what finalisers of the first let go.
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return int(used)
