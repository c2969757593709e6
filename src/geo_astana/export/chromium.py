"""One headless Chromium: found, started, spoken to over its pipe, ended.

Spoken to in the DevTools protocol without a thread or an event loop: every wait has a
deadline. However its owner dies, Chromium then reads the end of its pipe and ends too.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from geo_astana import errors

VARIABLE = "BROWSER_PATH"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "brave-browser",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# The shell gives the pipe the numbers Chromium expects, then Chromium takes its place.
SHELL = ("/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null', "sh")
# None for GL: drawing SVG without a graphics card would be many times slower.
FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    # The same picture on every machine: no graphics card, no colour profile, no hints.
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--hide-scrollbars",
    # Nothing leaves the machine or reaches its ports; addresses are mapped like names.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-pings",
    # A page nobody looks at is drawn at full speed.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=SpareRendererForSitePerProcess",
    # Its reports and keys belong to no person.
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--password-store=basic",
    "--use-mock-keychain",
)
# A socket's path has 107 bytes, of which Chromium adds 46 to its temporary folder.
LONGEST_FOLDER = 60
PIECE = 1 << 20
ENDING_S = 5.0
SWEEPS = 50
SWEEP_S = 0.02

_running: weakref.WeakSet["Chromium"] = weakref.WeakSet()


class LostError(Exception):
    """A browser that ended, hangs or refuses; another one may do better."""


class Chromium:
    """A running Chromium with a profile of its own in `home`, for one caller at a time.

    `sandbox` is Chromium's own, around the processes that draw.
    """

    def __init__(self, program: str, home: Path, *, sandbox: bool) -> None:
        self._profile = Path(tempfile.mkdtemp(dir=home))
        hears, self._to = os.pipe()
        self._from, says = os.pipe()
        os.set_blocking(self._to, False)
        self._heard = bytearray()
        self._asked = 0
        self._ended = False
        fits = len(os.fsencode(self._profile)) <= LONGEST_FOLDER
        self._sockets = self._profile if fits else Path(tempfile.mkdtemp(dir="/tmp"))
        own = (
            f"--user-data-dir={self._profile}",
            *(() if sandbox else ("--no-sandbox",)),
        )
        with (self._profile / "said").open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603
                [*SHELL, program, *FLAGS, *own],
                stdin=hears,
                stdout=says,
                stderr=said,
                env={**os.environ, "TMPDIR": str(self._sockets)},
                start_new_session=True,
            )
        # With its ends of the pipe held by Chromium alone, its end is heard at once.
        os.close(hears)
        os.close(says)
        _running.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(
        self, method: str, *, within_s: float, session: str = "", **params: Any
    ) -> dict[str, Any]:
        """What Chromium answers to a command of its DevTools protocol.

        `session` is that of a page; "" asks the browser. Raises `LostError` when no
        answer comes within `within_s` seconds, or a refusal.
        """
        deadline = time.monotonic() + within_s
        self._asked += 1
        command = {"id": self._asked, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        try:
            self._write(json.dumps(command).encode() + b"\0", deadline)
            while True:
                message = self._read(deadline)
                if message.get("method") == "Inspector.targetCrashed":
                    raise LostError("its page crashed")
                if message.get("id") == self._asked:
                    break
        except TimeoutError as error:
            raise LostError(f"it gave no answer for {within_s:g} seconds") from error
        except OSError as error:
            raise LostError("it ended") from error
        if "error" in message:
            raise LostError(f"{method}: {message['error']['message']}")
        answer: dict[str, Any] = message["result"]
        return answer

    def _write(self, message: bytes, deadline: float) -> None:
        while message:
            self._wait(self._to, select.POLLOUT, deadline)
            message = message[os.write(self._to, message[:PIECE]) :]

    def _read(self, deadline: float) -> dict[str, Any]:
        searched = 0
        while (end := self._heard.find(b"\0", searched)) < 0:
            searched = len(self._heard)
            self._wait(self._from, select.POLLIN, deadline)
            piece = os.read(self._from, PIECE)
            if not piece:
                raise BrokenPipeError
            self._heard += piece
        message: dict[str, Any] = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        return message

    @staticmethod
    def _wait(end: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(end, event)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise TimeoutError

    def memory_mb(self) -> float:
        """Megabytes of all its processes; memory they share is counted once."""
        total = 0
        with suppress(psutil.Error):
            first = psutil.Process(self.pid)
            for process in (first, *first.children(recursive=True)):
                with suppress(psutil.Error):
                    total += _memory(process)
        return total / 1e6

    def last_words(self) -> str:
        """The last line it wrote to its standard error, "" for none."""
        with suppress(OSError):
            said = (self._profile / "said").read_text("utf-8", "replace")
            return next(iter(said.strip().splitlines()[::-1]), "")
        return ""

    def kill(self) -> None:
        """Stop all its processes at once; a call that waits for an answer fails."""
        with suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Stop it and remove its profile; harmless when repeated."""
        if self._ended:
            return
        self._ended = True
        self.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING_S)
        self._hang_up()
        for folder in {self._profile, self._sockets}:
            _remove(folder)

    def disown(self) -> None:
        """Let go of it in a forked child, which must neither use nor end it."""
        if not self._ended:
            self._ended = True
            self._process.returncode = 0
            self._hang_up()

    def _hang_up(self) -> None:
        _running.discard(self)
        os.close(self._to)
        os.close(self._from)


def _remove(folder: Path) -> None:
    """Remove a folder in which processes that are about to die may still write."""
    for _ in range(SWEEPS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        time.sleep(SWEEP_S)


def _memory(process: psutil.Process) -> int:
    """Bytes: shared memory by parts where the system tells, else what is resident."""
    try:
        full = process.memory_full_info()
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    return int(getattr(full, "pss", full.uss))


def find() -> str:
    """Path of the Chromium to use: BROWSER_PATH, or the first that is installed.

    Nothing is ever downloaded.
    """
    if os.name != "posix":
        raise errors.BrowserError(
            "Pictures are drawn on Linux and macOS; on Windows, use its Linux (WSL)."
        )
    if wanted := os.environ.get(VARIABLE):
        if program := shutil.which(wanted):
            return program
        raise errors.BrowserError(
            f"{VARIABLE} is “{wanted}”, which is no program on this computer. Set it "
            "to the path of Chromium or Chrome, or unset it."
        )
    for name in NAMES:
        if program := shutil.which(name):
            return program
    raise errors.BrowserError(
        "Pictures are drawn by Chromium, and none was found: install it (Debian: "
        f"`apt install chromium`), or set {VARIABLE} to the path of Chromium or Chrome."
    )


def start(program: str, home: Path, within_s: float) -> Chromium:
    """A Chromium that has answered; `home` is where it keeps its profile.

    It runs in its sandbox where the system has one. Root has none, and many containers
    have none: there a first try in the sandbox ends at once.
    """
    words = ""
    for sandbox in (True, False) if os.geteuid() else (False,):
        chromium = Chromium(program, home, sandbox=sandbox)
        try:
            chromium.call("Browser.getVersion", within_s=within_s)
        except LostError as error:
            words = chromium.last_words() or str(error)
            chromium.end()
        except BaseException:
            chromium.end()
            raise
        else:
            return chromium
    raise errors.BrowserError(
        f"“{program}” does not start as a browser: {words}. Start it by hand to see "
        f"why, or set {VARIABLE} to another Chromium or Chrome."
    )


def _after_fork() -> None:
    for chromium in tuple(_running):
        chromium.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
