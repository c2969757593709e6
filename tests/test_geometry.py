"""Shapes keep their metres, their winding and their holes."""

import math

import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_astana import geometry

ELLIPSOID = pyproj.Geod(ellps="WGS84")
# Western Syria, where the zones lie.
lons, lats = st.floats(35.7, 38.0), st.floats(32.3, 36.6)
metres = st.floats(1_000, 25_000)
SQUARE = shapely.box(36.0, 35.0, 37.0, 36.0)
RING = SQUARE.difference(shapely.box(36.4, 35.4, 36.6, 35.6))
TWO = shapely.union(SQUARE, shapely.box(37.5, 35.0, 37.8, 35.3))


@settings(deadline=None)
@given(lons, lats, metres)
def test_a_buffer_reaches_its_metres_in_every_direction(
    lon: float, lat: float, radius_m: float
) -> None:
    disc = geometry.buffer_m(shapely.Point(lon, lat), radius_m)
    # UTM stretches by less than 0.2 % here; the grid of the outlines is 11 m.
    for x, y in shapely.get_coordinates(disc):
        _, _, distance_m = ELLIPSOID.inv(lon, lat, x, y)
        assert distance_m == pytest.approx(radius_m, rel=0.002, abs=12)


@settings(deadline=None)
@given(lons, lats, metres)
def test_a_disc_has_the_area_of_its_radius(
    lon: float, lat: float, radius_m: float
) -> None:
    disc = geometry.buffer_m(shapely.Point(lon, lat), radius_m)
    assert geometry.area_km2(disc) == pytest.approx(
        math.pi * (radius_m / 1000) ** 2, rel=0.03
    )


@settings(deadline=None)
@given(metres)
def test_a_buffer_holds_its_shape_and_grows_with_its_metres(radius_m: float) -> None:
    line = shapely.LineString([(36.1, 35.8), (36.5, 35.4), (36.9, 36.2)])
    narrow = geometry.buffer_m(line, radius_m)
    assert narrow.contains(line)
    assert geometry.buffer_m(line, radius_m + 1000).contains(narrow)


def test_area_counts_the_ellipsoid_and_leaves_holes_out() -> None:
    # One degree square at 35 to 36 N, by pyproj's own geodesic polygon.
    west_east, south_north = [36, 37, 37, 36], [35, 35, 36, 36]
    signed_m2, _ = ELLIPSOID.polygon_area_perimeter(west_east, south_north)
    assert geometry.area_km2(SQUARE) == pytest.approx(abs(signed_m2) / 1e6)
    hole = shapely.box(36.4, 35.4, 36.6, 35.6)
    assert geometry.area_km2(RING) == pytest.approx(
        geometry.area_km2(SQUARE) - geometry.area_km2(hole)
    )


@pytest.mark.parametrize("shape", [SQUARE, SQUARE.reverse(), RING, TWO])
def test_area_does_not_depend_on_winding(shape: shapely.Geometry) -> None:
    area = geometry.area_km2(shape)
    assert area > 0
    assert geometry.area_km2(geometry.clockwise(shape)) == pytest.approx(area)


@pytest.mark.parametrize("shape", [SQUARE, SQUARE.reverse(), RING, TWO])
def test_clockwise_turns_exteriors_and_leaves_holes_counterclockwise(
    shape: shapely.Geometry,
) -> None:
    turned = geometry.clockwise(shape)
    assert turned.equals(shape)
    for part in shapely.get_parts(turned):
        assert not shapely.is_ccw(part.exterior)
        assert all(shapely.is_ccw(hole) for hole in part.interiors)


def test_the_edge_band_follows_the_edge_on_both_sides() -> None:
    band = geometry.edge_band(SQUARE, 5)
    assert band.is_valid
    assert band.contains(SQUARE.boundary)
    assert not band.contains(SQUARE.centroid)
    width_m = 2 * 5000
    length_m = ELLIPSOID.geometry_length(SQUARE.boundary)
    assert geometry.area_km2(band) == pytest.approx(length_m * width_m / 1e6, rel=0.02)


@pytest.mark.parametrize("shape", [SQUARE, RING, TWO])
def test_a_hatch_stays_inside_its_shape_and_fills_it(shape: shapely.Geometry) -> None:
    spacing = 0.06
    lines = geometry.hatch(shape, spacing)
    assert not lines.is_empty
    assert shape.buffer(2 * geometry.GRID).contains(lines)
    # No point of the shape is farther from a line than one spacing.
    assert lines.buffer(spacing).contains(shape.buffer(-spacing))


def test_hatch_lines_rise_to_the_north_east() -> None:
    for line in shapely.get_parts(geometry.hatch(SQUARE, 0.1)):
        (west, low), (east, high) = line.coords
        assert (east - west) * (high - low) > 0


def test_lines_come_as_two_lists_with_gaps_between_parts() -> None:
    lon, lat = geometry.lines_of(RING)
    assert len(lon) == len(lat) == 5 + 1 + 5
    assert lon[5] is None
    assert lat[5] is None
    line = shapely.LineString([(36.12346, 35), (36.5, 35.5)])
    assert geometry.lines_of(line) == ([36.1235, 36.5], [35.0, 35.5])
