"""Notices when the data folder of a server is replaced, and reads it anew.

What is served is read from a copy, so that it stays whole while the folder is changed.
A folder that has faults is refused: the log says which, and the last good one stays.
"""

import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from geo_astana import checks, dataset, errors
from geo_astana.dataset import Dataset

# A folder is looked at this often at most, and read when two looks find the same.
LOOK_S = 2.0
FAULTS_TOLD = 3
# Then comes the number of its process.
COPY = "geo-astana-data-"
_log = logging.getLogger("geo_astana")
# Names, times and sizes of the files.
Prints = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Copy:
    """A record and the folder it was read from, which goes when nobody holds it."""

    record: Dataset
    prints: Prints
    folder: "tempfile.TemporaryDirectory[str]" = field(repr=False)

    def close(self) -> None:
        """Remove the folder."""
        self.folder.cleanup()


def take(folder: Path) -> Copy:
    """A copy of a data folder, read and checked.

    Raises DataError with every fault, and for a folder that cannot be read.
    """
    found = prints(folder)
    own = tempfile.TemporaryDirectory(prefix=f"{COPY}{os.getpid()}-")
    try:
        record = _read(folder, Path(own.name) / "geo")
    except BaseException:
        own.cleanup()
        raise
    return Copy(record, found, own)


def sweep(process: int) -> None:
    """Remove the copies of a process that was killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{COPY}{process}-*"):
        shutil.rmtree(left, ignore_errors=True)


def _read(folder: Path, inner: Path) -> Dataset:
    if not folder.is_dir():
        # Refused in the words that the reader has for it.
        return dataset.load(folder)
    _copy(folder, inner)
    # Our own folder has been checked before it was shipped.
    own = folder == dataset.default_folder()
    if not own and (faults := checks.check(inner)):
        raise errors.DataError(str(folder), faults)
    return dataset.load(inner)


def _copy(folder: Path, target: Path) -> None:
    try:
        shutil.copytree(folder, target)
    except (OSError, shutil.Error) as error:
        advice = "Let the server read it, and make room in its folder of passing files."
        fault = errors.Fault(
            folder.name, 0, "", str(error), "files that can be copied", advice
        )
        raise errors.DataError(str(folder), [fault]) from error


def prints(folder: Path) -> Prints:
    """By what a change of the folder is noticed; () where there is none."""
    try:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        stats = [(path, path.stat()) for path in paths]
    except OSError:
        return ()
    return tuple(
        (str(path.relative_to(folder)), stat.st_mtime_ns, stat.st_size)
        for path, stat in stats
    )


class Watch:
    """Looks at a folder when it is told that time has passed.

    `replaced` is called with each good copy that takes the place of the last; what it
    raises refuses the copy. `refused` tells of a folder that is there and not served.
    """

    def __init__(
        self,
        folder: Path,
        served: Prints,
        replaced: Callable[[Copy], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._replaced = replaced
        self._now = now
        self._served = self._judged = self._seen = served
        self._looked = now()
        self._turn = threading.Lock()
        self.refused: dict[str, object] | None = None

    def look(self) -> threading.Thread | None:
        """Look, unless that was done just now; a new folder is read in a thread.

        Returns the thread that reads. Files that still change are left alone.
        """
        if self._now() - self._looked < LOOK_S or not self._turn.acquire(
            blocking=False
        ):
            return None
        try:
            self._looked = self._now()
            found = prints(self._folder)
            settled, self._seen = found == self._seen, found
        finally:
            self._turn.release()
        if not settled or found == self._judged:
            return None
        reader = threading.Thread(target=self.hurry, name="geo-astana data")
        reader.start()
        return reader

    def hurry(self) -> None:
        """Look now and read what is new, before returning."""
        with self._turn:
            found = prints(self._folder)
            if found == self._judged:
                return
            self._judged = found
            if found == self._served:
                self.refused = None
                _log.info("The data folder is again as it is served.")
                return
            self._read(found)

    def _read(self, found: Prints) -> None:
        try:
            copy = take(self._folder)
            self._replaced(copy)
        except errors.DataError as error:
            self._refuse([str(fault) for fault in error.faults])
        except Exception:  # noqa: BLE001 - logged; the last good data is served
            _log.exception("The data in the folder cannot be served.")
            self._refuse(["It cannot be served; why stands in the log."])
        else:
            self._served, self.refused = found, None
            version = copy.record.version
            _log.info("The data folder was replaced; version %s is served.", version)

    def _refuse(self, faults: list[str]) -> None:
        count = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        self.refused = {"count": len(faults), "faults": faults[:FAULTS_TOLD]}
        _log.error(
            "The data folder was replaced by one with %s; the data before it is served "
            "on. The first: %s",
            count,
            " ".join(faults[:FAULTS_TOLD]),
        )
