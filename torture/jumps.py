"""Clocks jump: that of the server, that of the reader, and a laptop sleeps."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil
from deployed import Deployed, deployed, get
from playwright.sync_api import Browser, BrowserContext, Page
from table import Row, aim
from visiting import chromium
from working import browsers_below, until

from geo_astana import limits, settings
from torture import ordering, replacement, views
from torture.bounds import Bounds

HOUR_S, DAY_S, YEAR_S = 3600, 86_400, 31_536_000
JUMPS = (-DAY_S, YEAR_S, 0)
# A clock that is corrected, and one that was wrong.
STEPS = {"2 s ahead": 2, "an hour back": -HOUR_S, "an hour ahead": HOUR_S}
LIMIT, ASKED = 30, 100
FINE, LATER = 200, 429
# Both ends of the world, one that changes its hours in the year, and one in between.
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "Asia/Kolkata")
# Among them days on which hours change, and the ends of years.
DAYS = (
    "2016-12-30 2016-12-31 2017-01-01 2017-03-26 2017-10-29 2017-12-21 2018-02-28 "
    "2020-02-29 2024-11-30"
).split()
YEARS = (1970, 2099)
SHOWN = """() => [
  geoAstana.view.get().date,
  document.querySelector('.exact').value,
  document.querySelector('.slider').getAttribute('aria-valuetext'),
  ...[...document.querySelectorAll('.date, .sentence, .cards')]
    .map((node) => node.textContent),
]"""
DAY = "Number(document.querySelector('.slider').value)"
SLEEP_MS, AWAKE_MS = HOUR_S * 1000, 100
# The most days that a sleep may take the clock on, at a month a second.
MOST_DAYS = 31


def rows(bounds: Bounds) -> list[Row]:
    days = DAYS[: bounds.number(len(DAYS))]
    with tempfile.TemporaryDirectory() as name:
        ahead = Path(name, "ahead")
        ahead.write_text("0", "ascii")
        environment = {
            "PYTHONPATH": str(Path(__file__).with_name("wall")),
            "TORTURE_CLOCK": str(ahead),
            settings.EXPORTS: f"{LIMIT}",
        }
        with deployed(environment) as server, chromium() as browser:
            return [
                _slept(browser, server.address),
                _zoned(browser, server.address, days),
                _jobs(server, ahead),
                *_served(server, ahead),
            ]


def _slept(browser: Browser, address: str) -> Row:
    """A laptop is closed while the map plays, and opened an hour later."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(views.PATIENCE_MS)
    page.clock.install()
    page.goto(f"{address}?{ordering.DAY}")
    page.wait_for_selector(views.READY, state="attached")
    page.click(".clock-play")
    now = page.evaluate("Date.now()")
    page.clock.pause_at(datetime.fromtimestamp(now / 1000 + 60, UTC))
    before = page.evaluate(DAY)
    page.clock.fast_forward(SLEEP_MS)
    page.clock.run_for(AWAKE_MS)
    moved = page.evaluate(DAY) - before
    context.close()
    return Row(
        "Clock: a laptop sleeps for an hour while the map plays",
        f"{moved} days on",
        "at a month a second",
        aim(f"1 to {MOST_DAYS}", met=0 < moved <= MOST_DAYS),
    )


def _zoned(browser: Browser, address: str, days: list[str]) -> Row:
    """Readers at both ends of the world, and with wrong clocks, see the same days."""
    reference = _days(browser.new_context(timezone_id="UTC"), address, days)
    others = {
        zone: _days(browser.new_context(timezone_id=zone), address, days)
        for zone in ZONES
    }
    for year in YEARS:
        context = browser.new_context(timezone_id=ZONES[0])
        context.clock.set_fixed_time(datetime(year, 1, 1, tzinfo=UTC))
        others[f"{year}"] = _days(context, address, days)
    differing = [name for name, found in others.items() if found != reference]
    return Row(
        f"Clock: {len(days)} days in {len(ZONES)} time zones, in 1970 and 2099",
        f"{len(differing)} differ",
        ", ".join(differing) or "date, sentence, cards and clock as in UTC",
        aim("none", met=not differing),
    )


def _days(context: BrowserContext, address: str, days: list[str]) -> list[list[str]]:
    """What is shown on each day."""
    page = context.new_page()
    page.set_default_timeout(views.PATIENCE_MS)
    page.goto(address)
    page.wait_for_selector(views.READY, state="attached")
    found = [_shown(page, day) for day in days]
    context.close()
    return found


def _shown(page: Page, day: str) -> list[str]:
    page.evaluate("(date) => geoAstana.view.set({ date })", day)
    page.wait_for_selector(".view:not(.moving)", state="attached")
    shown: list[str] = page.evaluate(SHOWN)
    return shown


def _jobs(server: Deployed, ahead: Path) -> Row:
    """A film is being made when the server's clock is set."""
    ends = {}
    for name, seconds in STEPS.items():
        job = ordering.order(server.address)
        ordering.begun(server, job)
        ahead.write_text(f"{seconds}", "ascii")
        ends[name] = job.wait()
        until(lambda: not browsers_below(server.process.pid))
        ahead.write_text("0", "ascii")
    done = [name for name, end in ends.items() if end["state"] == "done"]
    told = [f"{name}: {end['words']}" for name, end in ends.items() if name not in done]
    return Row(
        f"Clock: the server’s is set while a film is made ({', '.join(STEPS)})",
        f"{len(done)} of {len(STEPS)} done",
        "; ".join(told),
        aim("all done", met=len(done) == len(STEPS)),
    )


def _served(server: Deployed, ahead: Path) -> list[Row]:
    """What readers get, and what one may ask for, whatever the clock says."""
    before, processes = replacement.known_by(server), _processes(server)
    same = True
    for seconds in JUMPS:
        ahead.write_text(f"{seconds}", "ascii")
        same = same and replacement.known_by(server) == before
    given = [_plans(server)]
    for seconds in JUMPS:
        ahead.write_text(f"{seconds}", "ascii")
        given.append(_plans(server))
    alive = _processes(server) == processes
    # The steady rate goes on meanwhile: a token each other second, in two processes.
    late = sum(count for count, _ in given[1:])
    waits = max(wait for _, wait in given)
    return [
        Row(
            "Clock: the server’s is set a day back, a year ahead, and right",
            "pages, data and ETags " + ("as before" if same else "CHANGED"),
            "the same processes" if alive else "PROCESSES ENDED",
            aim("as before", met=same and alive),
        ),
        Row(
            f"Clock: exports of one client, {LIMIT} a minute in each process",
            f"{given[0][0]}, then {late} of {ASKED * len(JUMPS)}",
            f"told to wait {waits} s at most",
            aim(
                "none given away, no long wait",
                met=late <= LIMIT and 0 < waits <= limits.MINUTE_S,
            ),
        ),
    ]


def _plans(server: Deployed) -> tuple[int, int]:
    """How many of ASKED orders are looked at, and the longest wait told, in s."""
    plan = f"{server.address}export/plan?{ordering.DAY}"
    answers = [get(plan) for _ in range(ASKED)]
    told = [one.headers["Retry-After"] for one in answers if one.status == LATER]
    return (
        sum(one.status == FINE for one in answers),
        max(map(int, told), default=0),
    )


def _processes(server: Deployed) -> set[int]:
    return {one.pid for one in psutil.Process(server.process.pid).children()}
