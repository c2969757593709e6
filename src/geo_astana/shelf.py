"""Where the exports in the making stand, for every process that serves or makes them.

Values are JSON under names, finished files are bytes under tokens; nothing is pickled
and all of it expires. Here they are in a folder of this machine; `broker` keeps them
in Redis, for workers on several machines.
"""

import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import diskcache

from geo_astana import errors

# How long it is known what became of an export, and how long its file can be fetched.
KNOWN_S = 7200
KEPT_S = 3600
# All files of one machine; beyond them the oldest go first.
MOST_BYTES = 2 * 1024**3
PIECE = 1 << 20
_log = logging.getLogger("geo_astana")


class Shelf(Protocol):
    """Values and files; every method raises ExportError where they are out of reach.

    `seconds` is how long a value is kept, None for ever.
    """

    def get(self, name: str) -> Any:
        """The value, None if there is none."""

    def put(self, name: str, value: object, seconds: int | None = KNOWN_S) -> None:
        """Write a value in place of any other."""

    def add(self, name: str, value: object, seconds: int | None = KNOWN_S) -> bool:
        """Write a value where there is none; whether it was written."""

    def drop(self, name: str) -> None:
        """Remove a value, if there is one."""

    def lay(self, token: str, path: Path) -> None:
        """Keep a copy of a file for KEPT_S."""

    def take(self, token: str) -> Iterator[bytes] | None:
        """The pieces of a file, None if there is none."""

    def lift(self, token: str) -> None:
        """Remove a file, if there is one."""

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """One process at a time is inside."""

    def close(self) -> None:
        """Let go of it; what stands there stays."""


class Disk:
    """A shelf in a folder that only its person can open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._in_words():
            self.values = diskcache.Cache(
                str(folder / "values"), eviction_policy="none"
            )
            self.files = diskcache.Cache(str(folder / "files"), size_limit=MOST_BYTES)

    def get(self, name: str) -> Any:
        with self._in_words():
            text = self.values.get(name)
        return None if text is None else json.loads(text)

    def put(self, name: str, value: object, seconds: int | None = KNOWN_S) -> None:
        with self._in_words():
            self.values.set(name, json.dumps(value), expire=seconds)

    def add(self, name: str, value: object, seconds: int | None = KNOWN_S) -> bool:
        with self._in_words():
            return bool(self.values.add(name, json.dumps(value), expire=seconds))

    def drop(self, name: str) -> None:
        with self._in_words():
            self.values.delete(name)

    def lay(self, token: str, path: Path) -> None:
        with self._in_words(), path.open("rb") as file:
            self.files.expire()
            self.files.set(token, file, expire=KEPT_S, read=True)

    def take(self, token: str) -> Iterator[bytes] | None:
        with self._in_words():
            self.files.expire()
            file = self.files.get(token, read=True)
        return _pieces(file) if file else None

    def lift(self, token: str) -> None:
        with self._in_words():
            self.files.delete(token)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with self._in_words(), self.values.transact():
            yield

    def close(self) -> None:
        """Close its files."""
        self.values.close()
        self.files.close()

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, diskcache.Timeout) as error:
            # Pages show the sentence; where the folder is, is for who runs the server.
            _log.warning("The exports cannot use %s.", self.folder, exc_info=error)
            raise errors.ExportError(
                f"The folder of the exports cannot be used ({_reason(error)}). Make "
                "room there, or set TMPDIR to another folder."
            ) from error


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
