"""The web application: routes with the data, and Dash around the view."""

import gzip
import hashlib
import json
import urllib.parse
from functools import lru_cache
from pathlib import Path

import flask
import flask_compress
import plotly
from dash import Dash
from werkzeug.wrappers import Response

from geo_astana import (
    callbacks,
    catalogue,
    dataset,
    details,
    downloads,
    grid,
    lanes,
    layout,
    maps,
    payload,
    theme,
    timeline,
)
from geo_astana.dataset import Dataset
from geo_astana.dates import parse

TITLE = "geo-astana: Syria’s ceasefire talks, day by day"
DATA = "data/"
# plotly.js asks for its topojson by these names; see maps.layout's resolutions.
BASEMAP = {"world_110m.json": "region.topojson", "world_50m.json": "syria.topojson"}
PLOTLY = "plotly.min.js"
KINDS = {".json": "application/json", ".css": "text/css", ".js": "text/javascript"}
A_YEAR = 31_536_000


def assets_folder() -> Path:
    """assets/ of the installed package, or of the project it runs from."""
    inside = Path(__file__).parent / "assets"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "assets"


def create_app(record: Dataset | None = None) -> Dash:
    """A new Dash application on a record, the package's own by default."""
    record = record or dataset.load()
    app = Dash(
        __name__,
        title=TITLE,
        assets_folder=str(assets_folder()),
        health_endpoint="healthz",
        update_title="",
    )
    files = _files(record)
    stamp = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    _serve(app, stamp, files)
    address = f"{app.config.requests_pathname_prefix}{DATA}{stamp}/"
    downloads.register(app.server, app.config.routes_pathname_prefix, record)
    app.layout = layout.page({"data": address, "grid": grid.loader(app)})
    app.index_string = _index(address)
    callbacks.register(app, record)
    return app


def _files(record: Dataset) -> dict[str, bytes]:
    """Everything the view loads, by name."""
    day = parse(payload.OPENS_ON).first
    opening = timeline.state_on(record, day)
    contents: dict[str, object] = {
        "payload.json": payload.build(record),
        "cards.json": payload.cards(record),
        "view.json": payload.view(record),
        "details.json": details.build(record),
        "search.json": catalogue.index(record),
    }
    for colours in theme.THEMES:
        figure = maps.figure(record, opening, day, colours=colours)
        contents[f"maps-{colours}.json"] = figure
        contents[f"lanes-{colours}.json"] = lanes.figure(record, colours=colours)
    files = {
        name: json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        for name, content in contents.items()
    }
    for name, source in BASEMAP.items():
        path = dataset.default_folder() / "basemap" / source
        files[f"basemap/{name}"] = path.read_bytes()
    files["theme.css"] = theme.css().encode()
    return files


def _serve(app: Dash, stamp: str, files: dict[str, bytes]) -> None:
    """The files below an address that holds their hash: they keep for a year."""
    packed = {name: gzip.compress(content, 9) for name, content in files.items()}
    prefix = app.config.routes_pathname_prefix

    def data(name: str) -> Response:
        body = _plotly() if name == PLOTLY else packed.get(name)
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


@lru_cache
def _plotly() -> bytes:
    """plotly.js as the installed plotly package brings it, compressed once."""
    path = Path(plotly.__file__).parent / "package_data" / PLOTLY
    return gzip.compress(path.read_bytes(), 6)


def _icon() -> str:
    """A round mark as the page's icon, inside the page: no request for it."""
    colour = theme.COLOURS["light"]["fill-astana"]
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
        f"<circle cx='8' cy='8' r='7' fill='{colour}'/></svg>"
    )
    return "data:image/svg+xml," + urllib.parse.quote(drawing)


def _index(data: str) -> str:
    """The page's frame: plotly.js and the style sheet of the looks, both our own."""
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    {{%metas%}}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{%title%}}</title>
    <link rel="icon" href="{_icon()}">
    {{%css%}}
    <link rel="stylesheet" href="{data}theme.css">
    <link rel="preload" as="script" href="{data}{PLOTLY}">
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>"""
