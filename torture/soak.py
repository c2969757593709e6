"""Two hours of play and thousands of requests: what stays in memory."""

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deployed import Deployed, deployed
from playwright.sync_api import Browser, CDPSession, Page
from table import Row, aim
from visiting import chromium

from geo_astana import dataset, settings
from torture import hostile, ordering, views, wire
from torture.bounds import Bounds
from torture.load import Asked

# A month a second for two hours; as many are stepped as the seconds allow.
DAYS_A_SECOND, PLAY_S = 30, 7200
STEPS = DAYS_A_SECOND * PLAY_S
SECONDS, WARM_S = 240, 60
QUARTERS = 4
HEAP_MB = 5
REQUESTS, WARM, AT_ONCE = 10_000, 5000, 4
SERVER_MB = 20
REFUSED = 400
OTHERS = (
    "/?embed=map",
    "/?present=four-zones",
    f"/?{ordering.DAY}",
    f"/export/plan?{ordering.DAY}",
    "/download/events.csv",
    "/readyz",
    "/embed.js",
)
MEGA = 1e6
DAY = "2017-12-21"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a page holds when all that nobody needs is collected."""

    heap_mb: float
    nodes: int
    listeners: int


def rows(bounds: Bounds) -> list[Row]:
    # Here one client asks for as much as many do.
    unbounded = {settings.EXPORTS: f"{settings.MOST_A_MINUTE}"}
    with deployed(unbounded) as server, chromium() as browser:
        played = _played(
            browser, server.address, bounds.number(STEPS), bounds.time(SECONDS)
        )
        view = views.recorded(browser, server.address)
        return [*played, *_asked(server, view.asked, bounds.number(REQUESTS))]


def _played(browser: Browser, address: str, steps: int, seconds: float) -> list[Row]:
    page = browser.new_page()
    page.set_default_timeout(views.PATIENCE_MS)
    page.goto(address)
    views.settle(page)
    page.evaluate(views.asset("motion.js"))
    record = dataset.load().record
    days = ((record.last or record.first) - record.first).days + 1
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    # What is kept for good is made when its day is first shown.
    _walk(page, 0, min(days, steps), days, min(seconds, WARM_S))
    samples, done = [_sample(page, session)], 0
    for _ in range(QUARTERS):
        done += _walk(page, done, steps // QUARTERS, days, seconds / QUARTERS)
        samples.append(_sample(page, session))
    page.close()
    heap = [sample.heap_mb for sample in samples]
    grown = heap[-1] - heap[0]
    minutes = done / DAYS_A_SECOND / 60
    nodes = [sample.nodes for sample in samples]
    listeners = [sample.listeners for sample in samples]
    return [
        Row(
            f"Soak: {done:,} day steps of the {STEPS:,} of two hours",
            f"heap {_series(f'{one:.1f}' for one in heap)} MB",
            f"{minutes:.0f} minutes of play, {days:,} days over and over; "
            f"{grown * 1000 / done * 1000:+.1f} kB per 1,000 steps",
            aim(f"under {HEAP_MB} MB more", met=grown < HEAP_MB),
        ),
        Row(
            "Soak: DOM nodes, at start and after each quarter",
            _series(f"{one:,}" for one in nodes),
        ),
        Row(
            "Soak: listeners, at start and after each quarter",
            _series(f"{one:,}" for one in listeners),
            "",
            aim("no more", met=listeners[-1] <= listeners[0]),
        ),
    ]


def _series(texts: Iterable[str]) -> str:
    return " → ".join(texts)


def _walk(page: Page, first: int, count: int, days: int, seconds: float) -> int:
    """Step through days in a row, over and over; how many were done in time."""
    page.set_default_timeout((seconds + 60) * 1000)
    done: int = page.evaluate(
        "([first, count, days, seconds]) => bench.walk(Array.from({ length: count }, "
        "(_, at) => (first + at) % days), seconds)",
        [first, count, days, seconds],
    )
    page.wait_for_selector(".view:not(.moving)", state="attached")
    return done


def _sample(page: Page, session: CDPSession) -> Sample:
    # Each time on the same day, which has its cards.
    page.evaluate("(date) => geoAstana.view.set({ date })", DAY)
    page.wait_for_selector(".view:not(.moving)", state="attached")
    page.evaluate("new Promise(requestIdleCallback)")
    # A second collection takes what finalisers of the first let go.
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    told = {
        one["name"]: one["value"]
        for one in session.send("Performance.getMetrics")["metrics"]
    }
    return Sample(
        told["JSHeapUsedSize"] / MEGA,
        int(told["Nodes"]),
        int(told["JSEventListeners"]),
    )


def _asked(server: Deployed, view: Sequence[Asked], count: int) -> list[Row]:
    """Requests of every kind but pictures, a few at a time."""
    wires = [wire.request(path.encode()) for path in OTHERS]
    for one in view:
        lines = "".join(f"{name}: {value}\r\n" for name, value in one.headers)
        wires.append(
            wire.request(one.path.encode(), one.method, lines.encode(), one.body)
        )
    endless = itertools.cycle(wires)
    memory, failed = [], 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for part in (min(WARM, count), *[count // QUARTERS] * QUARTERS):
            sent = pool.map(
                lambda one: wire.ask(server.address, one).status,
                itertools.islice(endless, part),
            )
            failed += sum(not 0 < status < REFUSED for status in sent)
            memory.append(hostile.memory_mb(server))
    grown = memory[-1] - memory[0]
    return [
        Row(
            f"Soak: memory of the two processes over {count:,} mixed requests",
            f"{_series(f'{one:.0f}' for one in memory)} MB",
            f"after {min(WARM, count)} to begin with; {failed} failed",
            aim(f"under {SERVER_MB} MB more", met=grown < SERVER_MB and not failed),
        )
    ]
