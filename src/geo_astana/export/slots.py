"""How many browsers one person runs on one machine, counted across all processes.

A slot is a locked file in a folder of the person's own; the system opens the lock when
the process that holds it dies, however it dies.
"""

import os
import shutil
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from geo_astana import errors, temporary

VARIABLE = "GEO_ASTANA_BROWSERS"
USUAL = 2
# How often one who waits looks for a free slot.
LOOK_S = 0.1

_taken: weakref.WeakSet["Slot"] = weakref.WeakSet()


class Slot:
    """Leave to run one browser, which writes into `home` only."""

    def __init__(self, lock: portalocker.Lock) -> None:
        self._lock = lock
        self.home = Path(lock.filename).with_suffix("")
        # What a browser left whose owner was killed.
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=temporary.OPEN_TO_ONE, exist_ok=True)
        _taken.add(self)

    def release(self) -> None:
        _taken.discard(self)
        self._lock.release()

    def disown(self) -> None:
        """Let go of it in a forked child; the parent keeps the slot."""
        _taken.discard(self)
        # Closed and not unlocked: the lock is one for both processes.
        if self._lock.fh:
            self._lock.fh.close()
            self._lock.fh = None


def allowed() -> int:
    """How many browsers may run at once."""
    text = os.environ.get(VARIABLE) or str(USUAL)
    if text.isdecimal() and int(text):
        return int(text)
    raise errors.BrowserError(
        f"{VARIABLE} is “{text}”; it must be a whole number from 1, the browsers that "
        "may run at once on this computer."
    )


def take(wait_s: float, waiting: Callable[[], None] | None) -> Slot:
    """A free slot, waited for at most `wait_s` seconds.

    `waiting` is called once if there is none at first. Others then see that somebody
    waits (`wanted`).
    """
    semaphore = portalocker.NamedBoundedSemaphore(
        allowed(),
        "browser",
        directory=str(_folder()),
        check_interval=LOOK_S,
        fail_when_locked=False,
    )
    lock = semaphore.acquire(timeout=0)
    if not lock:
        if waiting:
            waiting()
        with _in_want():
            lock = semaphore.acquire(timeout=wait_s)
    if not lock:
        raise errors.BrowserError(
            f"{semaphore.maximum} browsers draw already for other programs, and none "
            f"became free for {wait_s:g} seconds. Try again later, or allow more with "
            f"{VARIABLE}."
        )
    return Slot(lock)


def wanted() -> bool:
    """Whether a process waits for a slot."""
    lock = _want(portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    try:
        lock.acquire(timeout=0)
    except portalocker.LockException:
        return True
    lock.release()
    return False


@contextmanager
def _in_want() -> Iterator[None]:
    with _want(portalocker.LockFlags.SHARED | portalocker.LockFlags.NON_BLOCKING):
        yield


def _want(flags: portalocker.LockFlags) -> portalocker.Lock:
    return portalocker.Lock(_folder() / "wanted.lock", flags=flags)


def _folder() -> Path:
    return temporary.folder("geo-astana", errors.BrowserError)


def _after_fork() -> None:
    for slot in tuple(_taken):
        slot.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
