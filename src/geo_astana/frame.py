"""The longitudes and latitudes that make a map fill its box.

Plotly clips each map to the projected bounding box of its axis ranges. So a box is
filled to the pixel when the ranges are widened, in one direction, until that bounding
box has the aspect of the box. The ranges are tabulated by aspect for the browser.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Projected = Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
Inverse = Callable[[float, float], tuple[float, float]]
# Plotly draws the range box in four great-circle steps a side; so fine is one sampled.
STEPS = 4
SAMPLES = 24
# Aspects of the table, 4 % apart: between two rows the browser's error is under 0.3 px.
ASPECTS = [1.04**step for step in range(-15, 31)]


@dataclass(frozen=True, slots=True)
class Map:
    """A map's projection and what must be seen in it (west, south, east, north).

    In a box beyond its `aspects` the basemap would end, as if a coast were there.
    """

    name: str
    kind: str
    must_see: tuple[float, float, float, float]
    centre_lon: float
    parallels: tuple[float, float] = (0, 0)
    aspects: tuple[float, float] = (0, math.inf)


REGION = Map(
    "region",
    "conic equal area",
    (9.5, 29.8, 70.0, 54.6),
    centre_lon=40.0,
    parallels=(30, 56),
    aspects=(1.0, 2.55),
)
SYRIA = Map("syria", "mercator", (34.6, 32.2, 41.0, 37.05), 0.0)
MAPS = (REGION, SYRIA)


@dataclass(frozen=True, slots=True)
class Frame:
    """Axis ranges and centre, in degrees, that fill a box of one aspect."""

    lon: tuple[float, float]
    lat: tuple[float, float]
    centre: tuple[float, float]


def projections(chart: Map) -> tuple[Projected, Inverse]:
    """The projection of a map as d3 computes it, y to the north, and its inverse.

    Conic equal area after Snyder, Map Projections: A Working Manual (1987), 100-102.
    """
    if chart.kind == "mercator":

        def mercator(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
            return np.radians(lon), np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))

        def back(x: float, y: float) -> tuple[float, float]:
            return math.degrees(x), math.degrees(
                2 * math.atan(math.exp(y)) - math.pi / 2
            )

        return mercator, back
    low, high = (math.sin(math.radians(parallel)) for parallel in chart.parallels)
    cone = (low + high) / 2
    constant = 1 + low * (2 * cone - low)
    radius = math.sqrt(constant) / cone

    def conic(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        rho = np.sqrt(constant - 2 * cone * np.sin(np.radians(lat))) / cone
        angle = cone * np.radians(lon - chart.centre_lon)
        return rho * np.sin(angle), radius - rho * np.cos(angle)

    def inverse(x: float, y: float) -> tuple[float, float]:
        down = radius - y
        angle = math.atan2(x, down) / cone
        sine = (constant - (x * x + down * down) * cone * cone) / (2 * cone)
        return math.degrees(angle) + chart.centre_lon, math.degrees(math.asin(sine))

    return conic, inverse


@lru_cache
def fill(chart: Map, aspect: float) -> Frame:
    """The frame whose projected bounding box has `aspect` (width over height).

    Beyond the map's own aspects it is the nearest that the map has.
    """
    least, most = chart.aspects
    aspect = min(max(aspect, least), most)
    west, south, east, north = chart.must_see
    project, inverse = projections(chart)
    wide = _aspect(_bounds(project, chart.must_see)) < aspect

    def widened(by: float) -> tuple[float, float, float, float]:
        if wide:
            return west - by, south, east + by, north
        return west, south - by, east, north + by

    low, high = 0.0, 60.0 if wide else 40.0
    for _ in range(40):
        middle = (low + high) / 2
        narrower = _aspect(_bounds(project, widened(middle))) < aspect
        low, high = (middle, high) if narrower == wide else (low, middle)
    box = widened(low)
    left, bottom, right, top = _bounds(project, box)
    centre = inverse((left + right) / 2, (bottom + top) / 2)
    return Frame((box[0], box[2]), (box[1], box[3]), centre)


def corners(chart: Map, frame: Frame) -> list[tuple[float, float]]:
    """The longitude and latitude under each corner of the filled box."""
    _, inverse = projections(chart)
    left, bottom, right, top = _filled(chart, frame)
    return [inverse(x, y) for x in (left, right) for y in (bottom, top)]


def position(chart: Map, frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    """Where a point lies in the box: 0, 0 is its lower left, 1, 1 its upper right."""
    project, _ = projections(chart)
    left, bottom, right, top = _filled(chart, frame)
    x, y = (float(value) for value in project(np.asarray(lon), np.asarray(lat)))
    return (x - left) / (right - left), (y - bottom) / (top - bottom)


@lru_cache
def _filled(chart: Map, frame: Frame) -> tuple[float, float, float, float]:
    """The projected bounding box of a frame."""
    project, _ = projections(chart)
    return _bounds(project, (frame.lon[0], frame.lat[0], frame.lon[1], frame.lat[1]))


def _aspect(bounds: tuple[float, float, float, float]) -> float:
    left, bottom, right, top = bounds
    return (right - left) / (top - bottom)


def _bounds(
    project: Projected, box: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """The projected bounding box of a lon/lat box with Plotly's great-circle edges."""
    xs, ys = project(*_outline(*box))
    return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())


def _outline(
    west: float, south: float, east: float, north: float
) -> tuple[Numbers, Numbers]:
    """Points along the box's sides, each side four great-circle arcs."""
    lons = np.linspace(west, east, STEPS + 1)
    lats = np.linspace(south, north, STEPS + 1)
    ring_lon = np.concatenate([lons, np.full(STEPS, east), lons[-2::-1]])
    ring_lat = np.concatenate(
        [np.full(STEPS + 1, south), lats[1:], np.full(STEPS, north)]
    )
    ring_lon = np.concatenate([ring_lon, np.full(STEPS, west)])
    ring_lat = np.concatenate([ring_lat, lats[-2::-1]])
    along, up = np.radians(ring_lon), np.radians(ring_lat)
    points = np.stack(
        [np.cos(up) * np.cos(along), np.cos(up) * np.sin(along), np.sin(up)]
    )
    start, end = points[:, :-1, None], points[:, 1:, None]
    angle = np.arccos(np.clip((start * end).sum(axis=0), -1, 1))
    part = np.linspace(0, 1, SAMPLES + 1)[None, :]
    near, far = np.sin((1 - part) * angle), np.sin(part * angle)
    x, y, z = (near * start + far * end) / np.sin(angle)
    lon, lat = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(np.clip(z, -1, 1)))
    return lon.ravel(), lat.ravel()
