"""The dashboard as it runs on a server: gunicorn, started as the container does it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import psutil
from working import until

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "container.sh"
PATIENCE_S = 120


def as_user(user: int) -> list[str]:
    """What a command begins with that has the rights of that user, 0 for ours."""
    drop = f"setpriv --reuid {user} --regid {user} --clear-groups"
    return drop.split() if user else []


@dataclass(frozen=True)
class Got:
    """An answer that was read to its end."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(address: str, body: object = None, **headers: str) -> Got:
    """Ask on a connection of one's own; with a body it is posted as JSON."""
    data = None if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(  # noqa: S310 - our own server
        address, data, {**kind, **named}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            return Got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


class Deployed:
    """gunicorn on a free port of this machine, with a folder of its own for its files.

    `user` is whose rights it has, 0 for ours; `python` is the folder of its python3,
    and `library` holds the packages that it runs, where those are not our own.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        user: int = 0,
        python: Path = Path(sys.executable).parent,
        library: str = "",
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.folder = folder
        self.log = folder / "log"
        given = {"GEO_ASTANA_SECRET": secrets.token_hex(), **(environment or {})}
        self.address = f"http://127.0.0.1:{port}{given.get('GEO_ASTANA_PREFIX', '/')}"
        self.environment = {
            **{n: v for n, v in os.environ.items() if not n.startswith("GEO_ASTANA_")},
            "GEO_ASTANA_BROWSERS": "8",
            "GEO_ASTANA_BIND": f"127.0.0.1:{port}",
            "PATH": f"{python}:{os.environ['PATH']}",
            "TMPDIR": str(folder),
            "HOME": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **({"PYTHONPATH": library} if library else {}),
            **given,
        }
        self.command = [*as_user(user), str(SCRIPT), "serve"]
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stderr=log, cwd="/"
            )
        until(lambda: self.ended() or self._answers())

    def _answers(self) -> bool:
        try:
            return get(f"{self.address}healthz").status == 200
        except OSError:
            return False

    def ended(self) -> bool:
        return self.process.poll() is not None

    def busy(self) -> bool:
        """Whether a request was begun and waits for its answer."""
        here = psutil.Process(self.process.pid).net_connections()
        below = psutil.Process(self.process.pid).children()
        open_ones = [one for child in below for one in child.net_connections()]
        return any(one.status == psutil.CONN_ESTABLISHED for one in (*here, *open_ones))

    def lines(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def stop(self) -> int:
        """End it as a container is ended; what it ends with."""
        if not self.ended():
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def deployed(environment: Mapping[str, str] | None = None) -> Iterator[Deployed]:
    """A server that is ended, however the test ends."""
    # Sockets of Chromium have short paths.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Deployed(Path(folder), environment)
        try:
            yield server
        finally:
            server.stop()
