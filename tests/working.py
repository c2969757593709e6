"""Redis, workers and jobs as they run on a server, for the tests of exports."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import redis

from geo_astana import broker
from geo_astana.jobs import CeleryJobs, DiskJobs
from geo_astana.ticket import Task

# As often as a page asks.
POLL_S = 0.2
PATIENCE_S = 60
# A film of a few small pictures: long enough to be stopped in the middle.
FILM = {
    "what": "film",
    "format": "mp4",
    "from": "2017-12-10",
    "to": "2017-12-24",
    "step": "day",
    "size": "640x360",
}


def until(found: Callable[[], Any]) -> Any:
    """What the function finds, once it finds something."""
    rest, latest = threading.Event(), time.monotonic() + PATIENCE_S
    while not (what := found()):
        assert time.monotonic() < latest, "it did not come to pass"
        rest.wait(POLL_S)
    return what


class Redis:
    """A Redis server on a free port of this machine, which forgets all when it ends."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        own = str(Path(sys.executable).parent)
        program = shutil.which("redis-server", path=f"{own}:{os.environ['PATH']}")
        assert program, "run scripts/install_redis.sh"
        options = f"--port {self._port} --bind 127.0.0.1 --appendonly no --save"
        self._process = subprocess.Popen(
            [program, *options.split(), ""], stdout=subprocess.DEVNULL
        )
        until(self._answers)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def forget(self, name: str) -> None:
        """Lose one value."""
        with redis.Redis.from_url(self.url) as client:
            assert client.delete(name)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False


class Workers:
    """Celery workers of one process each, that write into a folder of their own."""

    def __init__(self, url: str, folder: Path) -> None:
        self._environment = {
            **os.environ,
            "GEO_ASTANA_REDIS_URL": url,
            "TMPDIR": str(folder),
        }
        self._app = broker.Queue(url).app
        self._started = 0
        self.running: list[subprocess.Popen[bytes]] = []

    def have(self, count: int) -> None:
        """Start as many as are missing, each in a process group of its own."""
        while len(self.running) < count:
            self._start()
        until(lambda: self._ready() == count)

    def _ready(self) -> int:
        with self._app.connection() as connection:
            ping = self._app.control.ping
            return len(ping(timeout=1, limit=len(self.running), connection=connection))

    def _start(self) -> None:
        self._started += 1
        options = "--pool prefork --concurrency 1 --loglevel CRITICAL"
        options += f" --without-mingle --without-gossip --hostname {self._started}@test"
        celery = [sys.executable, "-m", "celery", "-A", "geo_astana.worker", "worker"]
        self.running.append(
            subprocess.Popen(
                [*celery, *options.split()],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    def busy(self) -> subprocess.Popen[bytes] | None:
        """The one that draws, if any does."""
        drawing = (one for one in self.running if browsers_below(one.pid))
        return next(drawing, None)

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """End one with all its processes, without a warning."""
        self.running.remove(worker)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def kill_all(self) -> None:
        for worker in list(self.running):
            self.kill(worker)


def browsers_below(pid: int) -> list[psutil.Process]:
    """Browsers that a process has started, itself or through others."""
    below = psutil.Process(pid).children(recursive=True)
    return [process for process in below if "chrom" in _name(process)]


def browsers_in(folder: Path) -> list[psutil.Process]:
    """Browsers that keep their profile in a folder, whoever started them."""
    return [
        process
        for process in psutil.process_iter()
        if "chrom" in _name(process) and str(folder) in command(process)
    ]


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


def command(process: psutil.Process) -> str:
    """Its command line, "" if it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


class Page:
    """Asks for a job as Dash does for a page."""

    def __init__(self, manager: DiskJobs | CeleryJobs, version: str) -> None:
        self.manager = manager
        self._version = version

    def order(self, fields: dict[str, str] = FILM) -> str:
        """The key of a new job."""
        key = secrets.token_hex()
        task = Task(fields, "https://talks.example/", "talks.mp4", self._version)
        return self.manager.call_job_fn(key, lambda: task, [], None)

    def words(self, key: str) -> str:
        """What is said of a job now, "" if nothing is heard."""
        said = self.manager.get_progress(key)
        return str(said[0]["words"]) if said else ""

    def still(self, key: str) -> bool:
        """Whether a job has not ended; asks as a page does."""
        return self.manager.get_result(key, key) is self.manager.UNDEFINED

    def steps(self, key: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """What is said of a job, and how it ended, as often as a page asks."""
        rest, latest = threading.Event(), time.monotonic() + PATIENCE_S
        while time.monotonic() < latest:
            words = self.words(key)
            end = self.manager.get_result(key, key)
            ended = end is not self.manager.UNDEFINED
            yield words, end if ended else None
            if ended:
                return
            rest.wait(POLL_S)
        raise AssertionError(f"{key} has not ended")

    def end(self, key: str) -> dict[str, Any]:
        """How a job ends."""
        return next(end for _, end in self.steps(key) if end)
