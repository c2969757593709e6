"""Build data/geo/zones.geojson from the boundary points in data/geo/zone_points.csv.

Run `make zones` after an edit of the points; a test holds the two together. The recipe
of each version is here: which rings it is made of, what is cut out, when it is valid.
No official map of the zones was ever published: every outline is schematic.
"""

import csv
import json
from itertools import groupby
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo_astana import geometry

Rings = dict[str, list[tuple[float, float]]]
DATA = Path(__file__).parents[1] / "data" / "geo"
# The strip of the Sochi memorandum: 15 to 20 km from the front. The line is drawn at
# 15 km, and the error band of 5 km reaches 20.
STRIP_M = 15_000
# The Moscow protocol: 6 km to the north and 6 km to the south of the M4.
CORRIDOR_M = 6_000
ENCLAVE_M = 3_000

SCHEMATIC = "Schematic: drawn from named towns and front-line reports."
LATER = (
    "Until the zone's own deal this is its first outline, drawn later: the memorandum "
    "named areas, not lines."
)
# version, rings, first and last day, title, error in km, note, sources
VERSIONS = [
    (
        "idlib-a",
        ("idlib_a", "-enclave"),
        ("2017-05-06", "2018-02-14"),
        "Idlib area, first extent",
        5,
        f"{SCHEMATIC} {LATER}",
        "pax-2093 riyadhvision-2017 rt-403428",
    ),
    (
        "idlib-b",
        ("idlib_b", "-enclave"),
        ("2018-02-15", "2018-07-19"),
        "Idlib area after the loss of the east",
        5,
        f"{SCHEMATIC} The new line lies near the Hama-Aleppo railway.",
        "riyadhvision-2017 nampa-17538392",
    ),
    (
        "idlib-c",
        ("idlib_b",),
        ("2018-07-20", "2019-08-30"),
        "Idlib area without the Kafraya-Fuah enclave",
        5,
        f"{SCHEMATIC} The enclave was evacuated on 18-19 July 2018.",
        "dnevnik-042833553",
    ),
    (
        "idlib-d",
        ("idlib_c",),
        ("2019-08-31", "2020-03-05"),
        "Idlib area after the 2019 offensive",
        5,
        SCHEMATIC,
        "w-2019",
    ),
    (
        "idlib-e",
        ("idlib_d",),
        ("2020-03-06", "2024-12-08"),
        "Idlib area after the Moscow truce",
        5,
        SCHEMATIC,
        "voltairenet-209431 pax-2273",
    ),
    (
        "east-ghouta-a",
        ("ghouta_a",),
        ("2017-05-06", "2018-03-10"),
        "Eastern Ghouta",
        2,
        (
            f"{SCHEMATIC} {LATER} Reported size about 105 km²: the ring is generous, "
            "mostly in the farmland to the east."
        ),
        "globaltimes-1057556 larouchepub-170722",
    ),
    (
        "east-ghouta-b",
        ("ghouta_douma", "ghouta_harasta", "ghouta_south"),
        ("2018-03-11", "2018-03-23"),
        "Eastern Ghouta split in three",
        2,
        f"{SCHEMATIC} The southern part shrank fast after 11 March.",
        "yinlong168-137032178",
    ),
    (
        "east-ghouta-c",
        ("ghouta_douma", "ghouta_south"),
        ("2018-03-24", "2018-03-31"),
        "Eastern Ghouta after Harasta was evacuated",
        2,
        SCHEMATIC,
        "eaworldview-7500",
    ),
    (
        "east-ghouta-d",
        ("ghouta_douma",),
        ("2018-04-01", "2018-04-14"),
        "Eastern Ghouta: Douma alone",
        2,
        SCHEMATIC,
        "insidesyriamc-2018",
    ),
    (
        "north-homs-a",
        ("nhoms_a",),
        ("2017-05-06", "2018-05-16"),
        "Northern Homs",
        2,
        f"{SCHEMATIC} {LATER} One report gives 1,200 km², about twice this ring.",
        "larouchepub-170803 eaworldview-2017",
    ),
    (
        "south-a",
        ("south_west", "south_east"),
        ("2017-05-06", "2018-07-12"),
        "South-west: Quneitra, west and east Daraa",
        5,
        f"{SCHEMATIC} {LATER} The ISIL-held Yarmouk basin is left out.",
        "upi-499605472",
    ),
    (
        "south-b",
        ("south_west",),
        ("2018-07-13", "2018-07-31"),
        "South-west: Quneitra and west Daraa",
        5,
        f"{SCHEMATIC} East Daraa surrendered on 6 to 12 July 2018.",
        "wikiwand-2018",
    ),
    (
        "idlib-dmz-a",
        ("strip", "&idlib_b"),
        ("2018-10-15", "2019-08-30"),
        "Demilitarised strip inside the Idlib area",
        5,
        f"{SCHEMATIC} The line is 15 km from the front; the shaded edge reaches 20 km.",
        "peaceagreements-2169",
    ),
    (
        "idlib-dmz-b",
        ("strip", "&idlib_c"),
        ("2019-08-31", "2020-03-05"),
        "Demilitarised strip, what was left of it",
        5,
        f"{SCHEMATIC} The strip of 2018, cut to the smaller Idlib area.",
        "peaceagreements-2169",
    ),
    (
        "m4-corridor-a",
        ("corridor", "&idlib_d"),
        ("2020-03-15", "2024-11-27"),
        "M4 security corridor",
        3,
        (
            f"{SCHEMATIC} 6 km on each side of a road drawn straight between towns, "
            "cut to the Idlib area."
        ),
        "voltairenet-209431 pax-2273",
    ),
]


def rings() -> Rings:
    """The points of every ring and line, by name, in the order of the file."""
    with (DATA / "zone_points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: [(float(row["lon"]), float(row["lat"])) for row in points]
        for name, points in groupby(rows, key=lambda row: row["ring"])
    }


def outline(recipe: tuple[str, ...], points: Rings) -> BaseGeometry:
    """Put the named rings together, cut (&) or leave out (-) others."""
    shape: BaseGeometry = shapely.GeometryCollection()
    for word in recipe:
        if word == "strip":
            shape = geometry.buffer_m(shapely.LineString(points["front"]), STRIP_M)
        elif word == "corridor":
            shape = geometry.buffer_m(shapely.LineString(points["m4"]), CORRIDOR_M)
        elif word == "-enclave":
            centre = shapely.Point(points["enclave"][0])
            shape = shape.difference(geometry.buffer_m(centre, ENCLAVE_M))
        elif word.startswith("&"):
            shape = shape.intersection(shapely.Polygon(points[word[1:]]))
        else:
            shape = shape.union(shapely.Polygon(points[word]))
    return geometry.clockwise(shapely.set_precision(shape, geometry.GRID))


def build() -> dict[str, Any]:
    """Every version as one feature of a FeatureCollection."""
    points = rings()
    features = []
    for version, recipe, days, title, error, note, sources in VERSIONS:
        shape = outline(recipe, points)
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "version": version,
                    "zone_id": version.rpartition("-")[0],
                    "title": title,
                    "valid_from": days[0],
                    "valid_to": days[1],
                    "area_km2": round(geometry.area_km2(shape)),
                    "error_km": error,
                    "note": note,
                    "source_ids": sources,
                },
                "geometry": shapely.geometry.mapping(shape),
            }
        )
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    content = build()
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(", ", ": "))
        for feature in content["features"]
    )
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    (DATA / "zones.geojson").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
