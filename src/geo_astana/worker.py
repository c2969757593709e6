"""Makes exports: as a process that the server starts, or for Celery.

`celery -A geo_astana.worker worker` takes them from the queue in Redis. Without Redis
the server itself starts this module, one process an export.
"""

import contextlib
import logging
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

from geo_astana import dataset, errors, shelf
from geo_astana.dataset import Dataset
from geo_astana.export import browser, order, picture
from geo_astana.shelf import KEPT_S, Shelf
from geo_astana.ticket import BEAT_S, LEASE_S, STOPPED, End, Task, Ticket, failed

# An export that takes longer is given up.
MOST_S = 1800
# A job that ends its worker is not tried for ever.
MOST_TRIES = 3
# How often one who waits for the lease of a dead worker looks.
LOOK_S = 0.25
# The page hears of progress this often.
SAY_S = 0.2
TOKEN_BYTES = 24
MEGA = 1_000_000
BROKEN = (
    "This export failed by a fault of ours. Try another size or range; what happened "
    "stands in the server’s log."
)
_log = logging.getLogger("geo_astana")


class _UnwantedError(Exception):
    """Nobody waits for the export any more."""


def work(shelf: Shelf, key: str, record: Dataset) -> None:
    """Make the export of that key, once; what became of it is said on its ticket.

    Returns without a word where another worker makes it, and raises ExportError where
    the shelf is out of reach.
    """
    ticket = Ticket(shelf, key)
    with _leased(ticket) as ours:
        if not ours:
            return
        task = ticket.task()
        if not task or ticket.end():
            return
        if ticket.begin() > MOST_TRIES:
            ticket.finish(End("failed", STOPPED))
            return
        try:
            _make(ticket, task, record)
        except _UnwantedError:
            ticket.finish(End("cancelled", "Nobody waited for it."))
        except errors.GeoAstanaError as error:
            ticket.finish(failed(error))
        except Exception:  # noqa: BLE001 - logged; a page waits for a word
            _log.exception("An export failed: %s", task.fields)
            ticket.finish(End("failed", BROKEN))


def _make(ticket: Ticket, task: Task, record: Dataset) -> None:
    if task.version != record.version:
        raise errors.ExportError(
            f"The page shows version {task.version} of the data, the worker has "
            f"{record.version}. Start both with the same data."
        )
    tell = _Teller(ticket)
    tell(0, 0, "The browser is started")
    wanted = order.read(task.fields, record)
    chromium = browser.Browser(
        waiting=lambda: tell(0, 0, "Waiting for a browser that is free")
    )
    with (
        tempfile.TemporaryDirectory(prefix="geo-astana-") as folder,
        picture.Studio(record, task.address, chromium=chromium) as studio,
    ):
        path = Path(folder) / task.name
        order.make(wanted, studio, path, progress=tell)
        tell(1, 1, "Handing it over")
        _hand_over(ticket, path)


def _hand_over(ticket: Ticket, path: Path) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    size = path.stat().st_size
    ticket.shelf.lay(token, path)
    ticket.shelf.put(f"file:{token}", {"name": path.name, "size": size}, KEPT_S)
    words = f"{path.name} is ready: {size / MEGA:.1f} MB."
    if not ticket.finish(End("done", words, token)):
        ticket.shelf.lift(token)


class _Teller:
    """Says how far an export is, and ends it when nobody waits for it."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._began = time.monotonic()
        self._said = 0.0

    def __call__(self, done: int, of: int, words: str) -> None:
        now = time.monotonic()
        if now - self._began > MOST_S:
            raise errors.ExportError(
                f"It took longer than {MOST_S // 60} minutes. Choose fewer days, or "
                "make it on the command line (geo-astana export)."
            )
        if now - self._said < SAY_S and done < of:
            return
        self._said = now
        if self._ticket.end() or self._ticket.forgotten():
            raise _UnwantedError
        self._ticket.say(done, of, words)


@contextlib.contextmanager
def _leased(ticket: Ticket) -> Iterator[bool]:
    """Whether the ticket is ours, for as long as the block runs.

    The lease of a worker that died ends by itself, so one is waited for.
    """
    owner = secrets.token_hex(8)
    latest = time.monotonic() + LEASE_S + BEAT_S
    while not ticket.lease(owner):
        if ticket.end() or time.monotonic() > latest:
            yield False
            return
        time.sleep(LOOK_S)
    done = threading.Event()
    beat = threading.Thread(target=_beat, args=(ticket, owner, done), daemon=True)
    beat.start()
    try:
        yield True
    finally:
        done.set()
        beat.join()
        with contextlib.suppress(errors.ExportError):
            ticket.release()


def _beat(ticket: Ticket, owner: str, done: threading.Event) -> None:
    while not done.wait(BEAT_S):
        # The next step of the work meets a shelf that is out of reach, and ends.
        with contextlib.suppress(errors.ExportError):
            ticket.renew(owner)


def main(folder: str, key: str, data: str) -> None:
    """Make one export whose ticket stands in a folder; ends with its server."""
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_server, daemon=True).start()
    disk = shelf.Disk(Path(folder))
    Ticket(disk, key).say(0, 0, "The data is read")
    work(disk, key, dataset.load(data))


def _leave(number: int, _: FrameType | None) -> None:
    """As an error, so that the browser and its files are cleared away."""
    sys.exit(128 + number)


def _end_with_server() -> None:
    """Our standard input is a pipe of the server's, which ends when it does."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def __getattr__(name: str) -> Any:
    """`app`, made when Celery asks for it: only then is Redis needed."""
    if name == "app":
        return _application()
    raise AttributeError(name)


@lru_cache
def _application() -> Any:
    from geo_astana import broker  # noqa: PLC0415 - an extra

    address = os.environ.get(broker.VARIABLE)
    if not address:
        sys.exit(f"Set {broker.VARIABLE} to the address of Redis.")
    queue = broker.Queue(address)
    # The processes of a worker each have connections of their own.
    queue.app.conf.task_time_limit = MOST_S + 60

    def export(key: str) -> None:
        work(broker.Shelf(address), key, _record())

    queue.app.task(name=broker.TASK)(export)
    return queue.app


@lru_cache
def _record() -> Dataset:
    return dataset.load(os.environ.get("GEO_ASTANA_DATA"))


if __name__ == "__main__":
    main(*sys.argv[1:])
