"""Readers who open the page, on two processes, beside a bare Flask on as many."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployed import Deployed, deployed, get
from table import Row, aim, kb
from visiting import chromium

from torture import bare_app, load, views
from torture.bounds import Bounds
from torture.load import Asked, Load

SECONDS, ROUNDS = 15, 5
LIGHT = "?embed=slide"


def rows(bounds: Bounds) -> list[Row]:
    seconds = bounds.time(SECONDS)
    with deployed() as server:
        with chromium() as browser:
            whole = views.recorded(browser, server.address)
            light = views.recorded(browser, server.address, LIGHT)
        index, tag = whole.asked[0], get(server.address + LIGHT).headers["ETag"]
        again = Asked("/" + LIGHT, headers=(*index.headers, ("If-None-Match", tag)))
        kinds = {
            "first view": whole.asked,
            "first view of a frame": light.asked,
            "the page alone": [index],
            "a frame’s page, not changed (304)": [again],
        }
        found = {
            name: _sent(server.address, asked, seconds) for name, asked in kinds.items()
        }
    with _bare(whole.mean_bytes) as server:
        file = Asked(f"/{bare_app.FILE}", headers=index.headers)
        bare = _sent(server.address, [file], seconds)
    counts = {"first view": len(whole.asked), "first view of a frame": len(light.asked)}
    sizes = {"first view": whole.bytes, "first view of a frame": light.bytes}
    rows = [
        Row(
            "Readers: bare Flask, one static file",
            f"{bare.best.rate:,.0f} requests/s",
            f"{kb(whole.mean_bytes)} each; {_times(bare)}",
        )
    ]
    for name, one in found.items():
        count = counts.get(name, 1)
        told = f"{one.best.rate / bare.best.rate:.2f} of bare Flask; {_times(one)}"
        rows.append(
            Row(
                f"Readers: {name}",
                f"{one.best.rate:,.0f} requests/s",
                told,
                aim("no error", met=one.errors == 0),
            )
        )
        if name in sizes:
            rows.append(
                Row(
                    f"– whole views, {name}",
                    f"{one.best.rate / count:,.1f} views/s",
                    f"{count} requests, {kb(sizes[name])} each",
                )
            )
    return rows


@dataclass(frozen=True, slots=True)
class _Rounds:
    """The fastest round, the requests a second of the slowest, the errors of all."""

    best: Load
    least: float
    errors: int


def _sent(address: str, asked: Sequence[Asked], seconds: float) -> _Rounds:
    rounds = [load.sent(address, asked, seconds / ROUNDS) for _ in range(ROUNDS)]
    rates = [one.rate for one in rounds]
    best = rounds[rates.index(max(rates))]
    return _Rounds(best, min(rates), sum(one.errors for one in rounds))


def _times(one: _Rounds) -> str:
    lost = f", {one.errors} failed" if one.errors else ""
    times = f"p50 {one.best.p50_ms:.1f} ms, p99 {one.best.p99_ms:.1f} ms"
    return f"{times}; slowest round {one.least:,.0f} a second{lost}"


class _Bare(Deployed):
    """The bare application, on the processes and settings that ours has."""

    def start(self) -> None:
        options = "-m gunicorn -c python:geo_astana.gunicorn bare_app:server"
        self.command = [sys.executable, *options.split()]
        super().start()


@contextmanager
def _bare(size: int) -> Iterator[Deployed]:
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        bare_app.fill(files, size)
        own = str(Path(bare_app.__file__).parent)
        server = _Bare(files, {bare_app.FOLDER: folder, "PYTHONPATH": own})
        try:
            yield server
        finally:
            server.stop()
