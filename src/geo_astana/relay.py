"""Serves one edition of the application after another, as the data is replaced.

A reader's page may belong to the edition before: its files are still given out.
"""

import atexit
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dash import Dash
from werkzeug.wsgi import ClosingIterator

from geo_astana import dashboard, health, jobs, watch
from geo_astana.journal import Environment
from geo_astana.settings import Settings
from geo_astana.watch import Copy

# The newest, and the one whose pages readers have open.
KEPT = 2


@dataclass
class _Edition:
    """An application on one copy of the data, with how many requests it answers."""

    copy: Copy
    app: Dash
    held: dashboard.Held
    busy: int = 0
    retired: bool = False

    def close(self) -> None:
        self.held.close()
        self.copy.close()


class Relay:
    """An application that follows its data folder.

    Raises DataError for a folder with faults at the start. Later ones are refused, and
    the last good data is served on.
    """

    def __init__(self, folder: Path, obeyed: Settings) -> None:
        self._obeyed = obeyed
        self._turn = threading.Lock()
        self._editions: list[_Edition] = []
        copy = watch.take(folder)
        self._manager = jobs.manager(copy.record)
        atexit.register(self.close)
        self._replace(copy)
        self.watch = watch.Watch(folder, copy.prints, self._replace)

    def __call__(
        self, environment: Environment, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        self.watch.look()
        environment[health.REFUSED] = self.watch.refused
        edition = self._enter(environment.get("PATH_INFO", ""))
        leave = partial(self._leave, edition)
        try:
            pieces = edition.app.server(environment, start_response)
        except BaseException:
            leave()
            raise
        return ClosingIterator(pieces, leave)

    def close(self) -> None:
        """End its jobs and browsers, and remove its copies."""
        atexit.unregister(self.close)
        self._manager.close()
        for edition in self._editions:
            edition.close()

    def _edition(self, copy: Copy) -> _Edition:
        app = dashboard.create_app(copy.record, self._obeyed, self._manager)
        # Dash completes itself at its first request, one at a time.
        app.server.test_client().get(app.config.routes_pathname_prefix)
        return _Edition(copy, app, dashboard.held(app))

    def _replace(self, copy: Copy) -> None:
        try:
            edition = self._edition(copy)
        except BaseException:
            copy.close()
            raise
        with self._turn:
            self._editions.insert(0, edition)
            old = self._editions[KEPT:]
            del self._editions[KEPT:]
            for one in old:
                one.retired = True
        for one in old:
            if not one.busy:
                one.close()

    def _enter(self, path: str) -> _Edition:
        """The edition that answers a request for `path`, one request busier."""
        newest = self._editions[0].held
        files = newest.prefix + dashboard.DATA
        stamp = newest.stamp
        if path.startswith(files):
            stamp = path.removeprefix(files).partition("/")[0]
        with self._turn:
            if edition := self._of(stamp):
                edition.busy += 1
                return edition
        # Another process of this server may have seen the new data first.
        self.watch.hurry()
        with self._turn:
            edition = self._of(stamp) or self._editions[0]
            edition.busy += 1
            return edition

    def _of(self, stamp: str) -> _Edition | None:
        return next((one for one in self._editions if one.held.stamp == stamp), None)

    def _leave(self, edition: _Edition) -> None:
        with self._turn:
            edition.busy -= 1
            last = edition.retired and not edition.busy
        if last:
            edition.close()
