"""The data package as one archive: whole, or the part that a selection keeps.

The same record, selection and link give the same bytes.
"""

import csv
import importlib.metadata
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from geo_astana import citation, errors, selection, tables
from geo_astana.dataset import Dataset
from geo_astana.export import evidence
from geo_astana.export.evidence import Evidence
from geo_astana.selection import Selection
from geo_astana.tables import Tables

PACKAGE = "datapackage.json"
EVIDENCE = "evidence.json"
# One entry a line, so that versions of the files can be compared.
OUTLINES = '{{"type": "FeatureCollection", "features": [\n{}\n]}}\n'
SOURCES = "[\n{}\n]\n"
LICENCES = ("LICENSE-DATA", "ATTRIBUTION.md")
# The first moment that an archive can hold, and files for everyone to read.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3
PART = (
    "This is a part: the events of the selection, the rows that refer to them and",
    "those they refer to. Each id that a table names is there. Statuses of zones and",
    "claims in conflict may lack what belongs to other events, and a table may have",
    "no rows, which `geo-astana check` asks to restore.",
)


def as_zip(record: Dataset, chosen: Selection, link: str) -> bytes:
    """The tables, outlines, sources and their description, licence and readme.

    Of a selection it holds the kept events and the rows that refer to them or are
    referred to by them, so that every foreign key holds. Raises ExportError where the
    data folder is no longer as it was read.
    """
    read = tables.read(record.folder)
    if read.faults:
        message = f"{record.folder} can no longer be read: {read.faults[0]}"
        raise errors.ExportError(message)
    if chosen:
        _keep(read, record, chosen)
    said = evidence.of_events(record, chosen, link)
    package = _described(read.package, said)
    texts = {
        PACKAGE: json.dumps(package, ensure_ascii=False, indent=1) + "\n",
        "README.txt": _readme(record, said, package),
        **{name: _licence(name) for name in LICENCES},
        **_tables(read),
        "zones.geojson": OUTLINES.format(_lines(read.zones)),
        "sources.json": SOURCES.format(_lines(read.sources)),
        EVIDENCE: evidence.dumps(said) + "\n",
    }
    return zipped({name: text.encode("utf-8") for name, text in texts.items()})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """An archive of these members in their order, without the time it was made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = UNIX, READABLE
            archive.writestr(entry, content, compresslevel=9)
    return stream.getvalue()


def _keep(read: Tables, record: Dataset, chosen: Selection) -> None:
    """Leave of the tables what the selection keeps and what that refers to."""
    kept = {event.event_id for event in selection.events(record, chosen)}
    rows = read.rows
    for name in ("events.csv", "participants.csv", "claims.csv", "zone_statuses.csv"):
        rows[name] = [row for row in rows[name] if row["event_id"] in kept]
    actors = {row["actor_id"] for row in rows["participants.csv"]}
    rows["actors.csv"] = [
        row for row in rows["actors.csv"] if row["actor_id"] in actors
    ]
    places = _places(record, kept)
    for name in ("places.csv", "place_names.csv"):
        rows[name] = [row for row in rows[name] if row["place_id"] in places]
    zones = {row["zone_id"] for row in rows["zone_statuses.csv"]}
    zones.update(zone for event in kept for zone in record.events[event].zone_ids)
    outlines = [(zone, tables.properties(zone)) for zone in read.zones]
    read.zones = [zone for zone, told in outlines if told["zone_id"] in zones]
    if not read.zones:
        rows["zone_points.csv"] = []
    cited = {key for row in _citing(read) for key in row.split()}
    read.sources = [source for source in read.sources if source["id"] in cited]


def _places(record: Dataset, kept: set[str]) -> set[str]:
    """The places of events, and those that claims on them name."""
    found = {record.events[event_id].place_id for event_id in kept}
    for claim in record.claims:
        if claim.event_id in kept and claim.location:
            days = [moment.first for moment in (claim.start, claim.published) if moment]
            found.update(record.gazetteer.place_id(claim.location, day) for day in days)
    return found - {""}


def _citing(read: Tables) -> Iterable[str]:
    """Everything that names sources."""
    for name in ("events.csv", "actors.csv"):
        yield from (row["source_ids"] for row in read.rows[name])
    yield from (row["source_id"] for row in read.rows["claims.csv"])
    yield from (str(tables.properties(zone)["source_ids"]) for zone in read.zones)


def _described(package: Mapping[str, Any], said: Evidence) -> dict[str, Any]:
    """The description of the package, which says what part of it this is."""
    if not said.selection:
        return {**package, "link": said.link}
    return {
        **package,
        "title": f"{package.get('title', '')}: {said.selection}",
        "description": f"A part: {said.alt} {package.get('description', '')}",
        "selection": said.selection,
        "link": said.link,
    }


def _tables(read: Tables) -> dict[str, str]:
    """The tables as text; one without rows has its columns all the same."""
    columns = {
        resource["path"]: [column["name"] for column in resource["schema"]["fields"]]
        for resource in tables.described(read.package)
    }
    written = {}
    for name, rows in read.rows.items():
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows[0] if rows else columns.get(name, ()))
        writer.writerows(row.values() for row in rows if any(row.values()))
        written[name] = stream.getvalue()
    return written


def _lines(entries: Sequence[Any]) -> str:
    return ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)


def _readme(record: Dataset, said: Evidence, package: Mapping[str, Any]) -> str:
    """What this is, whose it is, how to cite it and what lies in it."""
    cited = citation.text(citation.of_record(record.version, record.as_of))
    files = {
        str(resource["path"]): str(resource.get("title", ""))
        for resource in package["resources"]
    }
    lines = [
        citation.TITLE,
        "",
        f"Version    {record.version}, data of {record.as_of or 'an unknown day'}",
        f"Content    {said.alt}",
        f"Selection  {said.selection or 'everything'}",
        f"Link       {said.link}",
        f"Licence    {said.licence}; see LICENSE-DATA",
        f"Credit     {said.credit}; see ATTRIBUTION.md",
        "",
        "How to cite",
        f"  {cited}",
        "",
        "Files, described column by column in datapackage.json",
        *(f"  {name:<20}{title}" for name, title in files.items()),
        "",
    ]
    if said.selection:
        lines += [*PART, ""]
    return "\n".join(lines)


def _licence(name: str) -> str:
    """A licence file of the project that runs, or of the installed package."""
    own = Path(__file__).parents[3] / name
    if own.is_file():
        return own.read_text("utf-8")
    installed = importlib.metadata.distribution("geo-astana")
    text = installed.read_text(f"licenses/{name}")
    if text is None:
        message = f"The installed geo-astana lacks its {name}; install it again"
        raise errors.ExportError(message)
    return text
