"""The events of a selection as CSV, GeoJSON, GeoParquet and Excel, and all formats.

Licence, version of the data and link of the view stand in every file. Points are in
WGS84 degrees. The same record, selection and link give the same bytes.
"""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import geopandas
import openpyxl
import pandas as pd
import pyarrow as pa
import shapely
from openpyxl.cell import cell as cells
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import SubElement, fromstring, tostring
from pyarrow import parquet

from geo_astana import citation, dates, geometry, model, selection
from geo_astana.dataset import Dataset
from geo_astana.export import calendar, evidence, imprint, package
from geo_astana.export.evidence import Evidence
from geo_astana.model import Claim, Event, Participation, Source
from geo_astana.selection import Selection

Kind = Literal["text", "list", "day", "number"]
Value = str | list[str] | date | float | None
Row = dict[str, Value]

LICENCE = evidence.LICENCE
ATTRIBUTION = evidence.CREDIT
# Kind and meaning of each column, in their order.
COLUMNS: dict[str, tuple[Kind, str]] = {
    "event_id": ("text", "id of the event, as in links"),
    "track": ("text", "line of talks or group of events"),
    "kind": ("text", "kind of event"),
    "round": ("text", "number of the round"),
    "title": ("text", "title, our own words"),
    "start": ("text", "start as EDTF; ~ is approximate"),
    "end": ("text", "end as EDTF; .. goes on, empty ended on an unknown day"),
    "attested_until": ("text", "last attested, as EDTF, where the end is unknown"),
    "first_day": ("day", "first day on which it counts as active, inclusive"),
    "last_day": ("day", "last such day, inclusive; empty if it goes on"),
    "status": ("text", "what came of it"),
    "location": ("text", "where, as the source writes it"),
    "place": ("text", "name of the place on the first day"),
    "lon": ("number", "longitude of the place, WGS84 degrees"),
    "lat": ("number", "latitude of the place, WGS84 degrees"),
    "zones": ("list", "ids of the zones concerned"),
    **{
        role: ("list", f"actors in the role “{role}”, people in brackets")
        for role in model.ROLES
    },
    "summary": ("text", "what happened, our own words"),
    "outcome": ("text", "what came out of it, our own words"),
    "note": ("text", "what is uncertain"),
    "confidence": ("text", "how well dates and main fact are supported"),
    "sources": ("list", "full citations"),
    "source_urls": ("list", "addresses of the sources that have one"),
}
# What a file without a place for it says in each row.
TERMS = ("licence", "attribution", "version", "selection", "link")
# Between the members of a list; citations hold every lighter mark.
BETWEEN = " | "

ARROW = {
    "text": pa.string(),
    "list": pa.list_(pa.string()),
    "day": pa.date32(),
    "number": pa.float64(),
}
# By what a spreadsheet knows a formula; the last four are full width.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
# The most letters that Excel reads in a cell.
CELL_LETTERS = 32_767
CUT = " … (cut; whole in the other formats)"
WIDEST = 60
WORKBOOK_PROPERTIES = "docProps/core.xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
WORKBOOK_PART = "customXml/item1.xml"
# The evidence in the metadata of a GeoParquet file, packed: its footer is not.
PACKED = b"geo-astana"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its name for readers, media type and writer."""

    name: str
    media_type: str
    write: Callable[[Dataset, Selection, str], bytes]


def file_name(record: Dataset, day: date | None, ending: str) -> str:
    """The name of a download: version, and the day of the view or `all`."""
    return f"geo-astana-events-{record.version}-{day or 'all'}.{ending}"


def rows(record: Dataset, chosen: Selection) -> list[Row]:
    """The events of the selection by first day, one row an event, as in COLUMNS."""
    kept = selection.events(record, chosen)
    kept.sort(key=lambda event: (event.active.first, event.event_id))
    return [_row(record, event) for event in kept]


def as_csv(record: Dataset, chosen: Selection, link: str) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes it for another encoding.

    pandas and readr skip the mark. The terms are columns, because a comment line
    breaks readers and a file name is soon lost. Text that a spreadsheet would run as
    a formula begins with an apostrophe.
    """
    terms = _terms(record, chosen, link)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([*COLUMNS, *TERMS])
    for row in rows(record, chosen):
        written = [*row.values(), *(terms[name] for name in TERMS)]
        writer.writerow([_harmless(_joined(value)) for value in written])
    return stream.getvalue().encode("utf-8-sig")


def as_geojson(record: Dataset, chosen: Selection, link: str) -> bytes:
    """RFC 7946; an event without one place has no geometry, the terms are members."""
    features = []
    for row in rows(record, chosen):
        lon, lat = row.pop("lon"), row.pop("lat")
        point = {"type": "Point", "coordinates": [lon, lat]}
        features.append(
            {
                "type": "Feature",
                "id": row["event_id"],
                "geometry": None if lon is None else point,
                "properties": row,
            }
        )
    collection = {
        "type": "FeatureCollection",
        **_terms(record, chosen, link),
        "evidence": json.loads(
            evidence.dumps(evidence.of_events(record, chosen, link))
        ),
        "features": features,
    }
    return json.dumps(
        collection, ensure_ascii=False, allow_nan=False, default=date.isoformat
    ).encode()


def as_geoparquet(record: Dataset, chosen: Selection, link: str) -> bytes:
    """GeoParquet in WGS84; the terms are metadata of the file's schema."""
    found = rows(record, chosen)
    points = [
        None if row["lon"] is None else shapely.Point(row["lon"], row["lat"])
        for row in found
    ]
    table = pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
    written = io.BytesIO()
    geopandas.GeoDataFrame(table, geometry=points, crs=geometry.WGS84).to_parquet(
        written, index=False
    )
    read = parquet.read_table(written)
    fields = [
        field.with_type(ARROW[COLUMNS[field.name][0]])
        if field.name in COLUMNS
        else field
        for field in read.schema
    ]
    packed = zlib.compress(
        evidence.dumps(evidence.of_events(record, chosen, link)).encode(), 9
    )
    metadata = {
        **(read.schema.metadata or {}),
        **_terms(record, chosen, link),
        PACKED: packed,
    }
    stream = io.BytesIO()
    parquet.write_table(
        read.cast(pa.schema(fields)).replace_schema_metadata(metadata), stream
    )
    return stream.getvalue()


def as_xlsx(record: Dataset, chosen: Selection, link: str) -> bytes:
    """A workbook: Events, Participants, Claims, Sources, and About with the terms."""
    said = evidence.of_events(record, chosen, link)
    kept = rows(record, chosen)
    ids = [str(row["event_id"]) for row in kept]
    events = [record.events[event_id] for event_id in ids]
    claims = [claim for claim in record.claims if claim.event_id in set(ids)]
    cited = dict.fromkeys(key for event in events for key in event.source_ids)
    cited.update(dict.fromkeys(claim.source_id for claim in claims if claim.source_id))
    book = openpyxl.Workbook()
    book.remove(book.active)
    _sheet(book, "Events", list(COLUMNS), (row.values() for row in kept))
    _sheet(book, "Participants", PARTICIPANT, _participants(record, events))
    _sheet(book, "Claims", CLAIM, map(_claim, claims))
    _sheet(book, "Sources", SOURCE, (_source(record.sources[key]) for key in cited))
    page = _sheet(
        book,
        "About",
        ["What", "Meaning"],
        [
            ["Title", citation.TITLE],
            ["Content", f"{len(kept)} of {len(record.events)} events"],
            ["Selection", said.selection or "everything"],
            ["Licence", LICENCE],
            ["Version", record.version],
            ["Data of", record.as_of],
            ["Link", link],
            [
                "How to cite",
                citation.text(citation.of_record(record.version, record.as_of)),
            ],
            ["Credits", ATTRIBUTION],
            *([f"Events: {name}", told] for name, (_, told) in COLUMNS.items()),
        ],
    )
    page.column_dimensions["B"].width = 2 * WIDEST
    for cell in page["B"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return _saved(book, record, said)


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8; header=present", as_csv),
    "geojson": Format("GeoJSON", "application/geo+json", as_geojson),
    "parquet": Format("GeoParquet", "application/vnd.apache.parquet", as_geoparquet),
    "xlsx": Format(
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_xlsx,
    ),
    "ics": Format("Calendar", "text/calendar; charset=utf-8", calendar.as_ics),
    "zip": Format("Data package", "application/zip", package.as_zip),
}


def _terms(record: Dataset, chosen: Selection, link: str) -> dict[str, str]:
    return {
        "licence": LICENCE,
        "version": record.version,
        "as_of": record.as_of,
        "selection": evidence.words(record, chosen),
        "link": link,
        "attribution": ATTRIBUTION,
    }


def _row(record: Dataset, event: Event) -> Row:
    place = record.place_of(event)
    sources = [record.sources[source_id] for source_id in event.source_ids]
    unknown = "" if event.attested_until else dates.OPEN
    day = event.active.first
    return {
        "event_id": event.event_id,
        "track": event.track,
        "kind": event.kind,
        "round": event.round,
        "title": event.title,
        "start": event.start.text,
        "end": event.end.text if event.end else unknown,
        "attested_until": event.attested_until.text if event.attested_until else "",
        "first_day": day,
        "last_day": event.active.last,
        "status": event.status,
        "location": event.location,
        "place": record.gazetteer.label(place.place_id, day) if place else "",
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
        "zones": list(event.zone_ids),
        **{role: who(record, event, role) for role in model.ROLES},
        "summary": event.summary,
        "outcome": event.outcome,
        "note": event.note,
        "confidence": event.confidence,
        "sources": [citation.text(source.record) for source in sources],
        "source_urls": [source.url for source in sources if source.url],
    }


def who(record: Dataset, event: Event, role: str) -> list[str]:
    """The actors of an event in a role, people in brackets."""
    people = record.participants.get(event.event_id, ())
    return [_named(record, one) for one in people if one.role == role]


def _named(record: Dataset, one: Participation) -> str:
    actor = record.actors[one.actor_id].short
    return f"{actor} ({one.person})" if one.person else actor


def _joined(value: Value) -> str | date | float | None:
    return BETWEEN.join(value) if isinstance(value, list) else value


def _harmless(value: str | date | float | None) -> str | date | float | None:
    if isinstance(value, str) and value.lstrip().startswith(FORMULA):
        return f"'{value}"
    return value


PARTICIPANT = ["event_id", "actor_id", "actor", "role", "person", "note"]
CLAIM = (
    "claim_id event_id field value start end location published withdrawn source_id "
    "verdict conflict note"
).split()
SOURCE = ["source_id", "citation", "title", "publisher", "issued", "url"]


def _participants(record: Dataset, events: Iterable[Event]) -> list[list[Value]]:
    return [
        [
            event.event_id,
            one.actor_id,
            record.actors[one.actor_id].name,
            one.role,
            one.person,
            one.note,
        ]
        for event in events
        for one in record.participants.get(event.event_id, ())
    ]


def _claim(claim: Claim) -> list[Value]:
    values = (getattr(claim, name) for name in CLAIM)
    return [getattr(value, "text", value) for value in values]


def _source(source: Source) -> list[Value]:
    return [
        source.source_id,
        citation.text(source.record),
        source.title,
        source.publisher,
        source.issued,
        source.url,
    ]


def _sheet(
    book: openpyxl.Workbook,
    title: str,
    head: Sequence[str],
    values: Iterable[Iterable[Value]],
) -> Worksheet:
    """A sheet with its header frozen, a filter on it and columns as wide as needed."""
    sheet = book.create_sheet(title)
    widths = [len(name) + 4 for name in head]
    for number, row in enumerate([head, *values], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            _write(cell, _joined(value))
            if cell.value is not None:
                length = len(str(cell.value)) + 2
                widths[column - 1] = min(WIDEST, max(widths[column - 1], length))
    for column, width in enumerate(widths, 1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    return sheet


def _write(cell: Any, value: str | date | float | None) -> None:
    """Text as text, whatever it begins with; a date as a date that Excel can sort."""
    if value is None or value == "":
        return
    if not isinstance(value, str):
        cell.value = value
        return
    text = cells.ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    if len(text) > CELL_LETTERS:
        text = text[: CELL_LETTERS - len(CUT)] + CUT
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA)


def _saved(book: openpyxl.Workbook, record: Dataset, said: Evidence) -> bytes:
    """The workbook with its evidence as bytes, without the time it was saved."""
    made = datetime.fromisoformat(record.as_of or date.min.isoformat())
    book.properties.creator = citation.AUTHORS
    book.properties.title = citation.TITLE
    book.properties.created = made
    written = io.BytesIO()
    book.save(written)
    book.properties.modified = made
    with zipfile.ZipFile(written) as timed:
        members = {name: timed.read(name) for name in timed.namelist()}
    members[WORKBOOK_PROPERTIES] = tostring(book.properties.to_tree())
    relations = fromstring(members[WORKBOOK_RELATIONS])
    relation = {"Type": imprint.CUSTOM_XML, "Target": f"/{WORKBOOK_PART}"}
    SubElement(relations, "Relationship", {"Id": "evidence", **relation})
    members[WORKBOOK_RELATIONS] = tostring(relations)
    members[WORKBOOK_PART] = imprint.custom_xml(said)
    return package.zipped(members)
