"""The web application: routes with the data, and Dash around the view."""

import atexit
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask
import flask_compress
from dash import Dash
from werkzeug.wrappers import Response

from geo_astana import (
    callbacks,
    dataset,
    downloads,
    files,
    grid,
    guard,
    health,
    hosting,
    jobs,
    journal,
    layout,
    light,
    limits,
    masthead,
    metrics,
    oembed,
    pictures,
    settings,
    sharing,
)
from geo_astana.dataset import Dataset
from geo_astana.jobs import CeleryJobs, DiskJobs
from geo_astana.settings import Settings

DATA = "data/"
# Scripts of pictures, of frames and of other sites; the dashboard needs none of them.
NOT_LOADED = ["export|modes|host"]
KINDS = {
    ".json": "application/json",
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
}
A_YEAR = 31_536_000


EXTENSION = "geo_astana"


@dataclass(frozen=True, slots=True)
class Held:
    """What an application holds: its prefix, the stamp of its data, and its easel."""

    prefix: str
    stamp: str
    easel: pictures.Easel

    def close(self) -> None:
        """End its browser, now instead of when the process ends."""
        atexit.unregister(self.close)
        self.easel.close()


def held(app: Dash) -> Held:
    """What an application of `create_app` holds."""
    found: Held = app.server.extensions[EXTENSION]
    return found


def create_app(
    record: Dataset | None = None,
    obeyed: Settings = settings.USUAL,
    manager: DiskJobs | CeleryJobs | None = None,
) -> Dash:
    """A new Dash application on a record, the package's own by default.

    With a manager its jobs are made by that, which the caller closes.
    """
    record = record or dataset.load()
    app = Dash(
        __name__,
        # Dash itself then reads DASH_URL_BASE_PATHNAME.
        url_base_pathname=None if obeyed.prefix == "/" else obeyed.prefix,
        enable_mcp=False,
        title=masthead.TITLE,
        assets_folder=str(files.assets_folder()),
        assets_path_ignore=NOT_LOADED,
        health_endpoint="healthz",
        # Its words go where ours go.
        add_log_handler=False,
        update_title="",
    )
    contents = files.build(record) | light.contents(record)
    stamp = hashlib.sha256(b"".join(contents.values())).hexdigest()[:12]
    _serve(app, stamp, contents)
    asked = app.config.requests_pathname_prefix
    address = f"{asked}{DATA}{stamp}/"
    prefix = app.config.routes_pathname_prefix
    downloads.register(app.server, prefix, record)
    if manager:
        manager.use(record.folder)
    else:
        manager = jobs.manager(record)
        atexit.register(manager.close)
    easel = pictures.register(app.server, prefix, record, stamp, manager.shelf)
    holding = Held(prefix, stamp, easel)
    app.server.extensions[EXTENSION] = holding
    atexit.register(holding.close)
    app.layout = layout.page(
        {
            "data": address,
            "grid": grid.loader(app),
            "export": asked + pictures.FOLDER,
            "download": asked + downloads.FOLDER,
        }
    )
    app.index_string = _index(address)
    _share(app, sharing.heads(record, prefix))
    callbacks.register(app, record, manager)
    light.register(app.server, prefix, record, address, obeyed.embed_origins)
    hosting.register(app.server, prefix)
    oembed.register(app.server, prefix, record)
    guard.protect(app, obeyed)
    limits.register(app.server, prefix, obeyed)
    journal.register(app.server)
    health.register(app.server, prefix, record, stamp, manager.shelf)
    metrics.register(app.server, prefix, obeyed)
    return app


def _share(app: Dash, head: Callable[[], str]) -> None:
    """Give the page the head of the link that is asked for."""
    usual: Callable[..., str] = app.interpolate_index

    def shared(**parts: str) -> str:
        return sharing.placed(usual(**parts), head())

    # Dash's own way to another page is to override it.
    app.interpolate_index = shared  # type: ignore[method-assign, assignment]


def _serve(app: Dash, stamp: str, contents: dict[str, bytes]) -> None:
    """The files below an address that holds their hash: they keep for a year."""

    @cache
    def packed(name: str) -> bytes:
        return gzip.compress(contents[name], 9)

    prefix = app.config.routes_pathname_prefix

    def data(name: str) -> Response:
        if name not in contents:
            flask.abort(404)
        response = Response(mimetype=KINDS.get(Path(name).suffix))
        # Fonts are packed already.
        worth = not name.endswith(".woff2")
        if worth and "gzip" in str(flask.request.accept_encodings):
            response.set_data(packed(name))
            response.content_encoding = "gzip"
        else:
            response.set_data(contents[name])
        response.vary.add("Accept-Encoding")
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR
        response.set_etag(f"{stamp}-{name.replace('/', '-')}")
        return response.make_conditional(flask.request)

    server: flask.Flask = app.server
    server.add_url_rule(f"{prefix}{DATA}{stamp}/<path:name>", view_func=data)
    flask_compress.Compress(server)


def _index(data: str) -> str:
    """The page's frame: plotly.js and the style sheet of the looks, both our own."""
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    {{%metas%}}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{%title%}}</title>
    <link rel="icon" href="{masthead.icon()}">
    {{%css%}}
    <link rel="stylesheet" href="{data}{files.THEME}">
    <link rel="preload" as="script" href="{data}{files.PLOTLY}">
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>"""
