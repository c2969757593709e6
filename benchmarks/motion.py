"""What a step costs in headless Chromium, and what the first view weighs."""

import contextlib
import json
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright

# As tests/test_browser.py drives it: flags for GL would slow SVG many times over.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
VIEWPORT = (1366, 768)


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


def opened(browser: Browser, address: str) -> tuple[Page, list[Transfer]]:
    """A page at rest on the first view, and everything it loaded for it."""
    width, height = VIEWPORT
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - playwright needs a function of Python
    page.goto(address + "?theme=light")
    page.wait_for_selector("[data-ready=true]", state="attached")
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_load_state("networkidle")
    at_rest(page)
    page.evaluate(Path(__file__).with_name("motion.js").read_text("utf-8"))
    return page, [
        Transfer(request.url, sizes["responseBodySize"], sizes["responseHeadersSize"])
        for request in requests
        if request.url.startswith(address)
        for sizes in (request.sizes(),)
    ]


def at_rest(page: Page) -> None:
    page.wait_for_function("!document.querySelector('.view.moving')")


def idle(page: Page, count: int) -> Steps:
    """The same measure while nothing is done."""
    return _steps(page, f"bench.idle({count})")


def scrub(page: Page, count: int) -> Steps:
    """Input events of the slider, evenly over the years in view."""
    return _steps(page, f"bench.scrub({count})")


def play(page: Page, days: list[int]) -> Steps:
    """Steps to days counted from the record's first."""
    return _steps(page, f"bench.play({json.dumps(days)})")


def heap_growth(page: Page, every: list[int], steps: int) -> int:
    """Bytes by which the collected heap grows over `steps`, once all was seen."""
    page.evaluate(f"bench.walk({json.dumps(every)})")
    before = _heap(page)
    # 37 is prime to the number of states: the order jumps and misses none.
    order = [every[step * 37 % len(every)] for step in range(steps)]
    page.evaluate(f"bench.walk({json.dumps(order)})")
    return _heap(page) - before


def quantiles(values: list[float] | list[int]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


def _steps(page: Page, call: str) -> Steps:
    at_rest(page)
    found = Steps(**page.evaluate(call))
    at_rest(page)
    return found


def _heap(page: Page) -> int:
    at_rest(page)
    session = page.context.new_cdp_session(page)
    # A second collection takes what finalisers of the first let go.
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return int(used)
