"""Measure speed and size in one run and print one table: `make bench`."""

import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import comparison
import exports
import generate
import intervals
import motion
import packages
import start
from motion import Growth, Steps, Transfer
from table import Row, aim, kb, markdown, ms, printed

import geo_astana
from geo_astana import api, dataset, timeline

STARTS = 3
STEPS = 200
HEAP_STEPS = 2000
DAYS = 400
SCRIPT_MS = 4
LARGER = f"× {generate.TIMES}"
LARGER_SCRIPT_MS = 8
PAYLOAD_BYTES = 40_000
BASEMAP_BYTES = 60_000
HEAP_BYTES = 5_000_000
BASEMAPS = ("world_110m.json", "world_50m.json")
# The parts of the first view by what their address holds; the first that fits counts.
PARTS = {
    "plotly.js": ("plotly.min.js",),
    "Dash's own scripts": ("_dash-component-suites", "_dash-dependencies"),
    "our scripts and styles": ("/assets/view/", "/assets/app.js", ".css"),
    "fonts": (".woff2",),
    "base maps": ("/basemap/",),
    "data and figures": (".json",),
    "page and layout": ("",),
}
NOTE = f"""
Painted: an input event is dispatched inside one requestAnimationFrame callback and the
time ends in the callback after the next one. The idle page runs the same code with
nothing to do, so one frame is half its median. Scrub: {STEPS} input events of the
slider, evenly over the years first in view. Play: one view.step for every state of
the record, so that every step changes something. {LARGER}: a record so many times as
large (benchmarks/generate.py), played over {STEPS} days of a change in a row. Script:
performance.now around the step, in steps of 0.1 ms. Bytes: as sent, with headers, to
an empty cache at {" × ".join(map(str, motion.VIEWPORT))}; kB is 1,000 bytes. Start:
from the start of the process to the answered GET /, median of {STARTS}, in turns."""


def main() -> None:
    record = geo_astana.load()
    first = record.data.record.first
    every = [(state.first - first).days for state in timeline.states(record.data)]
    rows = _starting()
    folder, missing = _packages()
    with tempfile.TemporaryDirectory() as scratch, motion.chromium() as browser:
        data = Path(scratch) / "data"
        generate.write(data)
        larger = dataset.load(data)
        with (
            start.server(start.OURS) as address,
            motion.opened(browser, address) as (page, transfers),
        ):
            idle = motion.idle(page, STEPS)
            rows.append(_idle(idle))
            scrub, play = motion.scrub(page, STEPS), motion.play(page, every)
            rows += _moving("", idle, scrub, play, SCRIPT_MS)
            rows += _weight(transfers)
            rows.append(_layout(address))
            found = [comparison.ours(page, record.data, comparison.ONCE, transfers)]
            rows.append(_heap(motion.heap_growth(page, every, HEAP_STEPS)))
        found += comparison.peers(browser, record.data, comparison.ONCE, folder)
        with (
            start.server((*start.OURS, "--data", str(data))) as address,
            motion.opened(browser, address) as (page, transfers),
        ):
            days = intervals.middle_days(larger, STEPS)
            scrub, play = motion.scrub(page, STEPS), motion.play(page, days)
            rows += _moving(f"{LARGER} ", idle, scrub, play, LARGER_SCRIPT_MS)
            found.append(comparison.ours(page, larger, LARGER, transfers))
        found += comparison.peers(browser, larger, LARGER, folder)
    rows += _days(record)
    rows += exports.rows(record.data)
    print(printed(rows))
    print(NOTE)
    print()
    print(markdown(comparison.rows(found, idle)))
    print(comparison.NOTE)
    if missing:
        print(f"\n{missing}")


def _packages() -> tuple[Path | None, str]:
    """Where the packages of the peers are, or one sentence on why they are not."""
    try:
        return packages.fetch(), ""
    except packages.MissingError as error:
        return None, f"leaflet.timeline and vis-timeline are left out: {error}"


def _starting() -> list[Row]:
    ours, empty = start.medians_s(STARTS)
    return [
        Row(
            "Start of the server to its first answer",
            f"{ours:.2f} s",
            f"empty Dash app {empty:.2f} s: {ours / empty:.1f} times",
        )
    ]


def _idle(idle: Steps) -> Row:
    still = motion.quantiles(idle.painted)
    return Row(
        "Idle page, median / p95", ms(still), f"a frame is {still[0] / 2:.1f} ms"
    )


def _moving(
    data: str, idle: Steps, scrub: Steps, play: Steps, script_ms: float
) -> list[Row]:
    still = motion.quantiles(idle.painted)
    frame = still[0] / 2
    rows = []
    for name, steps in ((f"{data}Scrub", scrub), (f"{data}Play", play)):
        painted = motion.quantiles(steps.painted)
        # Half a frame beyond is a frame at the screen; less is jitter of the clock.
        beyond = [
            round((value - other) / frame)
            for value, other in zip(painted, still, strict=True)
        ]
        rows.append(
            Row(
                f"{name}: input to painted, median / p95",
                ms(painted),
                f"{beyond[0]} and {beyond[1]} frames beyond idle",
                ""
                if data
                else aim("0 and 1 at most", met=beyond[0] <= 0 and beyond[1] <= 1),
            )
        )
        script = motion.quantiles(steps.script)
        rows.append(
            Row(
                f"{name}: script a step, median / p95",
                ms(script),
                f"most {max(steps.script):.1f} ms, {len(steps.script)} steps",
                aim(f"p95 under {script_ms} ms", met=script[1] < script_ms),
            )
        )
        touched = motion.quantiles(steps.touched)
        rows.append(
            Row(
                f"{name}: map nodes touched a step, median / p95",
                f"{touched[0]:.0f} / {touched[1]:.0f}",
                f"{sum(steps.touched):,} in all",
            )
        )
    return rows


def _weight(transfers: list[Transfer]) -> list[Row]:
    sums = dict.fromkeys(PARTS, 0)
    for sent in transfers:
        part = next(
            part
            for part, words in PARTS.items()
            if any(word in sent.url for word in words)
        )
        sums[part] += sent.body + sent.headers
    rows = [
        Row(
            "First view, all requests",
            kb(motion.size(transfers)),
            f"{len(transfers)} requests",
        )
    ]
    rows += [Row(f"– {part}", kb(total)) for part, total in sums.items()]
    payload = _body(transfers, "payload.json")
    within = aim(f"under {kb(PAYLOAD_BYTES)}", met=payload < PAYLOAD_BYTES)
    rows.append(Row("payload.json, gzipped", kb(payload), aim=within))
    rows += [
        Row(f"{name}, gzipped", kb(_body(transfers, name)))
        for name in ("cards.json", "view.json")
    ]
    maps = {name: _body(transfers, name) for name in BASEMAPS}
    within = aim(
        f"both under {kb(BASEMAP_BYTES)}", met=sum(maps.values()) < BASEMAP_BYTES
    )
    parts = " + ".join(kb(size) for size in maps.values())
    rows.append(Row("Base maps, gzipped", kb(sum(maps.values())), parts, within))
    return rows


def _body(transfers: list[Transfer], name: str) -> int:
    """Bytes of the body of the one request whose address ends in `name`."""
    (sent,) = (sent for sent in transfers if sent.url.endswith(f"/{name}"))
    return sent.body


def _layout(address: str) -> Row:
    with urllib.request.urlopen(address + "_dash-layout") as answer:  # noqa: S310 - our own server
        layout = answer.read()
    within = aim("no figure in it", met=b"scattergeo" not in layout)
    return Row("/_dash-layout, not compressed", kb(len(layout)), aim=within)


def _heap(growth: Growth) -> Row:
    within = aim(f"under {kb(HEAP_BYTES)}", met=growth.size < HEAP_BYTES)
    return Row(f"Heap growth over {growth.steps:,} steps", kb(growth.size), aim=within)


def _days(record: api.Record) -> list[Row]:
    first, last = record.data.record.first, record.data.record.last
    apart = ((last or first) - first).days // DAYS
    days = [first + timedelta(days=number * apart) for number in range(DAYS)]
    return [
        Row(name, f"{_per_second(act, days):,.0f} a second", f"{DAYS} days")
        for name, act in (
            ("record.on", record.on),
            ("timeline.state_on", lambda day: timeline.state_on(record.data, day)),
        )
    ]


def _per_second(act: Callable[[date], object], days: list[date]) -> float:
    begun = time.perf_counter()
    for day in days:
        act(day)
    return len(days) / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
