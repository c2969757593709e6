"""How long a server takes from the start of its process to its first answer."""

import contextlib
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

OURS = ("-m", "geo_astana", "serve", "--port", "0")
EMPTY = (str(Path(__file__).with_name("empty_app.py")),)


@contextlib.contextmanager
def server(arguments: tuple[str, ...]) -> Iterator[str]:
    """A server process that says its address; ended on leaving."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def first_answer_s(arguments: tuple[str, ...]) -> float:
    """Seconds from the start of the process to the answered GET /."""
    begun = time.perf_counter()
    with server(arguments) as address, urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
        answer.read()
        return time.perf_counter() - begun


def medians_s(rounds: int) -> tuple[float, float]:
    """Median seconds of our server and of an empty Dash app, started in turns."""
    pairs = [(first_answer_s(OURS), first_answer_s(EMPTY)) for _ in range(rounds)]
    ours, empty = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(empty)


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := re.search(r"http://\S+/", line):
            return found[0]
    raise SystemExit(f"{process.args!r} ended without saying its address.")
