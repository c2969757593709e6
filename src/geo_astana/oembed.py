"""The oEmbed answer to a link of ours: a frame of its view (oembed.com, version 1.0).

A site that is given a plain link asks here what to show for it.
"""

import json
import math
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from xml.etree import ElementTree as ET

import flask
from werkzeug.wrappers import Response

from geo_astana import (
    citation,
    errors,
    guard,
    link,
    pictures,
    settings,
    sharing,
    snippets,
)
from geo_astana.dataset import Dataset
from geo_astana.export import imprint, picture
from geo_astana.link import View

FORMATS = {"json": "application/json", "xml": "text/xml; charset=utf-8"}
USUAL = "slide"
# How long an answer may be kept, in seconds.
KEPT_S = 24 * 3600
# A wrong value is named by its beginning.
SHOWN_LETTERS = 40
MOST_DIGITS = 5
# A picture is made no smaller than so much of its size.
LEAST_SCALE, SCALES = 0.1, 20


@dataclass(frozen=True, slots=True)
class Room:
    """The most pixels that a frame and its picture may have, None for any number."""

    width: int | None = None
    height: int | None = None


def register(server: flask.Flask, prefix: str, record: Dataset) -> None:
    """Add `<prefix>oembed`; `prefix` ends in a slash.

    It takes `url`, a link to the dashboard, to a frame or to a presentation, `format`,
    and `maxwidth` and `maxheight` in pixels. What is wrong is answered by one sentence:
    with 400 a number that is none, with 404 a link of another site, with 501 a format
    that there is not.
    """

    def answer() -> Response:
        asked = flask.request.args
        form = asked.get("format") or "json"
        if form not in FORMATS:
            known = " and ".join(FORMATS)
            return guard.refusal(
                501, f"There is no format “{form[:SHOWN_LETTERS]}”; there are {known}."
            )
        if not asked.get("url"):
            return guard.refusal(
                400, "The request names no link; add url=… with a link of this site."
            )
        try:
            room = Room(_bound(asked, "maxwidth"), _bound(asked, "maxheight"))
        except errors.ExportError as error:
            return guard.refusal(400, str(error))
        address = pictures.page_address(prefix)
        query = _query(asked["url"], address)
        if query is None:
            return guard.refusal(
                404, f"The link is none of this site, whose links begin with {address}"
            )
        told = describe(record, link.read(query, record), address, room)
        return _response(told, form)

    server.add_url_rule(
        f"{prefix}{sharing.OEMBED}", endpoint="oembed", view_func=answer
    )


def describe(
    record: Dataset, asked: View, address: str, room: Room
) -> dict[str, str | int]:
    """The answer to a link by the names of the specification."""
    said = sharing.card(record, asked, address)
    kind = asked.embed or USUAL
    alone = {key: getattr(picture.OPENING, key) for key in link.PAGE}
    shown = replace(said.view, **alone) if asked.present else replace(asked, **alone)
    query = link.write(replace(shown, embed=kind, clock=asked.clock), record)
    width = min(room.width or snippets.USUAL_PX, snippets.MOST_PX)
    ideal = snippets.height(kind, width)
    height = min(room.height or ideal, ideal)
    drawn = sharing.drawn(record, said.view, asked.embed)
    at = partial(sharing.picture_address, record, said.view, drawn, address)
    return {
        "version": "1.0",
        "type": "rich",
        "title": said.title,
        "author_name": citation.AUTHORS,
        "provider_name": imprint.SITE,
        "provider_url": address,
        "cache_age": KEPT_S,
        **_thumbnail(at, room),
        "html": snippets.frame(f"{address}?{query}", said.title, width, height),
        "width": width,
        "height": height,
    }


def _thumbnail(
    picture_address: Callable[[float], str], room: Room
) -> dict[str, str | int]:
    """The whole picture of the view, smaller if need be; none where none has room."""
    size = sharing.SIZE
    fitting = min(
        (room.width or size.width) / size.width,
        (room.height or size.height) / size.height,
        1,
    )
    # Few sizes, so that many sites ask for the same pictures.
    scale = math.floor(fitting * SCALES) / SCALES
    if scale < LEAST_SCALE:
        return {}
    width, height = picture.Picture(size=size, scale=scale).pixels
    return {
        "thumbnail_url": picture_address(scale),
        "thumbnail_width": width,
        "thumbnail_height": height,
    }


def _query(url: str, address: str) -> str | None:
    """The query of a link below `address`, None for a link of another site."""
    try:
        asked, ours = (urllib.parse.urlsplit(one) for one in (url, address))
        same = _origin(asked) == _origin(ours) is not None
    except ValueError:
        return None
    paths = (ours.path, ours.path.removesuffix("/"))
    return asked.query if same and asked.path in paths else None


def _origin(parts: urllib.parse.SplitResult) -> str | None:
    return settings.origin(f"{parts.scheme}://{parts.netloc}")


def _bound(asked: Mapping[str, str], name: str) -> int | None:
    """A bound in pixels; raises ExportError for what is none."""
    text = asked.get(name)
    if not text:
        return None
    digits = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    if digits and int(text):
        return int(text)
    raise errors.ExportError(
        f"{name} is “{text[:SHOWN_LETTERS]}”; it must be a whole number of pixels."
    )


def _response(told: Mapping[str, str | int], form: str) -> Response:
    if form == "json":
        content = json.dumps(told, ensure_ascii=False).encode()
    else:
        root = ET.Element("oembed")
        for name, value in told.items():
            ET.SubElement(root, name).text = f"{value}"
        content = ET.tostring(root, "utf-8", xml_declaration=True)
    response = Response(content, content_type=FORMATS[form])
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_S
    return response
