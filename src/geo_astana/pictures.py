"""The routes of the exports: pictures and pages as they are asked for, files of jobs.

All take an order as a query string: the keys of a link and those of `order.KEYS`.
"""

import hashlib
import json
import logging
import math
import mimetypes
import os
import re
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flask
from werkzeug.wrappers import Response

import geo_astana
from geo_astana import dates, errors, link, selection, ticket
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, film, order, output, picture
from geo_astana.export.order import Order
from geo_astana.shelf import Shelf

FOLDER = "export/"
ADDRESS = "GEO_ASTANA_ADDRESS"
# What is made while one waits; the rest are jobs.
AT_ONCE = ("picture", "page")
# One picture is drawn, so many requests may wait for theirs, each for so long.
PLACES, WAIT_S = 6, 30
RETRY_S = 2
# A job of more would keep others waiting too long.
MOST = {"deck": 400, "film": film.MANY}
MOST_LETTERS = 4000
# A preview is as wide as it is shown on a sharp screen, whatever the size ordered.
PREVIEW_PX = 1200
PREVIEWED = ("picture", "deck", "film")
TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
# Seconds to begin, and for a picture of a million pixels.
BEGIN_S, PER_MEGAPIXEL_S = 5.0, 0.2
LEAST_TOLD_S, MINUTE_S = 20, 60
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".webm": "video/webm",
}
NO_ROOM = (
    "The server has no room to draw pictures. Try again later, or tell who runs it."
)
MM_PER_INCH, PX_PER_INCH = 25.4, 96
_log = logging.getLogger("geo_astana")


class _FullError(Exception):
    """Too many wait for a picture already."""


class Easel:
    """One warm studio for all requests, made when it is first needed."""

    def __init__(self, record: Dataset) -> None:
        self._record = record
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(PLACES)
        self._studio: picture.Studio | None = None

    def make(self, wanted: Order, address: str) -> bytes:
        """The file of an order; raises _FullError where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise _FullError
        try:
            if not self._turn.acquire(timeout=WAIT_S):
                raise _FullError
            try:
                self._studio = self._studio or picture.Studio(self._record)
                self._studio.address = address
                return order.content(wanted, self._studio)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def close(self) -> None:
        """End the studio with its browser; the next order makes another."""
        studio, self._studio = self._studio, None
        if studio:
            studio.close()


@dataclass(frozen=True)
class _Server:
    """What the routes share; `stamp` differs where the data does."""

    prefix: str
    record: Dataset
    stamp: str
    easel: Easel


def register(
    server: flask.Flask, prefix: str, record: Dataset, stamp: str, shelf: Shelf
) -> Easel:
    """Add the routes below `<prefix>export/`; `prefix` ends in a slash.

    `picture.png`, `.svg`, `.pdf` and `page.html` are files; with `download=1` they are
    saved and not shown. `preview.png` is a smaller picture of any order, `plan` tells
    as JSON what an order comes to or what is wrong with it, `file/<token>` is what a
    job made. A wrong order is answered with 400 and one sentence that names every
    fault, too many at once with 429, a browser that is missing or failed with 503.
    What the easel holds is the caller's to close.
    """
    ours = _Server(prefix, record, stamp, Easel(record))
    routes: dict[str, Callable[..., Response]] = {
        "<what>.<form>": partial(_file, ours),
        "preview.png": partial(_preview, ours),
        "plan": partial(_plan, ours),
        "file/<token>": partial(_fetch, shelf),
    }
    for path, view in routes.items():
        server.add_url_rule(
            f"{prefix}{FOLDER}{path}",
            endpoint=f"export-{path.partition('<')[0] or 'made'}",
            view_func=partial(_answered, view),
        )
    return ours.easel


def fields(query: str) -> dict[str, str]:
    """The fields of a query string that is no longer than MOST_LETTERS.

    Raises ExportError for a longer one.
    """
    if len(query) > MOST_LETTERS:
        raise errors.ExportError(
            f"The order has more than {MOST_LETTERS} letters; choose less."
        )
    found = dict(urllib.parse.parse_qsl(query))
    return {name: text for name, text in found.items() if name != "panel"}


def read(found: dict[str, str], record: Dataset) -> Order:
    """The order of some fields, of a size that this server makes.

    Raises ExportError with every fault.
    """
    wanted = order.read(found, record)
    most = MOST.get(wanted.what)
    if most is None:
        return wanted
    count = order.count(wanted, record)
    if count > most:
        raise errors.ExportError(
            f"That would be {count:,} pictures, and this server makes up to {most:,} "
            "at a time: choose a shorter range, or use the command line "
            "(geo-astana export)."
        )
    return wanted


def page_address(prefix: str) -> str:
    """Where readers find the dashboard: GEO_ASTANA_ADDRESS, or as it was asked for.

    A request whose host is none is answered with 400.
    """
    if not flask.request.host:
        flask.abort(400)
    asked = urllib.parse.urljoin(flask.request.host_url, prefix)
    return os.environ.get(ADDRESS) or asked


def _answered(view: Callable[..., Response], **parts: str) -> Response:
    """What a route answers, its errors as sentences."""
    try:
        return view(**parts)
    except _FullError:
        answer = _sentence(
            429, "Too many pictures are asked for at once. Try again in a moment."
        )
        answer.headers["Retry-After"] = str(RETRY_S)
        return answer
    except errors.BrowserError as error:
        return _sentence(503, error)
    except errors.GeoAstanaError as error:
        return _sentence(400, error)
    except OSError as error:
        if error.errno not in output.FULL:
            raise
        _log.exception("There is no room to draw.")
        return _sentence(503, NO_ROOM)


def _file(ours: _Server, what: str, form: str) -> Response:
    if what not in AT_ONCE:
        return _sentence(404, "There is no such export.")
    found = _asked()
    saved = found.pop("download", "")
    wanted = read({**found, "what": what, "format": form}, ours.record)
    return _made(ours, wanted, saved=bool(saved))


def _preview(ours: _Server) -> Response:
    wanted = read(_asked(), ours.record)
    if wanted.what not in PREVIEWED:
        return _sentence(404, f"There is no preview of a {wanted.what}.")
    if wanted.tour:
        first = order.steps(wanted, ours.record)[0]
        wanted = replace(wanted, view=first.view, words=first.words)
    scale = min(1, PREVIEW_PX / max(wanted.size.width, wanted.size.height))
    small = replace(wanted, what="picture", form="png", scale=scale)
    return _made(ours, small, saved=False)


def _made(ours: _Server, wanted: Order, *, saved: bool) -> Response:
    """The file of an order, or that the reader's copy is still right."""
    address = page_address(ours.prefix)
    answer = Response(mimetype=_media_type(f".{wanted.form}"))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.cache_control.no_cache = True
    answer.set_etag(_tag(ours, wanted, address))
    if saved:
        name = order.file_name(wanted, ours.record)
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    # Drawn only if the reader has no copy.
    if answer.make_conditional(flask.request).status_code != 304:  # noqa: PLR2004
        answer.set_data(ours.easel.make(wanted, address))
    return answer


def _tag(ours: _Server, wanted: Order, address: str) -> str:
    view = link.write(wanted.view, ours.record)
    look = (wanted.kind, wanted.size, wanted.scale, wanted.background, wanted.words)
    said = (geo_astana.__version__, ours.stamp, wanted.form, address, view, look)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def _plan(ours: _Server) -> Response:
    """What an order comes to; the faults of a wrong one are what was asked for."""
    try:
        wanted = read(_asked(), ours.record)
        said = {
            "name": order.file_name(wanted, ours.record),
            "words": _words(wanted, ours.record),
        }
        if wanted.what in PREVIEWED:
            said |= _shown(wanted, ours)
    except errors.GeoAstanaError as error:
        said = {"fault": ticket.sentence(error)}
    answer = Response(
        json.dumps(said, ensure_ascii=False), content_type="application/json"
    )
    answer.cache_control.no_store = True
    return answer


def _shown(wanted: Order, ours: _Server) -> dict[str, str]:
    """What the preview shows, for its caption and for who cannot see it."""
    view = order.steps(wanted, ours.record)[0].view if wanted.tour else wanted.view
    event = ours.record.events.get(view.event)
    address = page_address(ours.prefix)
    if wanted.what == "picture" and wanted.kind == "card" and event:
        said = evidence.of_event(ours.record, event.event_id, view, address)
    else:
        said = evidence.of_day(ours.record, view, address)
    return {"title": said.title, "alt": said.alt}


def _words(wanted: Order, record: Dataset) -> str:
    """What the file will hold, and how long it takes if that is long."""
    width, height = wanted.size.width, wanted.size.height
    if wanted.what == "picture":
        if wanted.form == "pdf":
            across, down = (
                round(side / PX_PER_INCH * MM_PER_INCH) for side in (width, height)
            )
            return f"One page of {across} × {down} mm, drawn in lines and text."
        if wanted.form == "svg":
            return "Drawn in lines and text, sharp at any size."
        across, down = (round(side * wanted.scale) for side in (width, height))
        return f"{across} × {down} pixels."
    if wanted.what == "page":
        return (
            "The whole map with every day, for any browser, with no network: "
            "one file of about 4 MB."
        )
    if wanted.what == "data":
        kept = len(selection.events(record, wanted.view.selection))
        return f"{kept} of {len(record.events)} events, with their sources."
    count = order.count(wanted, record)
    pixels = width * height * wanted.scale**2 / picture.MEGA
    return (
        f"{_counted(wanted, count)}{_span(wanted)}. "
        f"{_duration(BEGIN_S + count * pixels * PER_MEGAPIXEL_S)} to make."
    )


def _counted(wanted: Order, count: int) -> str:
    if wanted.what == "film":
        return "1 picture" if count == 1 else f"{count:,} pictures"
    slides = "1 slide" if count == 1 else f"{count} slides"
    return f"{slides}, a title and the sources"


def _span(wanted: Order) -> str:
    if not wanted.days:
        return ""
    first, last = (dates.in_words(day) for day in (wanted.days[0], wanted.days[-1]))
    return f", {first}" if first == last else f", {first} to {last}"


def _duration(seconds: float) -> str:
    if seconds < LEAST_TOLD_S:
        return "A few seconds"
    minutes = math.ceil(seconds / MINUTE_S - 0.25)
    return "About a minute" if minutes <= 1 else f"About {minutes} minutes"


def _fetch(shelf: Shelf, token: str) -> Response:
    known = shelf.get(f"file:{token}") if TOKEN.fullmatch(token) else None
    pieces = shelf.take(token) if known else None
    if not known or not pieces:
        return _sentence(
            404,
            "This file is no longer here: files are kept for an hour. Make it anew.",
        )
    _, ending = os.path.splitext(known["name"])  # noqa: PTH122 - a name, no path
    answer = Response(pieces, content_type=_media_type(ending))
    answer.content_length = known["size"]
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers.set("Content-Disposition", "attachment", filename=known["name"])
    answer.cache_control.private = True
    answer.cache_control.no_store = True
    return answer


def _asked() -> dict[str, str]:
    return fields(flask.request.query_string.decode("utf-8", "replace"))


def _media_type(ending: str) -> str:
    return (
        MEDIA_TYPES.get(ending)
        or mimetypes.guess_type(f"file{ending}")[0]
        or "application/octet-stream"
    )


def _sentence(status: int, said: object) -> Response:
    answer = Response(
        f"{ticket.sentence(said)}\n", status, content_type="text/plain; charset=utf-8"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.cache_control.no_store = True
    return answer
