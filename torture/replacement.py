"""The data folder is replaced under load: by a broken one, then by a good one."""

import json
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from deployed import Deployed, deployed, get
from table import Row, aim
from working import until

from geo_astana import dataset
from torture import wire
from torture.bounds import Bounds

# How long the broken folder stands there while readers read.
SECONDS = 10
READERS = 4
# Both processes have answered when so many answers in a row agree.
AGREED = 12
LOOK_S = 0.1
TITLE = "A title that was changed"
REFUSED = "The data folder was replaced by one with"
STAMPED = re.compile(rb"/data/(\w+)/")


def rows(bounds: Bounds) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        served = Path(name, "geo")
        shutil.copytree(dataset.default_folder(), served)
        with (
            deployed({"GEO_ASTANA_DATA": str(served)}) as server,
            _Readers(server.address) as readers,
        ):
            return _replaced(server, served, readers, bounds.time(SECONDS))


def _replaced(
    server: Deployed, served: Path, readers: "_Readers", seconds: float
) -> list[Row]:
    before = known_by(server)
    _put(served, _broken)
    begun = time.monotonic()
    until(lambda: _agree(server, refused=True))
    told_s = time.monotonic() - begun
    time.sleep(seconds)
    same = known_by(server) == before
    said = [line["message"] for line in server.lines() if REFUSED in line["message"]]
    fault = get(f"{server.address}readyz").json["refused"]["faults"][0]
    failed = readers.failed
    _put(served, _retitled)
    begun = time.monotonic()
    until(lambda: _agree(server, refused=False))
    taken_s = time.monotonic() - begun
    new = TITLE in get(f"{server.address}download/events.csv").text
    late = readers.failed - failed
    return [
        Row(
            "Data: folder replaced by a broken one under load",
            f"{failed} of {readers.asked:,} requests failed",
            f"/readyz of both processes tells after {told_s:.1f} s; pages, data and "
            f"ETags {'as before' if same else 'CHANGED'}",
            aim("old data stays, none failed", met=same and not failed),
        ),
        Row(
            "Data: what the log says of it",
            f"{len(said)} lines",
            fault,
            aim("one of each process", met=len(said) == 2),
        ),
        Row(
            "Data: then by a good one with a changed title",
            f"served by both after {taken_s:.1f} s",
            f"{late} requests failed",
            aim("new title, none failed", met=new and not late),
        ),
    ]


def _put(served: Path, change: Callable[[Path], None]) -> None:
    """Another folder in the place of the served one, at once."""
    new, old = served.with_name("new"), served.with_name("old")
    shutil.copytree(dataset.default_folder(), new)
    change(new)
    served.rename(old)
    new.rename(served)
    shutil.rmtree(old)


def _broken(folder: Path) -> None:
    """A day that is none."""
    path = folder / "events.csv"
    path.write_text(path.read_text("utf-8").replace("2017", "20x7", 1), "utf-8")


def _retitled(folder: Path) -> None:
    """Another title for one event, and a version of its own for the data."""
    path = folder / "events.csv"
    title = dataset.load(folder).events["ast-08"].title
    path.write_text(path.read_text("utf-8").replace(title, TITLE), "utf-8")
    package = folder / "datapackage.json"
    told = json.loads(package.read_text("utf-8"))
    package.write_text(json.dumps({**told, "version": "9.9.9"}), "utf-8")


def _agree(server: Deployed, *, refused: bool) -> bool:
    """Whether both processes serve the new data, or tell that they refused it."""
    told = [get(f"{server.address}readyz").json for _ in range(AGREED)]
    if refused:
        return all(one["refused"] for one in told)
    return all(one["data"]["version"] == "9.9.9" for one in told)


def known_by(server: Deployed) -> list[str]:
    """What pages and data are known by."""
    stamp = STAMPED.search(get(server.address).body)
    name = stamp[1].decode() if stamp else "none"
    paths = ("?embed=slide", f"data/{name}/payload.json", "download/events.csv")
    return [name, *(f"{get(server.address + path).headers['ETag']}" for path in paths)]


class _Readers:
    """They open the page and load its data, until they are told to stop."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        self.asked = self.failed = 0

    def _read(self) -> None:
        while not self._done.wait(LOOK_S):
            page = wire.ask(self._address, wire.request(b"/"))
            stamp = STAMPED.search(page.body)
            path = b"/data/" + (stamp[1] if stamp else b"none") + b"/payload.json"
            data = wire.ask(self._address, wire.request(path))
            self.asked += 2
            self.failed += (page.status != 200) + (data.status != 200)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()
