"""A process of the server is killed under load; then the server is told to end."""

import fcntl
import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from deployed import Deployed, deployed, get
from table import Row, aim
from visiting import chromium
from working import browsers_below, browsers_in, until

from torture import load, ordering, views, wire
from torture.bounds import Bounds

SECONDS, EVERY_S = 60, 4
READERS = 8
PROBE_S = 0.02
LEFT_S = 2
HEALTH = wire.request(b"/healthz")
FRAME = wire.request(b"/?embed=slide")
PICTURE = f"export/picture.png?{ordering.DAY}&size=16:9&scale=2"
FINE = 200


def rows(bounds: Bounds) -> list[Row]:
    with deployed() as server:
        killed = _killed(server, bounds.time(SECONDS))
        return [*killed, *_ended(server)]


def _killed(server: Deployed, seconds: float) -> list[Row]:
    with chromium() as browser:
        view = views.recorded(browser, server.address)
    back: list[float] = []
    with _probed(server) as probe:
        running = load.Running(server.address, view.asked, seconds)
        while not running.over(min(EVERY_S, seconds / 2)):
            back.append(_kill(server, len(back)))
        found = running.wait()
    share = found.errors / (found.requests + found.broken)
    return [
        Row(
            f"Kill: {len(back)} processes killed in {seconds:.0f} s of load",
            f"{share:.3%} failed",
            f"{found.errors} of {found.requests:,} requests, {load.CONNECTIONS} "
            "connections; each kill ends what its process answers",
            aim("under 1%", met=share < 0.01),
        ),
        Row(
            "Kill: a new process answers after",
            f"{statistics.median(back):.1f} s",
            f"most {max(back):.1f} s; meanwhile the other answers",
        ),
        Row(
            "Kill: new connections meanwhile",
            f"{probe.failed} failed",
            f"of {probe.asked:,}; longest without an answer {probe.longest:.2f} s",
        ),
    ]


def _kill(server: Deployed, number: int) -> float:
    """Kill one process of the server; seconds until its successor answers."""
    old = {one.pid for one in psutil.Process(server.process.pid).children()}
    os.kill(sorted(old)[number % len(old)], signal.SIGKILL)
    begun = time.monotonic()
    with ExitStack() as kept:

        def answers() -> bool:
            # A connection that is kept shows whom it has reached.
            kept.enter_context(closing(_asked(server.address)))
            new = psutil.Process(server.process.pid).children()
            return any(one.pid not in old and _talks(one) for one in new)

        until(answers)
        return time.monotonic() - begun


def _asked(address: str) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=EVERY_S)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    return connection


def _talks(process: psutil.Process) -> bool:
    """Whether anybody is connected to it."""
    try:
        return any(
            one.status == psutil.CONN_ESTABLISHED
            for one in process.net_connections("tcp")
        )
    except psutil.Error:
        return False


class _Probe:
    """Asks whether the server is well, each time on a new connection."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._done = threading.Event()
        self.asked = self.failed = 0
        self.longest = 0.0

    def run(self) -> None:
        last = time.monotonic()
        while not self._done.wait(PROBE_S):
            self.asked += 1
            if wire.ask(self._address, HEALTH).status == FINE:
                now = time.monotonic()
                self.longest, last = max(self.longest, now - last), now
            else:
                self.failed += 1

    def stop(self) -> None:
        self._done.set()


@contextmanager
def _probed(server: Deployed) -> Iterator[_Probe]:
    probe = _Probe(server.address)
    thread = threading.Thread(target=probe.run)
    thread.start()
    try:
        yield probe
    finally:
        probe.stop()
        thread.join()


def _ended(server: Deployed) -> list[Row]:
    """End the server while it answers readers, draws a picture and makes a film."""
    ordering.order(server.address)
    master = psutil.Process(server.process.pid)
    until(lambda: browsers_below(master.pid))
    drawn: list[int] = []
    drawing = threading.Thread(
        target=lambda: drawn.append(get(server.address + PICTURE).status)
    )
    statuses: list[int] = []

    def read() -> None:
        while (status := wire.ask(server.address, FRAME).status) != wire.NOBODY:
            statuses.append(status)

    browsers = len(browsers_below(master.pid))
    drawing.start()
    until(lambda: len(browsers_below(master.pid)) > browsers)
    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    time.sleep(1)
    below = master.children(recursive=True)
    begun = time.monotonic()
    code = server.stop()
    took = time.monotonic() - begun
    for one in (drawing, *readers):
        one.join()
    broken = sum(status != FINE for status in statuses)
    # A browser’s own processes end a moment after it.
    _, left = psutil.wait_procs(below, LEFT_S)
    browsing, held = browsers_in(server.folder), _held(server.folder)
    folders = list(server.folder.glob("geo-astana-data-*"))
    clean = not (left or browsing or held or folders)
    return [
        Row(
            "Kill: server told to end (SIGTERM) under load",
            f"{took:.1f} s, status {code}",
            f"its picture: {drawn[0]}; {broken} of {len(statuses):,} pages had no "
            "answer",
            aim("picture finished, status 0", met=drawn == [FINE] and code == 0),
        ),
        Row(
            f"Kill: left of it after {LEFT_S} s",
            f"{len(left)} processes, {len(browsing)} browsers",
            f"{len(held)} locks held, {len(folders)} copies of data",
            aim("nothing", met=clean),
        ),
    ]


def _held(folder: Path) -> list[Path]:
    """Files that somebody holds a lock on."""
    return [path for path in folder.rglob("*") if path.is_file() and _locked(path)]


def _locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
