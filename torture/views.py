"""What a browser asks for when it opens the page for the first time."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Request

from torture.load import Asked

# Of each request's own: the connection, and what the body says of itself.
LEFT_OUT = ("host", "connection", "content-length")
READY = "[data-ready=true]"
PATIENCE_MS = 60_000
LOOK_MS, QUIET_MS = 100, 1000
LOADED = "performance.getEntriesByType('resource').length"


@dataclass(frozen=True, slots=True)
class View:
    """The requests of a first view, and the bytes of all their answers' bodies."""

    asked: tuple[Asked, ...]
    bytes: int

    @property
    def mean_bytes(self) -> int:
        return self.bytes // len(self.asked)


def recorded(browser: Browser, address: str, query: str = "") -> View:
    """Open a link with an empty cache; what was asked for, the page first."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    begun: list[Request] = []
    requests: list[Request] = []
    page.on("request", lambda request: begun.append(request))  # noqa: PLW0108 - playwright needs a function of Python
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108 - the same
    page.goto(address + query)
    settle(page)
    if waits := [request.url for request in begun if request not in requests]:
        raise SystemExit(f"The page waits for an answer: {', '.join(waits)}")
    ours = [request for request in begun if request.url.startswith(address)]
    view = View(
        tuple(_asked(request, address) for request in ours),
        sum(request.sizes()["responseBodySize"] for request in ours),
    )
    context.close()
    return view


def settle(page: Page) -> None:
    """Wait until a view stands and nothing more is loaded for QUIET_MS."""
    page.wait_for_selector(READY, state="attached")
    quiet_ms, before = 0, -1
    while quiet_ms < QUIET_MS:
        page.wait_for_timeout(LOOK_MS)
        loaded = page.evaluate(LOADED)
        quiet_ms = quiet_ms + LOOK_MS if loaded == before else 0
        before = loaded


def bodies(browser: Browser, address: str) -> list[bytes]:
    """What the page sends to callbacks while every panel is opened once."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    found: list[bytes] = []

    def hear(request: Request) -> None:
        if "_dash-update-component" in request.url and request.post_data_buffer:
            found.append(request.post_data_buffer)

    page.on("request", hear)
    page.goto(address)
    settle(page)
    for name in page.eval_on_selector_all(
        "[data-panel-button]", "all => all.map(one => one.dataset.panelButton)"
    ):
        page.evaluate("(panel) => geoAstana.view.set({ panel })", name)
        settle(page)
    page.close()
    return found


def _asked(request: Request, address: str) -> Asked:
    root = "/".join(address.split("/")[:3])
    headers = tuple(
        (name, value)
        for name, value in request.all_headers().items()
        if not name.startswith(":") and name not in LEFT_OUT
    )
    return Asked(
        request.url.removeprefix(root),
        request.method,
        headers,
        request.post_data_buffer or b"",
    )


def asset(name: str) -> str:
    """A script of the benchmarks, which a page can run."""
    return Path(__file__).parents[1].joinpath("benchmarks", name).read_text("utf-8")
