"""We and our peers on the same intervals in the same browser."""

import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import intervals
import motion
import start
from motion import Growth, Steps, Transfer
from playwright.sync_api import Browser, Page
from table import kb, ms

from geo_astana import labels, maps, timeline
from geo_astana.dataset import Dataset

HERE = Path(__file__).parent
OURS, ONCE = "geo-astana", "× 1"
STEPS = 60
HEAP_STEPS = 1000
HEAP_SECONDS = 8
DATES = 20
SEED = 20
HEAD = (
    "Page",
    "Data",
    "Step to painted, median / p95",
    "Script, p95",
    "Main thread a step",
    "First data drawn",
    "Bytes",
    f"Heap over {HEAP_STEPS:,} steps",
    "Right",
)
NOTE = f"""
In brackets: how many times ours on the same data. Step: {STEPS} days in a row on which
something begins or ends, around the middle of the record, painted as above; vis-
timeline and px draw after the call, so their time counts from the moment they have
drawn. Script: the call alone. Main thread: all work of the page's main thread a step,
style and paint included, as Chromium counts it. First data drawn: from the navigation
to the frame after the first mark. Bytes: as sent to an empty cache, compressed. Heap:
collected, after all was shown once; fewer steps where {HEAP_SECONDS} s were not
enough. Right: at how many of {DATES} random dates the ids drawn are those that Python
says hold. leaflet.timeline has no tiles and no base map here; vis-timeline has no map,
and its window is the day. px shows only days that have a frame: each day of a change,
and on the larger data the first of each month, because each frame repeats every
outline."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one page."""

    page: str
    data: str
    steps: Steps
    busy_ms: float
    first_drawn_ms: float
    size: int
    heap: Growth
    right: int


@dataclass(frozen=True, slots=True)
class _Peer:
    """A page, the selector of its first data, and its file where npm serves it."""

    name: str
    drawn: str
    page: str = ""


PEERS = (
    _Peer("leaflet.timeline", "path.leaflet-interactive", "leaflet_timeline"),
    _Peer(
        "vis-timeline",
        ".vis-timeline[style*='visibility: visible'] .vis-item",
        "vis_timeline",
    ),
    _Peer("px in Dash", "path.point, path.choroplethlocation"),
)


def ours(page: Page, record: Dataset, data: str, transfers: list[Transfer]) -> Figures:
    """Our own page; what it draws is marks in their looks."""
    return _measured((OURS, data), page, transfers, record, _marks)


def peers(
    browser: Browser, record: Dataset, data: str, folder: Path | None
) -> Iterator[Figures]:
    """Each peer on the record's intervals; `folder` holds the packages of npm."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "record.json"
        intervals.write(record, path)
        for peer in PEERS:
            arguments = _arguments(peer, path, folder, data)
            if not arguments:
                continue
            with (
                start.server(arguments) as address,
                motion.opened(browser, address, peer.drawn) as (page, transfers),
            ):
                named = (peer.name, data)
                yield _measured(named, page, transfers, record, intervals.on)


def rows(found: list[Figures], idle: Steps) -> list[tuple[str, ...]]:
    """The head and a line a page, in brackets how many times ours on the same data."""
    base = {figures.data: figures for figures in found if figures.page == OURS}
    still = ("Idle page", "", ms(motion.quantiles(idle.painted)))
    return [HEAD, (*still, *[""] * (len(HEAD) - len(still)))] + [
        _row(figures, base[figures.data]) for figures in found
    ]


def _row(figures: Figures, base: Figures) -> tuple[str, ...]:
    painted, script = _painted(figures), _script(figures)

    def times(value: float, other: float) -> str:
        if figures is base or not other:
            return ""
        ratio = value / other
        return f" ({ratio:.1f})" if ratio >= 1 else f" ({ratio:.2f})"

    heap = figures.heap
    short = f" in {heap.steps}" if heap.steps < HEAP_STEPS else ""
    return (
        figures.page,
        figures.data,
        ms(painted) + times(painted[0], _painted(base)[0]),
        f"{script[1]:.1f} ms" + times(script[1], _script(base)[1]),
        f"{figures.busy_ms:.1f} ms" + times(figures.busy_ms, base.busy_ms),
        f"{figures.first_drawn_ms / 1000:.1f} s"
        + times(figures.first_drawn_ms, base.first_drawn_ms),
        kb(figures.size) + times(figures.size, base.size),
        kb(heap.size) + short,
        f"{figures.right} of {DATES}",
    )


def _painted(figures: Figures) -> tuple[float, float]:
    return motion.quantiles(figures.steps.painted)


def _script(figures: Figures) -> tuple[float, float]:
    return motion.quantiles(figures.steps.script)


def _arguments(
    peer: _Peer, path: Path, folder: Path | None, data: str
) -> tuple[str, ...]:
    """How its server is started, nothing where its packages are missing."""
    if not peer.page:
        frames = "changes" if data == ONCE else "months"
        return str(HERE / "px_app.py"), str(path), frames
    if folder is None:
        return ()
    return str(HERE / "peer_app.py"), peer.page, str(path), str(folder)


def _measured(
    named: tuple[str, str],
    page: Page,
    transfers: list[Transfer],
    record: Dataset,
    expected: Callable[[Dataset, date], set[str]],
) -> Figures:
    first_drawn, size = motion.first_drawn_ms(page), motion.size(transfers)
    steps, busy = motion.busy_ms(page, intervals.middle_days(record, STEPS))
    days = intervals.change_days(record)
    chance = random.Random(SEED)  # noqa: S311 - must be repeatable
    dates = [chance.randrange(days[-1]) for _ in range(DATES)]
    right = sum(
        motion.drawn(page, day) == expected(record, intervals.day_of(record, day))
        for day in dates
    )
    heap = motion.heap_growth(page, days, HEAP_STEPS, HEAP_SECONDS)
    return Figures(*named, steps, busy, first_drawn, size, heap, right)


def _marks(record: Dataset, day: date) -> set[str]:
    """The marks of a day with their look, the first of a place, as the maps show it."""
    first: dict[str, str] = {}
    for mark in timeline.state_on(record, day).marks:
        first.setdefault(mark.mark, mark.look)
    away = {
        f"at:{place.place_id}"
        for place in maps.marked_places(record)
        if not labels.map_of(place)
    }
    at_rest = {f"at:{place}" for place in maps.quiet_places(record)} - first.keys()
    looks = first | dict.fromkeys(at_rest, maps.AT_REST[0])
    return {
        f"{mark} {look}"
        for mark, look in looks.items()
        if look and mark not in away and not mark.startswith("lane:")
    }
