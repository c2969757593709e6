"""Exports in the background, as Dash's background callbacks ask for them.

Dash starts a callback's function in a process or gives it to Celery, and polls. Here
the function only says what is to be made, in the server; a job is known by its key
alone, may have to wait, ends with a word whatever happens to who makes it, and can be
asked for again by the same page after a reload.
"""

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from dash import CeleryManager, DiskcacheManager
from dash.background_callback.managers import BaseBackgroundCallbackManager

from geo_astana import errors, shelf, temporary, ticket
from geo_astana.dataset import Dataset
from geo_astana.shelf import Shelf
from geo_astana.ticket import BEAT_S, LEASE_S, STOPPED, UNKNOWN, End, Task, Ticket

if TYPE_CHECKING:
    from geo_astana.broker import Queue

VARIABLE = "GEO_ASTANA_REDIS_URL"
# So many exports are made at once on this machine, and so many more may wait; with
# Redis its workers decide how many are made at once.
RUNNING, WAITING = 2, 8
# A job that nobody makes for so long is looked after.
IDLE_S = LEASE_S + BEAT_S
# A job is given to the workers so often.
MOST_SENT = 5
# How long workers may take to say that they are there; of two questions within so long
# they must answer one.
ANSWER_S = 1.0
UNHEARD_S = 3 * IDLE_S
# How long a process may take to clear up before it is killed.
ENDING_S = 5.0
FULL = (
    f"{RUNNING + WAITING} exports are being made or wait already. Try again in a few "
    "minutes."
)
NO_WORKER = (
    "No worker takes exports from the queue. Tell who runs this server: celery -A "
    "geo_astana.worker worker."
)
CANCELLED = End("cancelled", "Cancelled.")
FORGOTTEN = End("cancelled", "Nobody waited for it.")
_log = logging.getLogger("geo_astana")


class _Jobs(BaseBackgroundCallbackManager):
    """What Dash asks of a manager, on a shelf; a job's handle is its key."""

    shelf: Shelf

    def make_job_fn(
        self, fn: Callable[..., Task], progress: object, key: str | None = None
    ) -> Callable[..., Task]:
        """The callback's function, which the server calls itself."""
        del progress, key
        return fn

    def call_job_fn(
        self, key: str, job_fn: Callable[..., Task], args: Any, context: object
    ) -> str:
        """Take a job in, unless it is known; raises ExportError if it cannot be."""
        del context
        job = Ticket(self.shelf, key)
        if not job.task():
            task = job_fn(*args)
            with self.shelf.locked():
                keys = self._open()
                if len(keys) >= RUNNING + WAITING:
                    raise errors.ExportError(FULL)
                job.enter(task)
                self.shelf.put("open", [*keys, key], None)
            try:
                self._look(job)
            except errors.ExportError as error:
                job.finish(ticket.failed(error))
                raise
        return key

    def job_running(self, job: str) -> bool:
        """Always: every job ends with a word, which `get_result` gives."""
        del job
        return True

    def get_progress(self, key: str) -> list[dict[str, Any]] | None:
        """How far the job is; `at` is when, which tells a page that it is heard."""
        job = Ticket(self.shelf, key)
        try:
            job.ask()
            step = job.step() or {"done": 0, "of": 0, "words": self._place(key)}
        except errors.ExportError:
            return None
        return [{**step, "at": time.time()}]

    def get_result(self, key: str, job: str) -> Any:
        """How the job ended, or UNDEFINED."""
        del job
        asked = Ticket(self.shelf, key)
        try:
            if not (end := asked.end()):
                if not asked.task():
                    return asdict(End("failed", UNKNOWN))
                self._look(asked)
                end = asked.end()
        except errors.ExportError as error:
            return asdict(ticket.failed(error))
        return end or self.UNDEFINED

    def terminate_job(self, job: str | None) -> None:
        """Cancel a job, unless it has ended."""
        if job is None:
            return
        try:
            if Ticket(self.shelf, job).finish(CANCELLED):
                self._stop(job)
        except errors.ExportError:
            _log.warning("An export could not be cancelled.", exc_info=True)

    def get_updated_props(self, key: str) -> dict[str, Any]:
        """None: the callback has no such outputs."""
        del key
        return {}

    def get_or_create_signing_secret(self, generate: Callable[[], bytes]) -> bytes:
        """One secret for all servers on the shelf, for as long as it stands."""
        self.shelf.add("secret", generate().decode(), None)
        return str(self.shelf.get("secret")).encode()

    def use(self, data: Path) -> None:
        """Make later jobs from this data folder, if they are made on this machine."""

    def close(self) -> None:
        """Let go of the shelf."""
        self.shelf.close()

    def _look(self, job: Ticket) -> None:
        """See to it that the job is made, or ends with a word."""
        raise NotImplementedError

    def _stop(self, key: str) -> None:
        """End whoever makes a job that was cancelled."""
        raise NotImplementedError

    def _lives(self, job: Ticket) -> bool:
        """Whether the job is wanted and not ended; one that is not gets its end."""
        if job.end():
            return False
        if not job.leased() and job.forgotten():
            job.finish(FORGOTTEN)
            return False
        return True

    def _open(self) -> list[str]:
        """The keys of the jobs that wait or are being made, first come first."""
        keys = self.shelf.get("open") or []
        return [key for key in keys if self._lives(Ticket(self.shelf, key))]

    def _place(self, key: str) -> str:
        """What is said of a job that nobody has said anything of."""
        keys = self._open()
        before = keys.index(key) if key in keys else 0
        if not before:
            return "It begins in a moment"
        others = "export is" if before == 1 else "exports are"
        return f"It waits: {before} {others} made before it"


class DiskJobs(_Jobs, DiskcacheManager):
    """Each job is a process of this machine; its ticket stands in a folder.

    A process ends with the server that started it.
    """

    def __init__(self, folder: Path, data: Path) -> None:
        self.shelf = self.disk = shelf.Disk(folder)
        self._data = data
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        super().__init__(self.disk.values)  # type: ignore[no-untyped-call]

    def use(self, data: Path) -> None:
        self._data = data

    def _look(self, job: Ticket) -> None:
        del job
        # An ended child that nobody asks after stays as a zombie.
        for key in [key for key, one in self._children.items() if _ended(one)]:
            self._children.pop(key).communicate()
        with self.shelf.locked():
            keys = self._open()
            self.shelf.put("open", keys, None)
            waiting = [key for key in keys if not self._process(key)]
            for key in waiting[: RUNNING - len(keys) + len(waiting)]:
                self._start(key)

    def _start(self, key: str) -> None:
        folder, data = str(self.disk.folder), str(self._data)
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "geo_astana.worker", folder, key, data],
            # Its end tells the process that the server has ended.
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            # Ctrl-C in a terminal is for the server.
            start_new_session=True,
        )
        self._children[key] = process
        self.shelf.put(f"runner:{key}", process.pid)

    def close(self) -> None:
        """End the processes that were started here; other servers make their jobs."""
        for key, child in self._children.items():
            self._stop(key)
            child.communicate()
            with contextlib.suppress(errors.ExportError):
                self.shelf.drop(f"runner:{key}")
        super().close()

    def _lives(self, job: Ticket) -> bool:
        runner = self.shelf.get(f"runner:{job.key}")
        if runner and not self._process(job.key):
            job.finish(End("failed", STOPPED))
        return super()._lives(job)

    def _process(self, key: str) -> psutil.Process | None:
        """The process that makes a job, as long as it runs."""
        pid = self.shelf.get(f"runner:{key}")
        # By its command: the number may be another's by now, and its age in seconds of
        # the wall clock changes when that is set. A zombie raises; a process that has
        # only just begun has no command yet.
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid or 0)
            command = process.cmdline()
            return process if not command or key in command else None
        return None

    def _stop(self, key: str) -> None:
        process = self._process(key)
        if not process:
            return
        with contextlib.suppress(psutil.Error):
            process.terminate()
            try:
                process.wait(ENDING_S)
            except psutil.TimeoutExpired:
                for one in (*process.children(recursive=True), process):
                    one.kill()
                process.wait(ENDING_S)


def _ended(child: subprocess.Popen[bytes]) -> bool:
    return child.poll() is not None


class CeleryJobs(_Jobs, CeleryManager):
    """Celery's workers make the jobs; tickets and files stand in Redis.

    The job of a worker that died goes to another one, at most MOST_TRIES times.
    """

    def __init__(self, queue: "Queue") -> None:
        self._queue = queue
        self.shelf = queue.shelf
        super().__init__(queue.app)  # type: ignore[no-untyped-call]

    def _look(self, job: Ticket) -> None:
        sent, idle, unheard = (f"{n}:{job.key}" for n in ("sent", "idle", "unheard"))
        if self.shelf.add(sent, 1):
            self._queue.hand_over(job.key)
        if job.leased():
            self.shelf.drop(idle)
            return
        self.shelf.add(idle, time.time())
        idle_s = time.time() - (self.shelf.get(idle) or time.time())
        # The lease of a job that was begun has run out already.
        if idle_s < (BEAT_S if job.tries() else IDLE_S):
            return
        # Looked after once in a while, by one server.
        if not self.shelf.add(f"looked:{job.key}", 1, IDLE_S):
            return
        busy = any(Ticket(self.shelf, key).leased() for key in self._open())
        count = int(self.shelf.get(sent) or 0)
        # Given out more often than begun, it waits behind those that are being made.
        if busy and count > job.tries():
            return
        # Its worker died, or had not begun yet: the queue no longer knows of it.
        if count < MOST_SENT and (busy or self._queue.answered(ANSWER_S)):
            self.shelf.put(sent, count + 1)
            self._queue.hand_over(job.key)
        # Workers that Redis has just come back to may miss one question.
        elif count == MOST_SENT or not self.shelf.add(unheard, 1, UNHEARD_S):
            job.finish(End("failed", STOPPED if job.tries() else NO_WORKER))

    def _stop(self, key: str) -> None:
        """The worker notices the end of the job at its next step."""

    def close(self) -> None:
        """Let go of the shelf and of the queue; the workers go on."""
        self._queue.app.close()
        super().close()


def manager(record: Dataset) -> DiskJobs | CeleryJobs:
    """The jobs of this server: in Redis if its address is set, else on this machine.

    Raises ExportError for an address that is none, or for a folder out of reach.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        return DiskJobs(temporary.folder("geo-astana-exports"), record.folder)
    try:
        from geo_astana import broker  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise errors.ExportError(
            f"{VARIABLE} is set, but Celery and Redis for Python are missing: "
            "pip install 'geo-astana[workers]'"
        ) from error
    return CeleryJobs(broker.Queue(address))
