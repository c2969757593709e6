"""Read the files of a data folder, row by row, and say what cannot be read.

The row of a fault is that of a spreadsheet, where the column names are row 1; in a JSON
file it is the number of the entry, or of the line that is no JSON.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo_astana.errors import Fault

# File and the column that names a row, in the order a reader would open them.
KEYS = {
    "events.csv": "event_id",
    "participants.csv": "",
    "actors.csv": "actor_id",
    "claims.csv": "claim_id",
    "places.csv": "place_id",
    "place_names.csv": "",
    "zone_statuses.csv": "",
    "zone_points.csv": "",
}
JSON_FILES = ("zones.geojson", "sources.json", "datapackage.json")


@dataclass(slots=True)
class Tables:
    """The rows of a data folder as text, and every fault met so far."""

    folder: Path
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    zones: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    package: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(  # noqa: PLR0913, PLR0917 - the six parts of a fault
        self, file: str, row: int, name: str, found: str, expected: str, advice: str
    ) -> None:
        self.faults.append(Fault(file, row, name, found, expected, advice))


def read(folder: Path) -> Tables:
    """Every file of `folder`; what is missing or malformed becomes a fault."""
    tables = Tables(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        state = "an empty folder" if folder.is_dir() else "no folder"
        advice = "Copy data/geo of the project and edit the copy."
        tables.fault(str(folder), 0, "", state, "a data folder", advice)
        return tables
    package = _json(tables, "datapackage.json")
    tables.package = package if isinstance(package, dict) else {}
    columns = _columns(tables.package)
    if not tables.faults:
        _undescribed(tables, columns)
    for name, key in KEYS.items():
        tables.rows[name] = _rows(tables, name, columns.get(name, []))
        if key:
            ids = (
                (number, row[key])
                for number, row in enumerate(tables.rows[name], 2)
                if any(row.values())
            )
            _duplicates(tables, name, key, ids)
    zones = _json(tables, "zones.geojson")
    features = zones.get("features") if isinstance(zones, dict) else zones
    tables.zones = _objects(tables, "zones.geojson", features)
    versions = (
        (number, str(properties(zone).get("version", "")))
        for number, zone in enumerate(tables.zones, 1)
    )
    _duplicates(tables, "zones.geojson", "version", versions)
    tables.sources = _objects(tables, "sources.json", _json(tables, "sources.json"))
    names = (
        (number, str(source.get("id", "")))
        for number, source in enumerate(tables.sources, 1)
    )
    _duplicates(tables, "sources.json", "id", names)
    return tables


def properties(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties of a GeoJSON feature, none where they are no object."""
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _columns(package: dict[str, Any]) -> dict[str, list[str]]:
    """The columns each CSV file must have, as the data package declares them."""
    return {
        resource["path"]: [column["name"] for column in resource["schema"]["fields"]]
        for resource in described(package)
    }


def _undescribed(tables: Tables, columns: dict[str, list[str]]) -> None:
    missing = [name for name in KEYS if name not in columns]
    if missing:
        found = f"no columns of {', '.join(missing)}"
        advice = "Restore it from the project's data/geo."
        expected = "the columns of every table"
        tables.fault("datapackage.json", 0, "resources", found, expected, advice)


def described(package: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a data package that have a path and named columns."""
    resources = package.get("resources")
    return [
        resource
        for resource in (resources if isinstance(resources, list) else [])
        if isinstance(resource, dict)
        and isinstance(resource.get("path"), str)
        and isinstance(resource.get("schema"), dict)
        and isinstance(resource["schema"].get("fields"), list)
        and all(
            isinstance(column, dict) and isinstance(column.get("name"), str)
            for column in resource["schema"]["fields"]
        )
    ]


def _text(tables: Tables, name: str) -> str | None:
    path = tables.folder / name
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        advice = "Restore it from the project's data/geo."
        tables.fault(name, 0, "", "no such file", f"a file {name}", advice)
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 at position {error.start}"
        advice = "Save the file again with the encoding UTF-8."
        tables.fault(name, 0, "", found, "UTF-8 text", advice)
    except OSError as error:
        advice = "Make the file readable."
        tables.fault(name, 0, "", error.strerror or "unreadable", "a file", advice)
    return None


def _json(tables: Tables, name: str) -> object:
    text = _text(tables, name)
    if text is None:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        found = f"{error.msg} in line {error.lineno}"
        tables.fault(name, error.lineno, "", found, "JSON", "Mend the line.")
        return None


def _objects(tables: Tables, name: str, entries: object) -> list[dict[str, Any]]:
    """The entries of a JSON list; what is no object becomes a fault and stays empty."""
    if not isinstance(entries, list) or not entries:
        if not any(fault.file == name for fault in tables.faults):
            advice = "Restore the file from the project's data/geo."
            tables.fault(name, 0, "", "no entries", "a list of entries", advice)
        return []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            advice = "Write the entry as its neighbours are."
            tables.fault(name, number, "", repr(entry), "a JSON object", advice)
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _rows(tables: Tables, name: str, columns: list[str]) -> list[dict[str, str]]:
    text = _text(tables, name)
    if text is None:
        return []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        have, *rows = [[cell.strip() for cell in row] for row in reader] or [[]]
    except csv.Error as error:
        found = f"{error} in line {reader.line_num}"
        tables.fault(name, reader.line_num, "", found, "CSV", "Mend the line.")
        return []
    if not have:
        advice = "Restore it from the project's data/geo."
        tables.fault(name, 1, "", "no column names", "column names in row 1", advice)
        return []
    for column in columns:
        if column not in have:
            advice = "Add the column to the first line."
            tables.fault(
                name, 1, column, "no such column", f"a column {column}", advice
            )
    for number, row in enumerate(rows, 2):
        if any(row) and len(row) != len(have):
            found = f"{len(row)} values"
            advice = "Put quotation marks around a value that holds a comma."
            tables.fault(name, number, "", found, f"{len(have)} values", advice)
    if not any(map(any, rows)):
        tables.fault(name, 2, "", "no rows", "a row", "Restore the rows.")
    # A blank row stays, so that the rows after it keep their numbers.
    return [defaultdict(str, zip(have, row, strict=False)) for row in rows]


def _duplicates(
    tables: Tables, name: str, key: str, ids: Iterable[tuple[int, str]]
) -> None:
    seen: set[str] = set()
    for number, value in ids:
        if not value or value in seen:
            found = f"{value!r} a second time" if value else "nothing"
            advice = "Give each row an id of its own."
            tables.fault(name, number, key, found, "an id used once", advice)
        seen.add(value)
