"""Shapes on the ground: metric buffers, areas, winding and hatching.

Shapes come and go in WGS84 longitude and latitude (EPSG:4326). Everything measured in
metres is measured in UTM zone 37N (EPSG:32637), which holds all of western Syria.
"""

import math

import pyproj
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"
METRIC = "EPSG:32637"
# A ten-thousandth of a degree is 11 m, far below any error of an outline.
GRID = 0.0001
_ELLIPSOID = pyproj.Geod(ellps="WGS84")
_TO_METRES = pyproj.Transformer.from_crs(WGS84, METRIC, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(METRIC, WGS84, always_xy=True)


def buffer_m(shape: BaseGeometry, metres: float) -> BaseGeometry:
    """The shape widened by `metres`, with round corners, rounded to the grid."""
    metric = shapely.transform(shape, _TO_METRES.transform, interleaved=False)
    wide = metric.buffer(metres, quad_segs=6)
    back = shapely.transform(wide, _TO_DEGREES.transform, interleaved=False)
    return shapely.set_precision(back, GRID)


def area_km2(shape: BaseGeometry) -> float:
    """The area on the WGS84 ellipsoid in square kilometres, holes left out."""
    area, _ = _ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(area) / 1e6


def edge_band(shape: BaseGeometry, error_km: float) -> BaseGeometry:
    """The belt in which the true edge may run: `error_km` to either side."""
    band = buffer_m(shape.boundary, error_km * 1000)
    return shapely.set_precision(band.simplify(0.002), GRID)


def clockwise(shape: BaseGeometry) -> BaseGeometry:
    """The shape with clockwise exteriors, as d3's spherical polygons want them."""
    return shapely.orient_polygons(shape, exterior_cw=True)


def hatch(shape: BaseGeometry, spacing_deg: float) -> BaseGeometry:
    """Lines rising to the north-east, cut to the shape.

    `spacing_deg` is the distance in degrees of latitude between two lines measured at
    a right angle on a Mercator map.
    """
    west, south, _, north = shape.bounds
    # On a Mercator map a degree of latitude is drawn longer than one of longitude.
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    drawn = affinity.scale(shape, 1, stretch, origin=(west, south))
    left, low, right, high = drawn.bounds
    height = high - low
    step = spacing_deg * 2**0.5 * stretch
    count = int((right - left + height) / step) + 1
    lines = shapely.MultiLineString(
        [
            [(x, low), (x + height, high)]
            for x in (left - height + step * (index + 0.5) for index in range(count))
        ]
    )
    cut = shapely.intersection(lines, drawn)
    back = affinity.scale(cut, 1, 1 / stretch, origin=(west, south))
    return shapely.set_precision(back, GRID)


def lines_of(shape: BaseGeometry) -> tuple[list[float | None], list[float | None]]:
    """The shape's lines or rings as two coordinate lists, None between parts."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    outline = shape.boundary if shape.area else shape
    for part in shapely.get_parts(outline):
        for x, y in part.coords:
            lon.append(round(x, 4))
            lat.append(round(y, 4))
        lon.append(None)
        lat.append(None)
    return lon[:-1], lat[:-1]
