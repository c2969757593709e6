"""The route of the downloads: the events that a link selects, as a file."""

import hashlib
import urllib.parse
from functools import partial

import flask
from werkzeug.wrappers import Response

from geo_astana import errors, link
from geo_astana.dataset import Dataset
from geo_astana.export import data

FOLDER = "download/"
NAMES = {f"events.{ending}": ending for ending in data.FORMATS}


def register(server: flask.Flask, prefix: str, record: Dataset) -> None:
    """Add `<prefix>download/<name>` for the names of NAMES; `prefix` ends in a slash.

    The query string is that of a link of the dashboard: no facet means all events. A
    part of it that is wrong is answered with 400 and one sentence that names it, a file
    that cannot be made with 503.
    """
    server.add_url_rule(
        f"{prefix}{FOLDER}<name>",
        endpoint="download",
        view_func=partial(_download, prefix, record),
    )


def _download(prefix: str, record: Dataset, name: str) -> Response:
    ending = NAMES.get(name)
    if ending is None:
        return _refusal(404, f"There is no such file; there are {', '.join(NAMES)}.")
    view = link.read(flask.request.query_string.decode("utf-8", "replace"), record)
    if view.wrong:
        named = ", ".join(f"“{pair}”" for pair in view.wrong)
        return _refusal(
            400, f"The link has parts that the record does not know: {named}."
        )
    wanted = data.FORMATS[ending]
    page = urllib.parse.urljoin(flask.request.host_url, prefix)
    query = link.write(view, record)
    address = f"{page}?{query}" if query else page
    try:
        content = wanted.write(record, view.selection, address)
    except errors.ExportError as error:
        return _refusal(503, f"{error}.")
    response = Response(content, content_type=wanted.media_type)
    file_name = data.file_name(record, view.day, ending)
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.no_cache = True
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20])
    return response.make_conditional(flask.request)


def _refusal(status: int, sentence: str) -> Response:
    response = Response(
        sentence + "\n", status, content_type="text/plain; charset=utf-8"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
