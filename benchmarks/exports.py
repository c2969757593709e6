"""Pictures against a bare screenshot, a hundred days, a deck, and memory over time."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import psutil
from table import Row, aim

from geo_astana import timeline
from geo_astana.dataset import Dataset
from geo_astana.export import browser, order
from geo_astana.export.picture import Picture, Studio
from geo_astana.link import View

EMPTY = "<!DOCTYPE html><title>empty</title>"
WARM = 15
DAYS = 100
SLIDES = 50
EARLY, LATE = 50, 500
TIMES_BARE = 3
GROWTH = 0.10
MB = 1_000_000


def rows(record: Dataset) -> list[Row]:
    """The figures of the exports, all of one run."""
    states = [state.first for state in timeline.states(record)]
    days = states[:: max(1, len(states) // DAYS)][:DAYS]
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.html"
        empty.write_text(EMPTY, "utf-8")
        bare_first, bare = _bare(empty)
        started = time.perf_counter()
        with Studio(record) as studio:
            studio.make(_slide(days[0]))
            first = time.perf_counter() - started
            warm = [_seconds(partial(studio.make, _slide(day))) for day in days[:WARM]]
            hundred = _seconds(lambda: [studio.make(_slide(day)) for day in days])
            fields = {
                "what": "deck",
                "dates": ",".join(day.isoformat() for day in states[:SLIDES]),
            }
            ordered = order.read(fields, record)
            path = Path(folder) / "deck.pptx"
            deck = _seconds(lambda: order.make(ordered, studio, path))
            size = path.stat().st_size
        grown = _grown(record, states)
    median, still = statistics.median(warm), statistics.median(bare)
    times = median / still
    return [
        Row("Bare screenshot, first / warm", f"{bare_first:.2f} / {still:.3f} s"),
        Row(
            "First picture",
            f"{first:.2f} s",
            f"{first / bare_first:.1f} bare first ones",
        ),
        Row(
            "Warm picture",
            f"{median:.3f} s",
            f"{times:.1f} bare ones",
            aim(f"under {TIMES_BARE}", met=times < TIMES_BARE),
        ),
        Row(f"Pictures of {len(days)} days", f"{len(days) / hundred:.1f} a second"),
        Row(f"Deck of {SLIDES} slides", f"{deck:.1f} s", f"{size / MB:.1f} MB"),
        *grown,
    ]


def _slide(day: date) -> Picture:
    return Picture(View(day=day))


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _bare(empty: Path) -> tuple[float, list[float]]:
    """Seconds of the first screenshot of an empty page, and of more of them."""

    def shoot(chromium: browser.Browser) -> bytes:
        return chromium.draw(empty, 1920, 1080, 1, browser.Page.screenshot)

    with browser.Browser() as chromium:
        first = _seconds(lambda: shoot(chromium))
        return first, [_seconds(lambda: shoot(chromium)) for _ in range(WARM)]


def _grown(record: Dataset, states: list[date]) -> list[Row]:
    """Memory of the browser and of this process after many pictures and after few."""
    held: dict[int, tuple[float, float]] = {}
    with Studio(record) as studio:
        for number in range(1, LATE + 1):
            studio.make(_slide(states[number % len(states)]))
            if number in (EARLY, LATE):
                held[number] = _memory()
    found = []
    for name, early, late in zip(
        ("browser", "server"), held[EARLY], held[LATE], strict=True
    ):
        growth = late / early - 1
        found.append(
            Row(
                f"Memory of the {name} after {EARLY} and {LATE} pictures",
                f"{early / MB:.0f} and {late / MB:.0f} MB",
                f"{growth:+.1%}",
                aim(f"under {GROWTH:.0%} more", met=growth < GROWTH),
            )
        )
    return found


def _memory() -> tuple[float, float]:
    """Bytes of our own pages: those of the browser, and those of this process."""
    this = psutil.Process()
    children = this.children(recursive=True)
    return (
        sum(child.memory_full_info().uss for child in children),
        this.memory_full_info().uss,
    )
