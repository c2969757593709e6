"""Readers by the hundred: recorded requests, sent again as fast as they are answered.

wrk sends them, which takes little of the processor. Where it is missing, threads of
our own do, which take a good part of it.
"""

import http.client
import json
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
PATIENCE_S = 30
REFUSED = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a page; `path` begins with a slash and holds the query."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def wire(self, host: str) -> bytes:
        """As it is sent."""
        length = (("Content-Length", f"{len(self.body)}"),) if self.body else ()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, *length)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Load:
    """How many were answered in how many seconds, in how many ms the middle one.

    `refused` have a status of 400 or more, `broken` had no answer.
    """

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def errors(self) -> int:
        return self.refused + self.broken


class Running:
    """Load on a server of this machine, which goes on beside what the caller does."""

    def __init__(self, address: str, asked: Sequence[Asked], seconds: float) -> None:
        self._address, self._asked, self._seconds = address, asked, seconds
        self._load: Load | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._load = sent(self._address, self._asked, self._seconds)

    def over(self, within_s: float) -> bool:
        """Whether it ends within so many seconds, which are waited for."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def wait(self) -> Load:
        """What became of it, at its end."""
        self._thread.join()
        if not self._load:
            raise SystemExit("The load could not be made.")
        return self._load


def sent(address: str, asked: Sequence[Asked], seconds: float) -> Load:
    """Send the requests in turn over CONNECTIONS that are kept, for so long."""
    host = urllib.parse.urlsplit(address).netloc
    if program := shutil.which("wrk"):
        return _by_wrk(program, host, [one.wire(host) for one in asked], seconds)
    return _by_threads(host, asked, seconds)


def by() -> str:
    """What sends the requests."""
    return "wrk" if shutil.which("wrk") else "threads of Python"


def _by_wrk(program: str, host: str, wires: list[bytes], seconds: float) -> Load:
    texts = ("".join(f"\\{byte:03d}" for byte in wire) for wire in wires)
    wanted = ",\n".join(f'"{text}"' for text in texts)
    script = Path(__file__).with_name("load.lua").read_text("utf-8")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(f"wanted = {{\n{wanted}\n}}\n{script}")
        file.flush()
        options = f"--threads 1 --connections {CONNECTIONS} --timeout {PATIENCE_S}s"
        options += f" --duration {max(1, round(seconds))}s --latency"
        said = subprocess.run(
            [program, *options.split(), "--script", file.name, f"http://{host}/"],
            check=True,
            capture_output=True,
            text=True,
        )
    return Load(**json.loads(said.stdout.splitlines()[-1]))


def _by_threads(host: str, asked: Sequence[Asked], seconds: float) -> Load:
    senders = [_Sender(host, asked, number) for number in range(CONNECTIONS)]
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=one.run, args=(begun + seconds,)) for one in senders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    times = sorted(ms for one in senders for ms in one.times) or [0.0]
    return Load(
        requests=sum(len(one.times) for one in senders),
        seconds=took,
        bytes=sum(one.bytes for one in senders),
        p50_ms=times[len(times) // 2],
        p99_ms=times[len(times) * 99 // 100],
        refused=sum(one.refused for one in senders),
        broken=sum(one.broken for one in senders),
    )


class _Sender:
    """One connection."""

    def __init__(self, host: str, asked: Sequence[Asked], first: int) -> None:
        self._connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
        self._asked, self._at = asked, first
        self.times: list[float] = []
        self.bytes = self.refused = self.broken = 0

    def run(self, latest: float) -> None:
        while (begun := time.perf_counter()) < latest:
            self._at += 1
            one = self._asked[self._at % len(self._asked)]
            try:
                self._connection.request(
                    one.method, one.path, one.body, dict(one.headers)
                )
                answer = self._connection.getresponse()
                self.bytes += len(answer.read())
            except (OSError, http.client.HTTPException):
                self.broken += 1
                self._connection.close()
            else:
                self.times.append((time.perf_counter() - begun) * 1000)
                self.refused += answer.status >= REFUSED
        self._connection.close()
