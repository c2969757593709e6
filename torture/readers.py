"""Readers who open the page, on two processes, beside a bare Flask on as many."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployed import Deployed, deployed, get
from table import Row, aim, kb
from visiting import chromium

from torture import bare_app, load, views
from torture.bounds import Bounds
from torture.load import Asked, Load

SECONDS = 15
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
            name: load.sent(server.address, asked, seconds)
            for name, asked in kinds.items()
        }
    with _bare(whole.mean_bytes) as server:
        file = Asked(f"/{bare_app.FILE}", headers=index.headers)
        bare = load.sent(server.address, [file], seconds)
    counts = {"first view": len(whole.asked), "first view of a frame": len(light.asked)}
    sizes = {"first view": whole.bytes, "first view of a frame": light.bytes}
    rows = [
        Row(
            "Readers: bare Flask, one static file",
            f"{bare.rate:,.0f} requests/s",
            f"{kb(whole.mean_bytes)} each; {_times(bare)}",
        )
    ]
    for name, one in found.items():
        count = counts.get(name, 1)
        told = f"{one.rate / bare.rate:.2f} of bare Flask; {_times(one)}"
        rows.append(
            Row(
                f"Readers: {name}",
                f"{one.rate:,.0f} requests/s",
                told,
                aim("no error", met=one.errors == 0),
            )
        )
        if name in sizes:
            rows.append(
                Row(
                    f"– whole views, {name}",
                    f"{one.rate / count:,.1f} views/s",
                    f"{count} requests, {kb(sizes[name])} each",
                )
            )
    return rows


def _times(one: Load) -> str:
    lost = f", {one.errors} of {one.requests:,} failed" if one.errors else ""
    return f"p50 {one.p50_ms:.1f} ms, p99 {one.p99_ms:.1f} ms{lost}"


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
