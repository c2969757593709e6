"""The page without Dash that the server gives to frames and presentations.

It is the page of the static site: it loads a third of the dashboard's scripts and asks
the server for nothing but files.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import flask
from werkzeug.wrappers import Response

from geo_astana import guard, pictures, sharing
from geo_astana.dataset import Dataset
from geo_astana.export import presentation, shell

# A link with one of these keys is no dashboard's.
KEYS = ("embed", "present")


def contents(record: Dataset) -> dict[str, bytes]:
    """What the page loads beside the files of `files.build`, by name."""
    return shell.scripts() | shell.styles() | presentation.contents(record)


def register(
    server: flask.Flask,
    prefix: str,
    record: Dataset,
    folder: str,
    origins: Sequence[str],
) -> None:
    """Answer a link of the dashboard that has one of KEYS with the page.

    `folder` is the address of all that it loads; pages of `origins` may frame and drive
    it.
    """
    folders = {"data": folder, "scripts": folder}
    script = shell.script()
    hashes = [shell.digest(script.encode())]

    # The dashboard shows in a frame of its own what others will see.
    framing = origins if "*" in origins else ("'self'", *origins)
    head = sharing.heads(record, prefix)

    @lru_cache(maxsize=8)
    def page(address: str, *, drawn: bool) -> str:
        content = shell.document(
            head=shell.linked(folders, drawn=drawn),
            body=shell.body(record, "", address, folders, origins),
            tail=[f"<script>{script}</script>"],
        )
        return content.decode()

    def answer() -> Response | None:
        asked = flask.request
        if asked.path != prefix or not any(key in asked.args for key in KEYS):
            return None
        drawn = asked.args.get("embed") != "card"
        address = pictures.page_address(prefix)
        shared = sharing.placed(page(address, drawn=drawn), head())
        content = shared.encode(errors="replace")
        response = Response(content, mimetype="text/html")
        response.set_etag(hashlib.sha256(content).hexdigest()[:20])
        response.cache_control.no_cache = True
        return guard.lend(response, hashes, framing).make_conditional(asked)

    server.before_request(answer)
