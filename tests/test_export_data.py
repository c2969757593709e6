"""Each format read back as its readers do: rows, licence, link, and hostile text."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import geopandas
import openpyxl
import pandas as pd
import pytest
from pyarrow import parquet

from geo_astana import model, selection
from geo_astana.dataset import Dataset
from geo_astana.dates import parse
from geo_astana.export import data
from geo_astana.selection import Selection

LINK = "https://example.org/?date=2017-12-21&tracks=astana"
ASTANA = Selection(tracks=frozenset({"astana"}))
NOTHING = Selection(tracks=frozenset({"sochi"}), zones=frozenset({"north-homs"}))
HOSTILE = [
    '=HYPERLINK("https://example.org","click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "  =1+1",
    "<script>alert(1)</script>",
    'two\nlines, "quoted"; and | more',
    "x" * 10_000,
    "الأستانة Нур-Султан",
]


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def features(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(content)["features"]
    return found


def sheet(content: bytes, name: str) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def uids(content: bytes) -> list[str]:
    """The events of a calendar, by the beginning of their lines."""
    lines = content.decode().splitlines()
    found = [line.partition(":")[2] for line in lines if line.startswith("UID:")]
    return [uid.removesuffix("@geo-astana") for uid in found if "@" in uid]


def packed(content: bytes) -> list[str]:
    """The events of a data package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [row["event_id"] for row in csv_rows(archive.read("events.csv"))]


def frame(content: bytes) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(io.BytesIO(content))


def with_title(record: Dataset, title: str) -> Dataset:
    event = replace(record.events["ast-08"], title=title)
    return replace(record, events={**record.events, "ast-08": event})


@pytest.mark.parametrize("chosen", [selection.EVERYTHING, ASTANA, NOTHING])
def test_every_format_holds_the_events_of_the_selection(
    record: Dataset, chosen: Selection
) -> None:
    wanted = {event.event_id for event in selection.events(record, chosen)}
    assert (len(wanted) == len(record.events)) == (chosen is selection.EVERYTHING)
    read = {
        "csv": [row["event_id"] for row in csv_rows(data.as_csv(record, chosen, LINK))],
        "geojson": [one["id"] for one in features(data.as_geojson(record, chosen, ""))],
        "parquet": list(frame(data.as_geoparquet(record, chosen, LINK))["event_id"]),
        "xlsx": [
            row["event_id"]
            for row in sheet(data.as_xlsx(record, chosen, LINK), "Events")
        ],
        "ics": uids(data.FORMATS["ics"].write(record, chosen, LINK)),
        "zip": packed(data.FORMATS["zip"].write(record, chosen, LINK)),
    }
    assert read.keys() == data.FORMATS.keys()
    for ids in read.values():
        assert len(ids) == len(wanted)
        assert set(ids) == wanted


def test_licence_version_and_link_stand_in_every_format(record: Dataset) -> None:
    terms = {"licence": data.LICENCE, "version": record.version, "link": LINK}
    for row in csv_rows(data.as_csv(record, ASTANA, LINK)):
        assert terms.items() <= row.items()
    collection = json.loads(data.as_geojson(record, ASTANA, LINK))
    assert terms.items() <= collection.items()
    assert "GeoNames" in collection["attribution"]
    stream = io.BytesIO(data.as_geoparquet(record, ASTANA, LINK))
    metadata = parquet.read_schema(stream).metadata
    assert {name: metadata[name.encode()].decode() for name in terms} == terms
    told = {
        row["What"]: row["Meaning"]
        for row in sheet(data.as_xlsx(record, ASTANA, LINK), "About")
    }
    assert [told[name.capitalize()] for name in terms] == list(terms.values())
    assert record.version in told["How to cite"]
    assert told["Data of"] == record.as_of


def test_a_row_says_what_the_record_says(record: Dataset) -> None:
    row = next(r for r in data.rows(record, ASTANA) if r["event_id"] == "ast-08")
    assert list(row) == list(data.COLUMNS)
    assert (row["start"], row["end"]) == ("2017-12-21", "2017-12-22")
    assert row["guarantor"] == ["Russia", "Türkiye", "Iran"]
    assert row["un"] == ["UN (Staffan de Mistura)"]
    assert row["place"] == "Astana"
    cited = record.events["ast-08"].source_ids
    sources, urls = row["sources"], row["source_urls"]
    assert isinstance(sources, list)
    assert isinstance(urls, list)
    assert len(sources) == len(cited)
    assert set(urls) <= {record.sources[source_id].url for source_id in cited}


def test_an_end_is_a_day_or_unknown_or_still_open(record: Dataset) -> None:
    held = record.events["cf-2012-04"]
    cases = (
        (held, ("2012-06~", "", held.active.last)),
        (
            replace(held, end=None, attested_until=held.start),
            ("", "2012-04-12", held.start.last),
        ),
        (replace(held, end=None), ("..", "", None)),
    )
    for event, ends in cases:
        changed = replace(record, events={**record.events, event.event_id: event})
        found = data.rows(changed, selection.EVERYTHING)
        row = next(row for row in found if row["event_id"] == event.event_id)
        assert (row["end"], row["attested_until"], row["last_day"]) == ends


def test_geojson_has_points_in_lon_lat_and_null_without_a_place(
    record: Dataset,
) -> None:
    by_id = {
        one["id"]: one
        for one in features(data.as_geojson(record, selection.EVERYTHING, LINK))
    }
    place = record.place_of(record.events["ast-08"])
    assert place
    assert by_id["ast-08"]["geometry"] == {
        "type": "Point",
        "coordinates": [place.lon, place.lat],
    }
    for event in record.events.values():
        assert (by_id[event.event_id]["geometry"] is None) == (not event.place_id)
    assert all(one["properties"]["event_id"] == key for key, one in by_id.items())


@pytest.mark.parametrize("chosen", [selection.EVERYTHING, ASTANA, NOTHING])
def test_geoparquet_is_wgs84_and_has_one_schema(
    record: Dataset, chosen: Selection
) -> None:
    content = data.as_geoparquet(record, chosen, LINK)
    read = frame(content)
    assert read.crs.to_epsg() == 4326
    schema = parquet.read_schema(io.BytesIO(content))
    for name, (kind, _) in data.COLUMNS.items():
        assert schema.field(name).type == data.ARROW[kind]
    placed = sum(bool(event.place_id) for event in selection.events(record, chosen))
    assert read.geometry.notna().sum() == placed


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_text_in_every_format(record: Dataset, title: str) -> None:
    spoiled = with_title(record, title)

    def titled(rows: list[dict[str, Any]]) -> Any:
        return next(row["title"] for row in rows if row["event_id"] == "ast-08")

    formula = title.lstrip()[0] in "=+-@"
    shown = titled(csv_rows(data.as_csv(spoiled, ASTANA, LINK)))
    assert shown == (f"'{title}" if formula else title)
    collection = features(data.as_geojson(spoiled, ASTANA, LINK))
    assert titled([one["properties"] for one in collection]) == title
    table = frame(data.as_geoparquet(spoiled, ASTANA, LINK))
    assert table.set_index("event_id").loc["ast-08", "title"] == title
    content = data.as_xlsx(spoiled, ASTANA, LINK)
    assert titled(sheet(content, "Events")) == title
    book = openpyxl.load_workbook(io.BytesIO(content))
    types = {cell.data_type for row in book["Events"].rows for cell in row}
    assert "f" not in types


def test_no_shipped_text_needs_the_apostrophe(record: Dataset) -> None:
    for row in data.rows(record, selection.EVERYTHING):
        texts = [text for text in row.values() if isinstance(text, str)]
        assert not [text for text in texts if text.startswith(data.FORMULA)]


def test_excel_says_so_where_it_cannot_hold_a_text(record: Dataset) -> None:
    spoiled = with_title(record, "long\x00" + "x" * 40_000)
    rows = sheet(data.as_xlsx(spoiled, ASTANA, LINK), "Events")
    title = next(row["title"] for row in rows if row["event_id"] == "ast-08")
    assert len(title) == data.CELL_LETTERS
    assert title.startswith("long\ufffdx")
    assert title.endswith(data.CUT)


def test_pandas_reads_the_csv_without_being_told_of_the_mark(record: Dataset) -> None:
    content = data.as_csv(record, selection.EVERYTHING, LINK)
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(content), parse_dates=["first_day"])
    assert list(table) == [*data.COLUMNS, *data.TERMS]
    assert table["lon"].dtype == "float64"
    assert (table["first_day"].dt.year >= 2012).all()


def test_the_workbook_is_made_to_be_read(record: Dataset) -> None:
    content = data.as_xlsx(record, ASTANA, LINK)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Events", "Participants", "Claims", "Sources", "About"]
    for page in book:
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref == page.dimensions
    kept = {event.event_id for event in selection.events(record, ASTANA)}
    claims = sheet(content, "Claims")
    assert {row["claim_id"] for row in claims} == {
        claim.claim_id for claim in record.claims if claim.event_id in kept
    }
    people = sheet(content, "Participants")
    assert len(people) == sum(len(record.participants.get(key, ())) for key in kept)
    assert {row["role"] for row in people} <= set(model.ROLES)
    sources = {row["source_id"] for row in sheet(content, "Sources")}
    assert {row["source_id"] for row in claims if row["source_id"]} <= sources
    assert {key for one in kept for key in record.events[one].source_ids} <= sources
    first = sheet(content, "Events")[0]["first_day"]
    assert first.date() == parse("2015-05-25").first


@pytest.mark.parametrize("ending", data.FORMATS)
def test_the_same_view_gives_the_same_bytes(record: Dataset, ending: str) -> None:
    write = data.FORMATS[ending].write
    assert write(record, ASTANA, LINK) == write(record, ASTANA, LINK)


def test_a_file_name_carries_version_and_day(record: Dataset) -> None:
    day = parse("2017-12-21").first
    version = record.version
    assert (
        data.file_name(record, day, "csv")
        == f"geo-astana-events-{version}-2017-12-21.csv"
    )
    assert data.file_name(record, None, "xlsx").endswith("-all.xlsx")
