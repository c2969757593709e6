"""The record: everything in data/geo/, checked and joined.

`load()` is the only way in. It reads the tables, resolves every place, applies the
rules of the field and raises DataError with all faults at once.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import geopandas
import shapely

from geo_astana import dates, errors, geometry, model, tables
from geo_astana.dates import Interval, Moment
from geo_astana.gazetteer import Gazetteer
from geo_astana.model import Actor, Claim, Event, Name, Participation, Place, Source

Value = TypeVar("Value")
# A coordinate may lie this far outside its country's coarse outline, in degrees.
BORDER_DEG = 0.15


@dataclass(frozen=True, slots=True)
class Outline:
    """One version of a zone's outline, with its validity and expected error."""

    version: str
    zone_id: str
    title: str
    valid: Interval
    area_km2: float
    error_km: float
    note: str
    source_ids: tuple[str, ...]
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Standing:
    """A zone's status for a time, and the event that began it."""

    zone_id: str
    status: model.ZoneStatus
    valid: Interval
    event_id: str


@dataclass(frozen=True, eq=False)
class Dataset:
    """The whole record. Made by `load`; `on(date)` is in `geo_astana.timeline`."""

    folder: Path
    version: str
    as_of: str
    events: dict[str, Event]
    participants: dict[str, tuple[Participation, ...]]
    actors: dict[str, Actor]
    claims: tuple[Claim, ...]
    gazetteer: Gazetteer
    outlines: tuple[Outline, ...]
    standings: tuple[Standing, ...]
    sources: dict[str, Source]

    def __repr__(self) -> str:
        return f"<Dataset {self.version}: {len(self.events)} events>"

    @cached_property
    def record(self) -> Interval:
        """The years of the record, from its first to its last event, whole."""
        starts = [event.start.first for event in self.events.values()]
        return Interval(date(min(starts).year, 1, 1), date(max(starts).year, 12, 31))

    @cached_property
    def zone_events(self) -> dict[str, Event]:
        """The event that is the zone's own term, by zone."""
        return {
            event.zone_ids[0]: event
            for event in self.events.values()
            if event.kind == "zone"
        }

    @cached_property
    def plans(self) -> tuple[Claim, ...]:
        """Claims of planned dates that were pending on some day."""
        return tuple(claim for claim in self.claims if claim.pending)

    def outline_on(self, zone_id: str, day: date) -> Outline | None:
        """The outline in which the zone is drawn on `day`; None before and after it."""
        for outline in self.outlines:
            if outline.zone_id == zone_id and day in outline.valid:
                return outline
        return None

    def place_of(self, event: Event) -> Place | None:
        return self.gazetteer.places.get(event.place_id)

    def events_frame(self) -> geopandas.GeoDataFrame:
        """The events joined to their places, one row an event, in WGS84.

        An event without one place has an empty geometry, never a false one.
        """
        rows = []
        for event in self.events.values():
            place = self.place_of(event)
            rows.append(
                {
                    "event_id": event.event_id,
                    "track": event.track,
                    "kind": event.kind,
                    "title": event.title,
                    "first": event.active.first,
                    "last": event.active.last,
                    "status": event.status,
                    "location": event.location,
                    "place_id": event.place_id,
                    "source_ids": " ".join(event.source_ids),
                    "geometry": shapely.Point(place.lon, place.lat) if place else None,
                }
            )
        return geopandas.GeoDataFrame(rows, crs=geometry.WGS84)

    def zones_frame(self) -> geopandas.GeoDataFrame:
        """The dated outlines, one row a version, in WGS84."""
        rows = [
            {
                "version": outline.version,
                "zone_id": outline.zone_id,
                "title": outline.title,
                "first": outline.valid.first,
                "last": outline.valid.last,
                "area_km2": outline.area_km2,
                "error_km": outline.error_km,
                "geometry": outline.shape,
            }
            for outline in self.outlines
        ]
        return geopandas.GeoDataFrame(rows, crs=geometry.WGS84)


def default_folder() -> Path:
    """data/geo of the installed package, or of the project it runs from."""
    inside = Path(__file__).parent / "data" / "geo"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "data" / "geo"


def load(folder: Path | str | None = None) -> Dataset:
    """Read, check and join a data folder, the package's own by default.

    Raises DataError with every fault found.
    """
    path = Path(folder) if folder else default_folder()
    reader = _Reader(tables.read(path))
    record = reader.dataset()
    if reader.tables.faults:
        raise errors.DataError(str(path), reader.tables.faults)
    return record


class _Reader:
    """Turns text rows into values, noting a fault wherever one cannot be made."""

    def __init__(self, read: tables.Tables) -> None:
        self.tables = read
        self.sources = {
            source.source_id: source for source in map(_source, read.sources)
        }
        self.event_ids = self.ids("events.csv", "event_id")
        self.zone_ids = {
            str(tables.properties(zone).get("zone_id")) for zone in read.zones
        }

    def ids(self, file: str, column: str) -> set[str]:
        """The ids of a file; none where it is missing, which is one fault, not many."""
        return {row[column] for row in self.tables.rows.get(file, [])} - {""}

    def rows(self, file: str) -> list[tuple[int, dict[str, str]]]:
        """The rows of a file with their numbers, none where a column is missing."""
        if any(fault.file == file and fault.row == 1 for fault in self.tables.faults):
            return []
        rows = enumerate(self.tables.rows.get(file, []), 2)
        return [(number, row) for number, row in rows if any(row.values())]

    def dataset(self) -> Dataset:
        places = self._each("places.csv", self._place)
        self._countries(places)
        names = self._each("place_names.csv", self._name)
        known = {place.place_id for place in places}
        gazetteer = Gazetteer(
            places, [name for name in names if name.place_id in known]
        )
        self.gazetteer = gazetteer
        self.named = bool(places and names)
        self._titled()
        events = self._each("events.csv", self._event)
        claims = self._each("claims.csv", self._claim)
        actors = self._each("actors.csv", self._actor)
        by_actor = self.ids("actors.csv", "actor_id")
        people: dict[str, list[Participation]] = defaultdict(list)
        for number, row in self.rows("participants.csv"):
            at = _At(self, "participants.csv", number, row)
            at.known("event_id", self.event_ids, "events.csv")
            at.known("actor_id", by_actor, "actors.csv")
            at.one_of("role", model.ROLES)
            people[row["event_id"]].append(
                Participation(row["actor_id"], row["role"], row["person"], row["note"])
            )
        numbered_outlines = self._outlines()
        outlines = [outline for _, outline in numbered_outlines]
        numbered_standings = self._numbered("zone_statuses.csv", self._standing)
        standings = [standing for _, standing in numbered_standings]
        self._no_overlap(
            "zones.geojson",
            (
                (number, zone.zone_id, zone.version, zone.valid)
                for number, zone in numbered_outlines
            ),
        )
        self._no_overlap(
            "zone_statuses.csv",
            (
                (number, zone.zone_id, zone.status, zone.valid)
                for number, zone in numbered_standings
            ),
        )
        self._drawn(standings, outlines)
        return Dataset(
            folder=self.tables.folder,
            version=str(self.tables.package.get("version", "")),
            as_of=str(self.tables.package.get("created", ""))[:10],
            events={event.event_id: event for event in events},
            participants={key: tuple(rows) for key, rows in people.items()},
            actors={actor.actor_id: actor for actor in actors},
            claims=tuple(claims),
            gazetteer=gazetteer,
            outlines=tuple(outlines),
            standings=tuple(standings),
            sources=self.sources,
        )

    def _titled(self) -> None:
        for number, source in enumerate(self.tables.sources, 1):
            if not source.get("title"):
                advice = "Say what someone can open or look up."
                self.tables.fault(
                    "sources.json", number, "title", "nothing", "a title", advice
                )

    def _each(self, file: str, make: Callable[["_At"], Value | None]) -> list[Value]:
        return [value for _, value in self._numbered(file, make)]

    def _numbered(
        self, file: str, make: Callable[["_At"], Value | None]
    ) -> list[tuple[int, Value]]:
        made = (
            (number, make(_At(self, file, number, row)))
            for number, row in self.rows(file)
        )
        return [(number, value) for number, value in made if value is not None]

    def _place(self, at: "_At") -> Place:
        # A bad number is a fault already; without the place every name of it would be.
        lon, lat = at.number("lon", -180, 180), at.number("lat", -90, 90)
        accuracy = at.number("accuracy_km", 0, 100)
        at.one_of("confidence", model.CONFIDENCES)
        text = at.row
        return Place(
            text["place_id"],
            text["name"],
            text["kind"],
            text["country"],
            math.nan if lon is None else lon,
            math.nan if lat is None else lat,
            math.nan if accuracy is None else accuracy,
            text["confidence"],
            text["note"],
        )

    def _countries(self, places: list[Place]) -> None:
        """A coordinate lies in its country, or close to its border."""
        path = default_folder() / "basemap" / "countries.geojson"
        outlines = geopandas.read_file(path).set_index("country").geometry
        rows = {row["place_id"]: number for number, row in self.rows("places.csv")}
        for place in places:
            if math.isnan(place.lon + place.lat):
                continue
            point = shapely.Point(place.lon, place.lat)
            if place.country not in outlines.index:
                expected, found = "a country code of the base map", place.country
                advice = "Write the two-letter code, or run `make basemap`."
                field = "country"
            elif outlines[place.country].distance(point) > BORDER_DEG:
                found = f"{place.lat}, {place.lon}"
                expected, field = f"a point in {place.country}", "lon"
                advice = "Check the order: lon is east, lat is north."
            else:
                continue
            row = rows[place.place_id]
            self.tables.fault("places.csv", row, field, found, expected, advice)

    def _name(self, at: "_At") -> Name | None:
        at.known("place_id", self.ids("places.csv", "place_id"), "places.csv")
        first = at.moment("valid_from", empty_ok=True)
        last = at.moment("valid_to", empty_ok=True)
        at.in_order(first, last, "valid_to")
        valid = Interval(
            first.first if first else date.min, last.last if last else None
        )
        row = at.row
        return Name(row["place_id"], row["name"], row["language"], row["kind"], valid)

    def _actor(self, at: "_At") -> Actor:
        row = at.row
        return Actor(
            row["actor_id"],
            row["name"],
            row["short"],
            row["type"],
            row["side"],
            row["note"],
            tuple(
                name.strip()
                for name in (
                    row["name_ar"],
                    row["name_ru"],
                    *row["aliases"].split(";"),
                )
                if name.strip()
            ),
        )

    def _event(self, at: "_At") -> Event | None:
        row = at.row
        at.one_of("track", model.TRACKS)
        at.one_of("kind", model.SECTION_OF_KIND)
        at.one_of("status", model.EVENT_STATUSES)
        at.one_of("confidence", model.CONFIDENCES)
        sources = at.sources("source_ids")
        zones = tuple(row["zone_ids"].split())
        for zone in zones:
            if self.zone_ids and zone not in self.zone_ids:
                advice = "Draw the zone in zones.geojson or mend the id."
                at.fault("zone_ids", repr(zone), "a zone of zones.geojson", advice)
        if row["kind"] == "zone" and len(zones) != 1:
            advice = "Name the one zone whose term this row is."
            at.fault("zone_ids", f"{len(zones)} zones", "one zone", advice)
        start = at.moment("start")
        end = at.moment("end", empty_ok=True) if row["end"] != dates.OPEN else None
        attested = at.moment("attested_until", empty_ok=True)
        if start is None:
            return None
        if not row["end"] and not attested:
            advice = (
                "Write the end, .. while it goes on, or the last day on which a source "
                "attests it in attested_until."
            )
            at.fault("end", "nothing", "an end or attested_until", advice)
        at.in_order(start, end or attested, "end" if end else "attested_until")
        if not row["title"]:
            at.fault("title", "nothing", "a title", "Say in a few words what it was.")
        return Event(
            row["event_id"],
            row["track"],  # type: ignore[arg-type]  # checked above
            row["kind"] if row["kind"] in model.SECTION_OF_KIND else "statement",
            row["round"],
            row["title"],
            row["phrase"] or row["title"],
            row["short"],
            start,
            end,
            attested,
            row["status"],
            row["location"],
            at.place("location", start.first),
            zones,
            row["summary"],
            row["outcome"],
            row["note"],
            row["confidence"],
            sources,
        )

    def _claim(self, at: "_At") -> Claim | None:
        row = at.row
        at.known("event_id", self.event_ids, "events.csv")
        at.sources("source_id")
        at.one_of("verdict", (*model.PLAN_VERDICTS, *model.CLAIM_VERDICTS))
        start, end = at.moment("start", empty_ok=True), at.moment("end", empty_ok=True)
        at.in_order(start, end, "end")
        return Claim(
            row["claim_id"],
            row["event_id"],
            row["field"],
            row["value"],
            start,
            end,
            row["location"],
            at.moment("published", empty_ok=True),
            at.moment("withdrawn", empty_ok=True),
            row["source_id"],
            row["verdict"],
            row["conflict"],
            row["note"],
        )

    def _standing(self, at: "_At") -> Standing | None:
        row = at.row
        at.known("zone_id", self.zone_ids, "zones.geojson")
        at.known("event_id", self.event_ids, "events.csv")
        at.one_of("status", ("agreed", "in force", "contested"))
        start, end = at.moment("start"), at.moment("end")
        at.in_order(start, end, "end")
        if start is None or end is None:
            return None
        valid = Interval(start.first, end.last)
        status: model.ZoneStatus = row["status"]  # type: ignore[assignment]
        return Standing(row["zone_id"], status, valid, row["event_id"])

    def _outlines(self) -> list[tuple[int, Outline]]:
        outlines = []
        for number, feature in enumerate(self.tables.zones, 1):
            row = {key: str(value) for key, value in tables.properties(feature).items()}
            at = _At(self, "zones.geojson", number, defaultdict(str, row))
            start, end = at.moment("valid_from"), at.moment("valid_to")
            at.in_order(start, end, "valid_to")
            area, error = at.number("area_km2", 0, 1e6), at.number("error_km", 0, 100)
            sources = at.sources("source_ids")
            shape = at.polygon(feature.get("geometry"))
            if None in (start, end, area, error, shape):
                continue
            valid = Interval(start.first, end.last)  # type: ignore[union-attr]
            outline = Outline(
                at.row["version"],
                at.row["zone_id"],
                at.row["title"],
                valid,
                area,  # type: ignore[arg-type]  # no None here
                error,  # type: ignore[arg-type]
                at.row["note"],
                sources,
                shape,
            )
            outlines.append((number, outline))
        return outlines

    def _no_overlap(
        self, file: str, validities: Iterable[tuple[int, str, str, Interval]]
    ) -> None:
        by_zone: dict[str, list[tuple[Interval, str]]] = defaultdict(list)
        for number, zone_id, name, valid in validities:
            for other, other_name in by_zone[zone_id]:
                if valid.overlaps(other):
                    self.tables.fault(
                        file,
                        number,
                        "valid_from" if file.startswith("zones.") else "start",
                        f"{zone_id}: {name} ({valid.first}/{valid.last}) beside "
                        f"{other_name} ({other.first}/{other.last})",
                        "one version per zone and day",
                        "End the earlier one on the day before the later one begins.",
                    )
            by_zone[zone_id].append((valid, name))

    def _drawn(self, standings: list[Standing], outlines: list[Outline]) -> None:
        """While a zone has a status it has an outline, on every day."""
        read = {outline.version for outline in outlines}
        features = [tables.properties(feature) for feature in self.tables.zones]
        whole = {str(zone.get("zone_id")) for zone in features} - {
            str(zone.get("zone_id"))
            for zone in features
            if str(zone.get("version")) not in read
        }
        for standing in standings:
            if standing.zone_id not in whole:
                continue  # a fault of its outline or of its id is the cause
            days = standing.valid.days() or 0
            covered = 0
            for outline in outlines:
                if outline.zone_id == standing.zone_id and outline.valid.overlaps(
                    standing.valid
                ):
                    first = max(outline.valid.first, standing.valid.first)
                    last = min(
                        outline.valid.last or date.max, standing.valid.last or date.max
                    )
                    covered += (last - first).days + 1
            if covered < days:
                self.tables.fault(
                    "zones.geojson",
                    0,
                    "valid_from",
                    f"{standing.zone_id}: {days - covered} days without an outline",
                    f"an outline on every day of {standing.valid.first}/"
                    f"{standing.valid.last}",
                    "Keep the last settled outline until the next one.",
                )


class _At:
    """One row of one file: reads its values and notes where they are wrong."""

    def __init__(
        self, reader: _Reader, file: str, number: int, row: dict[str, str]
    ) -> None:
        self.reader, self.file, self.number_, self.row = reader, file, number, row

    def fault(self, name: str, found: str, expected: str, advice: str) -> None:
        self.reader.tables.fault(self.file, self.number_, name, found, expected, advice)

    def one_of(self, name: str, words: Iterable[str]) -> None:
        if self.row[name] not in words:
            found = repr(self.row[name]) if self.row[name] else "nothing"
            advice = "Choose one of these words."
            self.fault(name, found, "one of " + ", ".join(words), advice)

    def known(self, name: str, ids: set[str], file: str) -> None:
        if ids and self.row[name] not in ids:
            expected = f"an id of {file}"
            advice = "Mend the id, or add the row it should name."
            self.fault(name, repr(self.row[name]), expected, advice)

    def in_order(self, start: Moment | None, end: Moment | None, name: str) -> None:
        """Notes an end before its start, in the column `name` of the end."""
        if start and end and end.last < start.first:
            advice = "Swap or mend them; both ends are inclusive days."
            self.fault(name, end.text, f"a day from {start.text} on", advice)

    def sources(self, name: str) -> tuple[str, ...]:
        ids = tuple(self.row[name].split())
        if not ids:
            advice = "Name at least one source of sources.json."
            self.fault(name, "nothing", "a source id", advice)
        for source in ids:
            if self.reader.sources and source not in self.reader.sources:
                advice = "Add the source to sources.json or mend the id."
                self.fault(name, repr(source), "an id of sources.json", advice)
        return ids

    def moment(self, name: str, *, empty_ok: bool = False) -> Moment | None:
        text = self.row[name]
        if not text and empty_ok:
            return None
        try:
            return dates.parse(text)
        except errors.DateError:
            expected = "a day, a month or a year (EDTF)"
            advice = "Write 2017-12-21, 2017-12 or 2017, with ~ for about."
            self.fault(name, repr(text) if text else "nothing", expected, advice)
            return None

    def number(self, name: str, low: float, high: float) -> float | None:
        try:
            value = float(self.row[name])
        except ValueError:
            value = float("nan")
        if low <= value <= high:
            return value
        expected = f"a number from {low:g} to {high:g}"
        self.fault(name, repr(self.row[name]), expected, "Mend the number.")
        return None

    def polygon(self, mapping: dict[str, Any] | None) -> shapely.Geometry | None:
        expected = "a valid Polygon or MultiPolygon"
        try:
            shape = shapely.geometry.shape(mapping)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
            message = str(error) or "no shape"
            self.fault("geometry", message, expected, "Draw it again.")
            return None
        except shapely.errors.GEOSException as error:
            self.fault("geometry", str(error), expected, "Close every ring.")
            return None
        if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            self.fault("geometry", shape.geom_type, expected, "Draw a closed ring.")
            return None
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape)
            self.fault("geometry", reason, expected, "Move the crossing points.")
            return None
        return shape

    def place(self, name: str, day: date) -> str:
        """The id of the place that the row's location names on `day`, or none."""
        if not self.row[name] or not self.reader.named:
            return ""
        try:
            return self.reader.gazetteer.resolve(self.row[name], day).place_id
        except errors.PlaceError as error:
            found, _, advice = str(error).partition("; ")
            advice = f"{advice[:1].upper()}{advice[1:]}."
            self.fault(name, found, "the name of one place on that day", advice)
            return ""


def _source(record: dict[str, Any]) -> Source:
    """A CSL-JSON record with what the screen needs pulled out."""
    try:
        parts = record["issued"]["date-parts"][0]
        issued = "-".join(f"{int(part):02d}" for part in parts)
    except (KeyError, IndexError, TypeError, ValueError):
        issued = ""
    publisher = record.get("container-title") or record.get("publisher") or ""
    return Source(
        str(record.get("id", "")),
        str(record.get("title", "")),
        str(publisher),
        str(record.get("URL", "")),
        issued,
        record,
    )
