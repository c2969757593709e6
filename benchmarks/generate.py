"""A data folder many times the size of data/geo, always the same for a seed.

Each row is kept once as it is and copied with other ids, dates and places: an event
moves by up to SHIFT_DAYS with everything that is said of it, a place by up to NEAR_DEG
inside its country. Zones and actors are closed sets: a zone gets more versions of its
outline and more changes of status instead.
"""

import csv
import json
import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas
import shapely
import typer
from shapely import affinity

from geo_astana import dataset, dates, geometry, tables

SEED = 20171221
TIMES = 10
# Far enough to mix the rounds of a track, near enough to keep the dense years dense.
SHIFT_DAYS = 400
NEAR_DEG = 0.3
# An outline loses this share of its width from one copy to the next.
SHRINK = 0.004
TRIES = 20

Row = dict[str, str]


def write(folder: Path, times: int = TIMES, seed: int = SEED) -> None:
    """Write the package's own data `times` over into `folder`."""
    _Copies(dataset.default_folder(), times, seed).write(folder)


class _Copies:
    """The rows of a data folder and their copies, numbered from 1."""

    def __init__(self, source: Path, times: int, seed: int) -> None:
        self.source, self.times, self.seed = source, times, seed
        self.read = tables.read(source)
        self.record = dataset.load(source)
        countries = geopandas.read_file(source / "basemap" / "countries.geojson")
        self.countries = dict(
            zip(countries["country"], countries.geometry, strict=True)
        )

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("datapackage.json", "actors.csv", "zone_points.csv"):
            shutil.copyfile(self.source / name, folder / name)
        made = {
            "events.csv": self._events(),
            "participants.csv": self._participants(),
            "claims.csv": self._claims(),
            "places.csv": self._places(),
            "place_names.csv": self._names(),
        }
        for name, copies in made.items():
            _write_rows(folder / name, [*self.read.rows[name], *copies])
        # Outlines and statuses are cut into pieces, so none is kept beside its copies.
        _write_rows(folder / "zone_statuses.csv", list(self._statuses()))
        features = [copy for zone in self.read.zones for copy in self._outlines(zone)]
        zones = {"type": "FeatureCollection", "features": features}
        _write_json(folder / "zones.geojson", zones)
        _write_json(folder / "sources.json", [*self.read.sources, *self._sources()])

    def _numbers(self) -> range:
        return range(1, self.times)

    def _random(self, *key: object) -> random.Random:
        """Chance of its own for each thing, whatever the order of the rows."""
        return random.Random(f"{self.seed} {key}")  # noqa: S311 - must be repeatable

    def _events(self) -> Iterator[Row]:
        for number in self._numbers():
            for row in self.read.rows["events.csv"]:
                # A zone has one term: its copy is a truce on the zone.
                kind = "local_truce" if row["kind"] == "zone" else row["kind"]
                yield {
                    **row,
                    "event_id": _copied(row["event_id"], number),
                    "kind": kind,
                    "title": f"{row['title']} ({number})",
                    "phrase": f"{row['phrase']} ({number})",
                    "location": self._location(row["event_id"], number),
                    "source_ids": _all_copied(row["source_ids"], number),
                    **self._moved(row, row["event_id"], number),
                }

    def _participants(self) -> Iterator[Row]:
        for number in self._numbers():
            for row in self.read.rows["participants.csv"]:
                yield {**row, "event_id": _copied(row["event_id"], number)}

    def _claims(self) -> Iterator[Row]:
        for number in self._numbers():
            for row in self.read.rows["claims.csv"]:
                yield {
                    **row,
                    "claim_id": _copied(row["claim_id"], number),
                    "event_id": _copied(row["event_id"], number),
                    "location": self._location(row["event_id"], number),
                    "source_id": _copied(row["source_id"], number),
                    **self._moved(row, row["event_id"], number),
                }

    def _location(self, event_id: str, number: int) -> str:
        """The name of the copy of the event's place, empty without a place."""
        place = self.record.place_of(self.record.events[event_id])
        return _place_name(place.place_id, number) if place else ""

    def _moved(self, row: Row, event_id: str, number: int) -> Row:
        """The dates of a row moved with its event, inside the years of the record."""
        span = self.record.record
        start = self.record.events[event_id].start.first
        last = span.last or start
        by = timedelta(
            self._random("event", event_id, number).randint(
                max(-SHIFT_DAYS, (span.first - start).days),
                min(SHIFT_DAYS, (last - start).days),
            )
        )
        ends = ("end", "attested_until")
        return {
            name: _shifted(row[name], by, end=name in ends)
            for name in ("start", "published", "withdrawn", *ends)
            if name in row
        }

    def _places(self) -> Iterator[Row]:
        for number in self._numbers():
            for row in self.read.rows["places.csv"]:
                lon, lat = self._near(row, number)
                yield {
                    **row,
                    "place_id": _copied(row["place_id"], number),
                    "name": _place_name(row["place_id"], number),
                    "lon": f"{lon:.4f}",
                    "lat": f"{lat:.4f}",
                    "geonames_id": "",
                    "wikidata_id": "",
                }

    def _near(self, row: Row, number: int) -> tuple[float, float]:
        """A point near a place in its country, the place itself where none is found."""
        lon, lat = float(row["lon"]), float(row["lat"])
        chance = self._random("place", row["place_id"], number)
        for _ in range(TRIES):
            near = shapely.Point(
                lon + chance.uniform(-NEAR_DEG, NEAR_DEG),
                lat + chance.uniform(-NEAR_DEG, NEAR_DEG),
            )
            if self.countries[row["country"]].contains(near):
                return near.x, near.y
        return lon, lat

    def _names(self) -> Iterator[Row]:
        """One label a copied place, valid on all days, and its other names."""
        for number in self._numbers():
            for row in self.read.rows["places.csv"]:
                yield {
                    "place_id": _copied(row["place_id"], number),
                    "name": _place_name(row["place_id"], number),
                    "language": "en",
                    "kind": "label",
                    "valid_from": "",
                    "valid_to": "",
                }
            for row in self.read.rows["place_names.csv"]:
                if row["kind"] == "alias":
                    yield {
                        **row,
                        "place_id": _copied(row["place_id"], number),
                        "name": f"{row['name']} {_letters(number)}",
                    }

    def _sources(self) -> Iterator[dict[str, Any]]:
        for number in self._numbers():
            for source in self.read.sources:
                yield {**source, "id": _copied(source["id"], number)}

    def _statuses(self) -> Iterator[Row]:
        """Each status cut into pieces, in force and contested in turns."""
        turns = ("in force", "contested")
        for row in self.read.rows["zone_statuses.csv"]:
            spans = _pieces(row["start"], row["end"], self.times)
            for number, (first, last) in enumerate(spans):
                status = row["status"]
                if status in turns:
                    status = turns[(turns.index(status) + number) % 2]
                span = {"start": first.isoformat(), "end": last.isoformat()}
                yield {**row, "status": status, **span}

    def _outlines(self, zone: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The versions of an outline's validity cut into pieces, each a bit smaller."""
        told = zone["properties"]
        shape = shapely.geometry.shape(zone["geometry"])
        spans = _pieces(told["valid_from"], told["valid_to"], self.times)
        for number, (first, last) in enumerate(spans):
            size = 1 - SHRINK * number
            smaller = affinity.scale(shape, size, size, origin="centroid")
            drawn = shapely.set_precision(smaller, geometry.GRID)
            yield {
                "type": "Feature",
                "properties": {
                    **told,
                    "version": _copied(told["version"], number),
                    "valid_from": first.isoformat(),
                    "valid_to": last.isoformat(),
                    "area_km2": round(geometry.area_km2(drawn)),
                },
                "geometry": shapely.geometry.mapping(drawn),
            }


def _copied(key: str, number: int) -> str:
    """The id of a copy; number 0 is the original."""
    return f"{key}-x{number}" if number else key


def _all_copied(keys: str, number: int) -> str:
    return " ".join(_copied(key, number) for key in keys.split())


def _letters(number: int) -> str:
    """A word of its own for each copy; figures would read like rounds."""
    return "x" + "abcdefghijklmnopqrstuvwxyz"[number % 26] * (1 + number // 26)


def _place_name(place_id: str, number: int) -> str:
    """A name no other place has."""
    words = place_id.replace("_", "-").split("-")
    return " ".join((*(word.capitalize() for word in words), _letters(number)))


def _shifted(text: str, by: timedelta, *, end: bool) -> str:
    """An EDTF date moved, as exact as it was; an end never moves before its start."""
    if not text or text == dates.OPEN:
        return text
    moment = dates.parse(text)
    moved: date = (moment.last if end else moment.first) + by
    exact = len(text.removesuffix("~"))
    return moved.isoformat()[:exact] + "~" * moment.approximate


def _pieces(start: str, end: str, count: int) -> Iterator[tuple[date, date]]:
    """The days from start to end in up to `count` spans without a gap."""
    first, last = dates.parse(start).first, dates.parse(end).last
    days = (last - first).days + 1
    cuts = sorted({days * number // count for number in range(count)})
    by_piece = zip(cuts, [*cuts[1:], days], strict=True)
    for begin, after in by_piece:
        yield first + timedelta(begin), first + timedelta(after - 1)


def _write_rows(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    typer.run(write)
