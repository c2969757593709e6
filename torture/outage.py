"""A worker is killed and Redis goes away while jobs are made: none is lost."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import redis
from table import Row, aim
from working import Page, Redis, Workers, browsers_in, until

from geo_astana import broker, dataset, errors, jobs
from geo_astana.jobs import CeleryJobs
from torture.bounds import Bounds

JOBS, WORKERS = 20, 2
# How long Redis is away, and how long all the jobs may take.
AWAY_S, PATIENCE_S = 8, 300
LOOK_S = 0.2
# A film, as its file begins.
KIND = b"ftyp"


class Kept(Redis):
    """A Redis that finds its data again when it is started anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__()

    def start(self) -> None:
        own = str(Path(sys.executable).parent)
        program = shutil.which("redis-server", path=f"{own}:{os.environ['PATH']}")
        if not program:
            raise SystemExit("No Redis found: run scripts/install_redis.sh.")
        options = f"--port {self._port} --bind 127.0.0.1 --dir {self._folder}"
        options += " --appendonly yes --appendfsync always --save"
        self._process = subprocess.Popen(
            [program, *options.split(), ""], stdout=subprocess.DEVNULL
        )
        until(self._answers)

    def _answers(self) -> bool:
        try:
            return super()._answers()
        except redis.BusyLoadingError:
            return False


@dataclass
class _Job:
    """What its page heard."""

    key: str
    end: dict[str, str] | None = None
    silences: int = 0


def rows(bounds: Bounds) -> list[Row]:
    count = max(3, bounds.number(JOBS))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = Kept(folder)
        workers = Workers(server.url, folder)
        manager = CeleryJobs(broker.Queue(server.url))
        try:
            workers.have(WORKERS)
            return _rows(_Run(count, server, workers, manager, folder))
        finally:
            manager.close()
            workers.kill_all()
            server.stop()


class _Run:
    """All jobs from the first order to the last end."""

    def __init__(
        self,
        count: int,
        server: Kept,
        workers: Workers,
        manager: CeleryJobs,
        folder: Path,
    ) -> None:
        self._server, self._workers, self._manager = server, workers, manager
        self.page = Page(manager, dataset.load().version)
        self.jobs: list[_Job] = []
        self._begun = time.monotonic()
        killed = away = False
        while len(self.jobs) < count or any(not job.end for job in self.jobs):
            if time.monotonic() - self._begun > PATIENCE_S:
                break
            if len(self.jobs) < count:
                self._order()
            self._ask()
            ended = sum(job.end is not None for job in self.jobs)
            if not killed and ended and (busy := workers.busy()):
                workers.kill(busy)
                killed = True
            elif not away and ended > count // 3 and workers.busy():
                self._away()
                workers.have(WORKERS)
                away = True
            time.sleep(LOOK_S)
        self.took_s = time.monotonic() - self._begun
        self.happened = killed and away
        self.left = len(browsers_in(folder))

    def _order(self) -> None:
        try:
            self.jobs.append(_Job(self.page.order()))
        except errors.ExportError as error:
            # Ten at a time are taken in; the next one tries again.
            if str(error) != jobs.FULL:
                raise

    def _ask(self) -> None:
        """Ask after every job; a page that hears of silence asks again later."""
        for job in self.jobs:
            if job.end or self.page.still(job.key):
                continue
            end = self._manager.get_result(job.key, job.key)
            if end["words"] == broker.SILENT:
                job.silences += 1
            else:
                job.end = end

    def _away(self) -> None:
        self._server.stop()
        until_s = time.monotonic() + AWAY_S
        while time.monotonic() < until_s:
            self._ask()
            time.sleep(LOOK_S)
        self._server.start()

    def whole(self, job: _Job) -> bool:
        """Whether its file can be fetched, and is one."""
        end = job.end or {}
        pieces = self._manager.shelf.take(end.get("token", ""))
        return KIND in b"".join(pieces or ())[:12]


def _rows(run: _Run) -> list[Row]:
    if not run.happened:
        raise SystemExit("The jobs were done before anything happened to them.")
    states = Counter((job.end or {"state": "lost"})["state"] for job in run.jobs)
    whole = sum(run.whole(job) for job in run.jobs)
    words = {job.end["words"] for job in run.jobs if job.end and not job.end["token"]}
    lost = len(run.jobs) - sum(job.end is not None for job in run.jobs)
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    wrong = states["done"] - whole
    return [
        Row(
            f"Redis: {len(run.jobs)} jobs, a worker killed, Redis away for {AWAY_S} s",
            f"{lost} lost",
            f"{told}; {whole} files whole; {run.took_s:.0f} s",
            aim("no job lost, no file broken", met=not lost and not wrong),
        ),
        Row(
            "Redis: pages that heard it is silent, and asked again",
            f"{sum(job.silences > 0 for job in run.jobs)}",
            "; ".join(sorted(words)) or "each then heard that its file is ready",
        ),
    ]
