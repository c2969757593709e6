"""The web application: routes with the data, and Dash around the view."""

import atexit
import gzip
import hashlib
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
    jobs,
    layout,
    masthead,
    pictures,
)
from geo_astana.dataset import Dataset

DATA = "data/"
# Scripts that draw pictures for files; the dashboard needs none of them.
NOT_LOADED = ["export"]
KINDS = {".json": "application/json", ".css": "text/css", ".js": "text/javascript"}
A_YEAR = 31_536_000


def create_app(record: Dataset | None = None) -> Dash:
    """A new Dash application on a record, the package's own by default."""
    record = record or dataset.load()
    app = Dash(
        __name__,
        title=masthead.TITLE,
        assets_folder=str(files.assets_folder()),
        assets_path_ignore=NOT_LOADED,
        health_endpoint="healthz",
        update_title="",
    )
    contents = files.build(record)
    stamp = hashlib.sha256(b"".join(contents.values())).hexdigest()[:12]
    _serve(app, stamp, contents)
    asked = app.config.requests_pathname_prefix
    address = f"{asked}{DATA}{stamp}/"
    prefix = app.config.routes_pathname_prefix
    downloads.register(app.server, prefix, record)
    manager = jobs.manager(record)
    easel = pictures.register(app.server, prefix, record, stamp, manager.shelf)
    atexit.register(easel.close)
    atexit.register(manager.close)
    app.layout = layout.page(
        {
            "data": address,
            "grid": grid.loader(app),
            "export": asked + pictures.FOLDER,
            "download": asked + downloads.FOLDER,
        }
    )
    app.index_string = _index(address)
    callbacks.register(app, record, manager)
    return app


def _serve(app: Dash, stamp: str, contents: dict[str, bytes]) -> None:
    """The files below an address that holds their hash: they keep for a year."""
    packed = {name: gzip.compress(content, 9) for name, content in contents.items()}
    prefix = app.config.routes_pathname_prefix

    def data(name: str) -> Response:
        body = files.plotly_gzipped() if name == files.PLOTLY else packed.get(name)
        if body is None:
            flask.abort(404)
        response = Response(body, mimetype=KINDS.get(Path(name).suffix))
        if "gzip" in str(flask.request.accept_encodings):
            response.content_encoding = "gzip"
        else:
            response.set_data(gzip.decompress(body))
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
