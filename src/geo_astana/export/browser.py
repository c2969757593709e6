"""One warm browser that draws many pictures and starts afresh when it fails."""

import base64
import io
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import pypdf
from pypdf.generic import RectangleObject

from geo_astana import errors
from geo_astana.export import chromium, slots

T = TypeVar("T")
Size = tuple[int, int, float]

PX_PER_INCH = 96
POINTS_PER_INCH = 72
# Memory and other people's wishes are looked at after so many pictures or seconds.
LOOK_PICTURES = 20
LOOK_S = 5.0
# Whatever leaks, leaks no longer than for so many pictures.
MOST_PICTURES = 2000
# How long a browser is kept at least before it gives way to another program's.
KEPT_S = 3.0
TICK_S = 1.0
CLOSING_S = 5.0
START_S = 30.0
CLOSED = "The browser is closed and draws no more."
LOADED = (
    "new Promise(done => document.readyState === 'complete' ? done() : "
    "addEventListener('load', done, {once: true}))"
    ".then(() => window.ready).then(() => {})"
)
# Observers of size run at the end of a frame, before any later task.
FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


class Page:
    """A page that is loaded and ready; good until `work` returns."""

    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for.

        Raises `ExportError` with its message when the script throws.
        """
        answer = self._call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            message = _thrown(answer["exceptionDetails"])
            raise errors.ExportError(f"The page cannot be drawn: {message}")
        return answer["result"].get("value")

    def screenshot(
        self,
        size: tuple[float, float] | None = None,
        *,
        transparent: bool = False,
        small: bool = False,
    ) -> bytes:
        """A PNG of the viewport, or of its upper left part of `size` in CSS pixels.

        It has width and height times scale in pixels.

        `transparent` leaves out the page's own white. `small` packs the same pixels
        tighter, which takes longer than the drawing.
        """
        part = {}
        if size:
            width, height = size
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            part["clip"] = clip
        if transparent:
            self._ground(color={"r": 0, "g": 0, "b": 0, "a": 0})
        try:
            answer = self._call(
                "Page.captureScreenshot", optimizeForSpeed=not small, **part
            )
        finally:
            if transparent:
                self._ground()
        return base64.b64decode(answer["data"])

    def _ground(self, **colour: Any) -> None:
        self._call("Emulation.setDefaultBackgroundColorOverride", **colour)

    def pdf(self, width_px: float, height_px: float) -> bytes:
        """One PDF page of that size in CSS pixels of 1/96 inch, as on the screen.

        Tagged, with backgrounds, without margins; what lies below is left out.
        """
        inches = width_px / PX_PER_INCH, height_px / PX_PER_INCH
        answer = self._call(
            "Page.printToPDF",
            paperWidth=inches[0],
            paperHeight=inches[1],
            **dict.fromkeys(
                ("marginTop", "marginBottom", "marginLeft", "marginRight"), 0
            ),
            pageRanges="1",
            printBackground=True,
            generateTaggedPDF=True,
        )
        return _trimmed(
            base64.b64decode(answer["data"]),
            inches[0] * POINTS_PER_INCH,
            inches[1] * POINTS_PER_INCH,
        )


def _trimmed(pdf: bytes, width: float, height: float) -> bytes:
    """Its page in points exactly: Chromium's paper is up to a point too large."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    page = writer.pages[0]
    left, top = page.mediabox.left, page.mediabox.top
    if (page.mediabox.width, page.mediabox.height) == (width, height):
        return pdf
    page.mediabox = RectangleObject((left, top - height, left + width, top))
    trimmed = io.BytesIO()
    writer.write(trimmed)
    return trimmed.getvalue()


def _thrown(details: dict[str, Any]) -> str:
    """The message of what a script threw, without the stack."""
    thrown = details.get("exception", {})
    said = thrown.get("description") or thrown.get("value") or details["text"]
    return str(said).splitlines()[0].removeprefix("Error: ")


class _Line:
    """One at a time, first come first served, `length` more may wait."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._change = threading.Condition()
        self._tickets: list[object] = []
        self.closed = False

    @contextmanager
    def turn(self, wait_s: float) -> Iterator[None]:
        ticket = object()
        with self._change:
            if len(self._tickets) > self._length:
                raise errors.BrowserError(
                    f"Too many pictures are asked for at once: {self._length} wait "
                    "already. Try again in a moment."
                )
            self._tickets.append(ticket)
            try:
                self._stand(ticket, wait_s)
            except BaseException:
                self._leave(ticket)
                raise
        try:
            yield
        finally:
            self._leave(ticket)

    def _stand(self, ticket: object, wait_s: float) -> None:
        came = self._change.wait_for(
            lambda: self.closed or self._tickets[0] is ticket, wait_s
        )
        if self.closed:
            raise errors.BrowserError(CLOSED)
        if not came:
            raise errors.BrowserError(
                f"The pictures before this one took over {wait_s:g} seconds. "
                "Try again later."
            )

    def _leave(self, ticket: object) -> None:
        with self._change:
            self._tickets.remove(ticket)
            self._change.notify_all()

    @contextmanager
    def empty(self) -> Iterator[bool]:
        """Whether nobody has a turn; nobody gets one while this holds."""
        with self._change:
            yield not self._tickets

    def close(self, wait_s: float) -> None:
        """Turn away all who wait; wait for the one whose turn it is."""
        with self._change:
            self.closed = True
            self._change.notify_all()
            self._change.wait_for(lambda: not self._tickets, wait_s)


@dataclass
class _Warm:
    """A browser that runs, the page it shows and what it has done."""

    process: chromium.Chromium
    slot: slots.Slot
    call: Callable[..., dict[str, Any]]
    shown: tuple[Path, int, int] | None = None
    size: Size | None = None
    pictures: int = 0
    since: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)
    looked: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        self.ended.set()
        self.process.end()
        self.slot.release()


class Browser:
    """One Chromium, started when first needed; one picture at a time, from any thread.

    `patience_s` is for each answer of the page, `wait_s` for one's turn, and again for
    one of the machine's browsers (`slots`); `waiting` is called when that one is waited
    for. `queue` callers may wait. The browser starts afresh when it needs more than
    `limit_mb` of memory, and ends after `idle_s` without a picture, or earlier when
    another program waits for it. Without `close` it ends with the process.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        limit_mb: float = 1500,
        patience_s: float = 30,
        queue: int = 16,
        wait_s: float = 120,
        idle_s: float = 600,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self._limit_mb = limit_mb
        self._patience_s = patience_s
        self._queue = queue
        self._wait_s = wait_s
        self._idle_s = idle_s
        self._waiting = waiting
        self._line = _Line(queue)
        self._warm: _Warm | None = None
        self._finalizer: weakref.finalize[..., Browser] | None = None
        _browsers.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def draw(
        self,
        html: Path,
        width: int,
        height: int,
        scale: float,
        work: Callable[[Page], T],
    ) -> T:
        """What `work` makes of the page in a file, `width` × `height` CSS pixels large.

        The page is ready when it has loaded and its promise `window.ready`, if it has
        one, is kept; it stays open for the next call with the same file. It is shown as
        on a screen, without motion, and reaches no network.

        `work` may run twice: if the browser ends, crashes or hangs, once more on a
        fresh one. Raises `ExportError` for a missing file and for what the page throws,
        `BrowserError` when there is no browser, or when it failed twice.
        """
        with self._line.turn(self._wait_s):
            try:
                drawn = self._attempt(html, (width, height, scale), work)
            except chromium.LostError:
                try:
                    drawn = self._attempt(html, (width, height, scale), work)
                except chromium.LostError as error:
                    raise errors.BrowserError(
                        f"The browser failed twice at this picture: {error}. Try it "
                        "smaller, or with fewer programs open."
                    ) from error
            self._look_after()
            return drawn

    def close(self) -> None:
        """End the browser for good; a picture in the making fails."""
        self._line.closed = True
        if warm := self._warm:
            warm.process.kill()
        self._line.close(CLOSING_S)
        self._end()

    def _attempt(self, html: Path, size: Size, work: Callable[[Page], T]) -> T:
        try:
            return work(self._page(html, size))
        except errors.ExportError:
            raise
        except BaseException:
            self._end()
            raise

    def _page(self, html: Path, size: Size) -> Page:
        try:
            status = html.stat()
        except OSError as error:
            raise errors.ExportError(
                f"The page “{html}” cannot be read: {error.strerror}."
            ) from error
        file = (html.absolute(), status.st_mtime_ns, status.st_size)
        warm = self._warm or self._start()
        warm.used = time.monotonic()
        page = Page(warm.call)
        if (warm.shown, warm.size) == (file, size):
            return page
        if warm.size != size:
            width, height, scale = warm.size = size
            warm.call(
                "Emulation.setDeviceMetricsOverride",
                width=width,
                height=height,
                deviceScaleFactor=scale,
                mobile=False,
            )
        if warm.shown != file:
            warm.shown = None
            answer = warm.call("Page.navigate", url=file[0].as_uri())
            if "errorText" in answer:
                raise errors.ExportError(
                    f"The browser cannot open “{html}”: {answer['errorText']}."
                )
            page.evaluate(LOADED)
            warm.shown = file
        page.evaluate(FRAME)
        return page

    def _start(self) -> _Warm:
        if self._line.closed:
            raise errors.BrowserError(CLOSED)
        program = chromium.find()
        slot = slots.take(self._wait_s, self._waiting)
        try:
            process = chromium.start(program, slot.home, START_S)
        except BaseException:
            slot.release()
            raise
        ask = partial(process.call, within_s=self._patience_s)
        warm = self._warm = _Warm(process, slot, ask)
        self._finalizer = weakref.finalize(self, warm.end)
        if self._line.closed:
            raise chromium.LostError
        target = ask("Target.createTarget", url="about:blank")["targetId"]
        attached = ask("Target.attachToTarget", targetId=target, flatten=True)
        warm.call = partial(ask, session=attached["sessionId"])
        warm.call("Inspector.enable")
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        warm.call("Emulation.setEmulatedMedia", media="screen", features=[still])
        threading.Thread(
            target=_watch,
            args=(weakref.WeakMethod(self._rest), warm.ended),
            name="geo-astana browser",
            daemon=True,
        ).start()
        return warm

    def _end(self) -> None:
        self._warm = None
        if self._finalizer:
            self._finalizer()

    def _look_after(self) -> None:
        """Count a picture; end a browser that has grown, done enough or is wanted."""
        warm = self._warm
        if not warm:
            return
        now = warm.used = time.monotonic()
        warm.pictures += 1
        if warm.pictures % LOOK_PICTURES and now - warm.looked < LOOK_S:
            return
        warm.looked = now
        if (
            warm.pictures >= MOST_PICTURES
            or warm.process.memory_mb() > self._limit_mb
            or (now - warm.since > KEPT_S and slots.wanted())
        ):
            self._end()

    def _rest(self) -> None:
        """End a browser that nobody uses, sooner if another program waits for it."""
        with self._line.empty() as unused:
            if unused and (warm := self._warm):
                idle_s = time.monotonic() - warm.used
                if idle_s > self._idle_s or (idle_s > TICK_S and slots.wanted()):
                    self._end()

    def start_over(self) -> None:
        """Forget the parent's browser in a forked child."""
        self._line = _Line(self._queue)
        self._warm = None
        if self._finalizer:
            self._finalizer.detach()


def _watch(
    rest: "weakref.WeakMethod[Callable[[], None]]", ended: threading.Event
) -> None:
    while not ended.wait(TICK_S):
        if not (look := rest()):
            return
        look()
        del look


_browsers: weakref.WeakSet[Browser] = weakref.WeakSet()


def _after_fork() -> None:
    for browser in tuple(_browsers):
        browser.start_over()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
