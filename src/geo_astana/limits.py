"""How much one client may ask of the routes that are expensive to answer.

Each client has a bucket of tokens, which fills at a steady rate; a picture, a page, a
download or the start of a job takes one. The buckets stand in the memory of a process:
a server of several processes allows as many times more.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import flask
from werkzeug.wrappers import Response

from geo_astana import guard, ids, settings
from geo_astana.settings import Settings
from geo_astana.ticket import End

# Beyond so many clients, the one that was quiet the longest is forgotten.
MOST_CLIENTS = 10_000
# An address of the sixth version is one of very many that a client has.
NETWORK_BITS = 64
MINUTE_S = 60
EXPENSIVE = ("export/", "download/")
# The file of a job whose start took a token.
CHEAP = ("export/file/",)
JOB = f"{ids.EXPORT_END}.data"


class Buckets:
    """A bucket for each client: `a_minute` tokens at most, and as many anew a minute.

    `now` gives seconds that only grow. It may be used by many threads.
    """

    def __init__(
        self, a_minute: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = a_minute
        self._now = now
        self._turn = threading.Lock()
        # The tokens of each client, and when they were counted.
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Take one token: 0, or after how many seconds there will be one."""
        with self._turn:
            now = self._now()
            tokens, counted = self._held.pop(client, (float(self._most), now))
            tokens += (now - counted) * self._most / MINUTE_S
            tokens = min(tokens, self._most)
            allowed = tokens >= 1
            self._held[client] = (tokens - allowed, now)
            if len(self._held) > MOST_CLIENTS:
                self._held.popitem(last=False)
        return 0 if allowed else math.ceil((1 - tokens) * MINUTE_S / self._most)

    def __len__(self) -> int:
        return len(self._held)


def client(address: str | None) -> str:
    """Who asks, by address: a network of the sixth version is one client."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    network = ipaddress.IPv6Network((int(parsed), NETWORK_BITS), strict=False)
    return str(network)


def register(
    server: flask.Flask, prefix: str, obeyed: Settings = settings.USUAL
) -> None:
    """Refuse with 429 and Retry-After what a client asks too often.

    Call it after `guard.protect`, which lets only callbacks of ours come here.
    """
    buckets = Buckets(obeyed.exports_per_minute)
    server.before_request(partial(_refused, buckets, prefix))


def _refused(buckets: Buckets, prefix: str) -> Response | None:
    request = flask.request
    job = _starts_job(request, prefix)
    path = request.path.removeprefix(prefix)
    if not job and (not path.startswith(EXPENSIVE) or path.startswith(CHEAP)):
        return None
    wait_s = buckets.take(client(request.remote_addr))
    if not wait_s:
        return None
    seconds = "a second" if wait_s == 1 else f"{wait_s} seconds"
    said = f"You asked for many exports in a short time. Try again in {seconds}."
    answer = _ended(said) if job else guard.refusal(429, said)
    answer.headers["Retry-After"] = str(wait_s)
    return answer


def _starts_job(request: flask.Request, prefix: str) -> bool:
    """Whether a job is ordered; with a key it is asked how far one is."""
    if request.endpoint != prefix + guard.CALLBACK or request.method != "POST":
        return False
    return not request.args.get("cacheKey") and request.get_json()["output"] == JOB


def _ended(said: str) -> Response:
    """The job as one that failed, which is what the page waits to hear."""
    end = {ids.EXPORT_END: {"data": asdict(End("failed", said))}}
    answer: Response = flask.jsonify({"multi": True, "response": end})
    return answer
