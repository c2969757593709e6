"""A map fills its box to the pixel, with what must be seen and no empty corner."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_astana import frame, maps

BASEMAP = Path(__file__).parents[1] / "data" / "geo" / "basemap"
# The conic cannot be widened to every shape: its frame would pass the pole or run round
# the world. Within these the base map reaches every corner.
REGION_ASPECTS = (1.05, 2.4)
SYRIA_ASPECTS = (0.5, 3.0)
# Figures of the dashboard at 1920x1080, 1366x768 and 390x844, and of two pictures.
FIGURES = [(1488, 500), (1030, 300), (390, 510), (800, 600), (2560, 1440)]
ON_MAPS = [
    pytest.param(chart, *size, id=f"{chart.name}-{size[0]}x{size[1]}")
    for chart in frame.MAPS
    for size in FIGURES
]
Box = tuple[float, float, float, float]


def aspects(chart: frame.Map) -> tuple[float, float]:
    return REGION_ASPECTS if chart is frame.REGION else SYRIA_ASPECTS


def edge_points(box: Box) -> list[tuple[float, float]]:
    """Corners and middles of the sides of a box."""
    west, south, east, north = box
    lons, lats = (west, (west + east) / 2, east), (south, (south + north) / 2, north)
    return list(itertools.product(lons, lats))


def drawn_aspect(chart: frame.Map, filled: frame.Frame) -> float:
    """Width over height of the projected box between the corners."""
    project, _ = frame.projections(chart)
    lons, lats = np.array(frame.corners(chart, filled)).T
    xs, ys = project(lons, lats)
    return float(np.ptp(xs) / np.ptp(ys))


def extent(name: str) -> Box:
    """West, south, east and north of the arcs of a base map."""
    topology = json.loads((BASEMAP / f"{name}.topojson").read_text("utf-8"))
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    lons, lats = set(), set()
    for arc in topology["arcs"]:
        x = y = 0
        for right, up in arc:
            x, y = x + right, y + up
            lons.add(x * scale[0] + shift[0])
            lats.add(y * scale[1] + shift[1])
    return min(lons), min(lats), max(lons), max(lats)


@pytest.fixture(scope="module")
def extents() -> dict[str, Box]:
    return {chart.name: extent(chart.name) for chart in frame.MAPS}


@pytest.mark.parametrize("chart", frame.MAPS, ids=lambda chart: chart.name)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_the_drawn_box_has_the_asked_aspect(
    chart: frame.Map, data: st.DataObject
) -> None:
    aspect = data.draw(st.floats(*aspects(chart)))
    filled = frame.fill(chart, aspect)
    assert drawn_aspect(chart, filled) == pytest.approx(aspect, abs=1e-6)


@pytest.mark.parametrize("chart", frame.MAPS, ids=lambda chart: chart.name)
@settings(deadline=None, max_examples=25)
@given(aspect=st.floats(0.5, 3))
def test_what_must_be_seen_is_inside(chart: frame.Map, aspect: float) -> None:
    filled = frame.fill(chart, aspect)
    for lon, lat in edge_points(chart.must_see):
        x, y = frame.position(chart, filled, lon, lat)
        assert -1e-9 <= x <= 1 + 1e-9
        assert -1e-9 <= y <= 1 + 1e-9


@pytest.mark.parametrize("chart", frame.MAPS, ids=lambda chart: chart.name)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_the_centre_of_the_frame_is_the_middle_of_the_box(
    chart: frame.Map, data: st.DataObject
) -> None:
    filled = frame.fill(chart, data.draw(st.floats(*aspects(chart))))
    middle = frame.position(chart, filled, *filled.centre)
    assert middle == pytest.approx((0.5, 0.5), abs=1e-9)


@pytest.mark.parametrize("chart", frame.MAPS, ids=lambda chart: chart.name)
@given(data=st.data())
def test_a_projected_point_comes_back(chart: frame.Map, data: st.DataObject) -> None:
    west, south, east, north = chart.must_see
    lon = data.draw(st.floats(west, east))
    lat = data.draw(st.floats(south, north))
    project, inverse = frame.projections(chart)
    x, y = project(np.array([lon]), np.array([lat]))
    assert inverse(float(x[0]), float(y[0])) == pytest.approx((lon, lat), abs=1e-9)


def test_the_conic_keeps_areas() -> None:
    project, _ = frame.projections(frame.REGION)
    step = 0.01
    for lon, lat in ((10, 30), (40, 45), (70, 60)):
        # A point, one a step to its east and one a step to its north.
        xs, ys = project(
            np.array([lon, lon + step, lon]), np.array([lat, lat, lat + step])
        )
        (east_x, north_x), (east_y, north_y) = xs[1:] - xs[0], ys[1:] - ys[0]
        drawn = east_x * north_y - east_y * north_x
        true = math.radians(step) ** 2 * math.cos(math.radians(lat + step / 2))
        assert drawn == pytest.approx(true, rel=1e-3)


@pytest.mark.parametrize(("chart", "width", "height"), ON_MAPS)
def test_every_corner_lies_on_the_base_map(
    extents: dict[str, Box], chart: frame.Map, width: int, height: int
) -> None:
    across, up = maps.layout("light", width, height)[maps.SUBPLOT[chart.name]][
        "domain"
    ].values()
    aspect = width * (across[1] - across[0]) / (height * (up[1] - up[0]))
    filled = frame.fill(chart, aspect)
    assert drawn_aspect(chart, filled) == pytest.approx(aspect, abs=1e-6)
    west, south, east, north = extents[chart.name]
    for lon, lat in frame.corners(chart, filled):
        assert west < lon < east
        assert south < lat < north


@pytest.mark.parametrize("chart", frame.MAPS, ids=lambda chart: chart.name)
def test_a_table_of_frames_serves_the_aspects_between_its_rows(
    chart: frame.Map,
) -> None:
    low, high = aspects(chart)
    rows = [aspect for aspect in frame.ASPECTS if low < aspect < high]
    for one, other in itertools.pairwise(rows):
        between = (one * other) ** 0.5
        first, last = frame.fill(chart, one), frame.fill(chart, other)
        lon = tuple((a + b) / 2 for a, b in zip(first.lon, last.lon, strict=True))
        lat = tuple((a + b) / 2 for a, b in zip(first.lat, last.lat, strict=True))
        mixed = frame.Frame((lon[0], lon[1]), (lat[0], lat[1]), (0, 0))
        # A box of 1000 px would be filled to within a pixel.
        assert drawn_aspect(chart, mixed) == pytest.approx(between, rel=1e-3), one
