"""Everything the view loads, by name: what the server serves and a file carries."""

import json
import os
import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

import plotly

from geo_astana import (
    catalogue,
    dataset,
    details,
    errors,
    lanes,
    maps,
    payload,
    theme,
)
from geo_astana import timeline as states
from geo_astana.dataset import Dataset
from geo_astana.dates import parse

PLOTLY = "plotly.min.js"
# The bundle of no more than the traces we draw: where it is, or the variable that says.
PLOTLY_SLIM = "build/plotly-geo.min.js"
PLOTLY_VARIABLE = "GEO_ASTANA_PLOTLY"
# The words at the beginning of every bundle.
_PLOTLY_VERSION = re.compile(rb"plotly\.js [^\n]*?v(\d+\.\d+\.\d+)")
_PLOTLY_HEAD = 400
THEME = "theme.css"
# plotly.js asks for its topojson by these names; see maps.layout's resolutions.
BASEMAP = {
    "basemap/world_110m.json": "region.topojson",
    "basemap/world_50m.json": "syria.topojson",
}


def _maps(record: Dataset, colours: theme.Theme) -> dict[str, Any]:
    day = parse(payload.OPENS_ON).first
    return maps.figure(record, states.state_on(record, day), day, colours=colours)


def _lanes(record: Dataset, colours: theme.Theme) -> dict[str, Any]:
    return lanes.figure(record, colours=colours)


MAKERS: dict[str, Callable[[Dataset], Any]] = {
    "payload.json": payload.build,
    "cards.json": payload.cards,
    "view.json": payload.view,
    "details.json": details.build,
    "search.json": catalogue.index,
    **{
        f"{name}-{colours}.json": partial(make, colours=colours)
        for colours in theme.THEMES
        for name, make in (("maps", _maps), ("lanes", _lanes))
    },
}
NAMES = (*MAKERS, *BASEMAP, THEME)


def build(record: Dataset, names: Collection[str] = NAMES) -> dict[str, bytes]:
    """The named files; JSON is compact and UTF-8."""
    return {name: _content(record, name) for name in names}


def _content(record: Dataset, name: str) -> bytes:
    if name == THEME:
        return theme.css().encode()
    if name in BASEMAP:
        return (dataset.default_folder() / "basemap" / BASEMAP[name]).read_bytes()
    content = MAKERS[name](record)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def assets_folder() -> Path:
    """assets/ of the installed package, or of the project it runs from."""
    inside = Path(__file__).parent / "assets"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "assets"


def plotly_js() -> bytes:
    """plotly.js as the installed plotly package brings it."""
    return (Path(plotly.__file__).parent / "package_data" / PLOTLY).read_bytes()


def plotly_slim() -> bytes | None:
    """The smaller plotly.js of `make slim`, or that of GEO_ASTANA_PLOTLY, if any.

    Raises ExportError for a file that cannot be read, that is no plotly.js, or that is
    of another version than the plotly.js of the installed package.
    """
    named = os.environ.get(PLOTLY_VARIABLE, "")
    path = Path(named) if named else assets_folder().parent / PLOTLY_SLIM
    if not named and not path.is_file():
        return None
    advice = f"change or unset {PLOTLY_VARIABLE}" if named else "run `make slim` again"
    try:
        bundle = path.read_bytes()
    except OSError as error:
        raise errors.ExportError(
            f"“{path}” could not be read as plotly.js: {error.strerror}; {advice}"
        ) from None
    found, wanted = plotly_version(bundle), plotly_version(plotly_js())
    if found != wanted:
        raise errors.ExportError(
            f"“{path}” is {f'plotly.js {found}' if found else 'no plotly.js'}, "
            f"the installed package has {wanted}; {advice}"
        )
    return bundle


def plotly_version(bundle: bytes) -> str:
    """The version that a bundle of plotly.js says it has; "" if it says none."""
    match = _PLOTLY_VERSION.search(bundle[:_PLOTLY_HEAD])
    return match[1].decode() if match else ""
