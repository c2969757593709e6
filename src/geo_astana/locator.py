"""The small maps of the drawer: where a place or an outline lies, as SVG paths."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_astana import dataset, frame
from geo_astana.frame import Map

# The projection of each, and what it shows (west, south, east, north).
LOCATORS = {
    "region": (frame.REGION, (2.0, 24.0, 76.0, 57.5)),
    "syria": (frame.SYRIA, (34.9, 32.1, 42.6, 37.5)),
}
LOCATOR_PX = 200.0
COARSE_PX = 0.4
FINE_PX = 0.05
# A closed ring has at least so many points, the first one twice.
RING = 4


def at(name: str, lon: float, lat: float) -> tuple[float, float] | None:
    """Where a place stands in a locator, in pixels; None beyond its edge."""
    _, width, height = _window(name)
    x, y = to_pixels(name, np.array([lon]), np.array([lat]))
    left, top = round(float(x[0]), 1), round(float(y[0]), 1)
    return (left, top) if 0 < left < width and 0 < top < height else None


def drawing(name: str) -> dict[str, Any]:
    """A small map: its size in pixels and the paths of land and of Syria."""
    _, width, height = _window(name)
    return {
        "size": [round(width), round(height)],
        "land": path(name, _land(name), COARSE_PX),
        "syria": path(name, _syria(name), COARSE_PX),
    }


@lru_cache
def _window(name: str) -> tuple[Map, float, float]:
    """The projection of a locator, its width and its height in pixels."""
    chart, box = LOCATORS[name]
    left, bottom, right, top = _edges(chart, box)
    return chart, LOCATOR_PX, LOCATOR_PX * (top - bottom) / (right - left)


def _edges(
    chart: Map, box: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """A box as the projection has it in the middle of each of its sides."""
    west, south, east, north = box
    middle = (south + north) / 2
    centre = chart.centre_lon or west
    project, _ = frame.projections(chart)
    x, y = project(
        np.array([west, east, centre, centre]),
        np.array([middle, middle, south, north]),
    )
    return float(x[0]), float(y[2]), float(x[1]), float(y[3])


def to_pixels(
    name: str, lon: frame.Numbers, lat: frame.Numbers
) -> tuple[frame.Numbers, frame.Numbers]:
    chart, box = LOCATORS[name]
    left, _, right, top = _edges(chart, box)
    x, y = frame.projections(chart)[0](lon, lat)
    scale = LOCATOR_PX / (right - left)
    return (x - left) * scale, (top - y) * scale


def path(name: str, shape: BaseGeometry, tolerance_px: float) -> str:
    """A shape as an SVG path in the pixels of a locator, without specks."""
    _, width, height = _window(name)
    drawn = shapely.transform(
        shape, lambda lon, lat: to_pixels(name, lon, lat), interleaved=False
    )
    # A little beyond the edge, so that no stroke runs along it.
    seen = shapely.box(-2, -2, width + 2, height + 2)
    cut = shapely.make_valid(drawn).intersection(seen).simplify(tolerance_px)
    rings = [
        ring
        for part in shapely.get_parts(cut)
        if part.geom_type == "Polygon" and part.area > 4 * tolerance_px
        for ring in (part.exterior, *part.interiors)
    ]
    digits = 1 if tolerance_px == COARSE_PX else 2
    return "".join(
        "M"
        + " ".join(f"{x:.{digits}f},{y:.{digits}f}" for x, y in ring.coords[:-1])
        + "Z"
        for ring in rings
    )


def _syria(name: str) -> BaseGeometry:
    features = _basemap("syria.geojson")["features"]
    found = next(each for each in features if each["properties"]["map"] == name)
    return shapely.geometry.shape(found["geometry"])


def _land(name: str) -> BaseGeometry:
    """The land of a base map: its TopoJSON arcs, delta-coded and quantised, as one."""
    topology = _basemap(f"{name}.topojson")
    scale, origin = (
        np.array(topology["transform"][key]) for key in ("scale", "translate")
    )
    arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> list[list[float]]:
        # A negative number is that arc, counted from -1, run backwards.
        ways = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return list(np.concatenate(ways).tolist())

    shapes = []
    for land in topology["objects"]["land"]["geometries"]:
        several = land["type"] == "MultiPolygon"
        for rings in land["arcs"] if several else [land["arcs"]]:
            # Quantising leaves slivers of two points.
            shell, *holes = (line for line in map(ring, rings) if len(line) >= RING)
            shapes.append(shapely.make_valid(shapely.Polygon(shell, holes)))
    return shapely.union_all(shapes)


def _basemap(file: str) -> Any:
    path = dataset.default_folder() / "basemap" / file
    return json.loads(path.read_text(encoding="utf-8"))
