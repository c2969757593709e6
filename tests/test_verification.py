"""Reading what a file says: its report, and files that are none of ours."""

import functools
import io
import json
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from exported import NASTY, SLOW, WRITERS, film, png
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from geo_astana import dataset, errors
from geo_astana.dataset import Dataset
from geo_astana.export import data, evidence, imprint, reader, verification
from geo_astana.link import View
from geo_astana.selection import Selection

ADDRESS = "https://example.org/map/"
SOCHI = Selection(tracks=frozenset({"sochi"}))
MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# What reading may take beside the file itself.
MOST_MEMORY = 64 << 20


ENDINGS = {
    "CSV": "csv",
    "GeoJSON": "geojson",
    "GeoParquet": "parquet",
    "workbook": "xlsx",
    "calendar": "ics",
    "data package": "zip",
}
KINDS = [*WRITERS, *SLOW, *ENDINGS]


@functools.cache
def whole(kind: str) -> bytes:
    """A small file of ours."""
    record = dataset.load()
    if kind in ENDINGS:
        write = data.FORMATS[ENDINGS[kind]].write
        return write(record, SOCHI, f"{ADDRESS}?tracks=sochi")
    return {**WRITERS, **SLOW}[kind](evidence.of_day(record, View(), ADDRESS))


def refusal(content: bytes, folder: Path) -> str:
    """What is said of a file with this content."""
    path = folder / "file.png"
    path.write_bytes(content)
    with pytest.raises(errors.ExportError) as found:
        reader.read(path)
    said = str(found.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_known_by_its_content_whatever_its_name(
    record: Dataset, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "renamed.txt"
    path.write_bytes(whole(kind))
    report = verification.verify(record, path)
    assert report.kind == kind
    assert report.same_version
    assert report.unknown == ()


@MANY
@given(kind=st.sampled_from([kind for kind in KINDS if kind != "CSV"]), data_=st.data())
def test_a_file_that_is_cut_short_is_refused(
    tmp_path: Path, kind: str, data_: st.DataObject
) -> None:
    content = whole(kind).rstrip()
    length = data_.draw(st.integers(0, len(content) - 1))
    assert refusal(content[:length], tmp_path)


@pytest.mark.parametrize("ending", ["mp4", "webm"])
def test_a_film_that_is_cut_short_is_refused(tmp_path: Path, ending: str) -> None:
    codec = {"mp4": "libx264 -movflags +faststart", "webm": "libvpx"}[ending]
    content = film(ending, codec, tmp_path, NASTY).read_bytes()
    for length in range(12, len(content), 97):
        assert refusal(content[:length], tmp_path)


BEGINNINGS = (
    b"",
    imprint.PNG_BEGINS,
    b"GIF89a",
    b"%PDF-1.7\n",
    b"\x00\x00\x00\x18ftyp",
    b"\x1a\x45\xdf\xa3",
    b"<!DOCTYPE html>",
    b"<svg>",
    b"{",
    b"PAR1",
    b"BEGIN:VCALENDAR\r\n",
    ",".join(data.COLUMNS).encode() + b"\n",
    b"PK\x03\x04",
)
ENDINGS_OF_FILES = (
    b"",
    b"IEND\xaeB`\x82",
    b";",
    b"%%EOF",
    b"</html>",
    b"</svg>",
    b"}",
    b"PAR1",
    b"END:VCALENDAR",
    b"PK\x05\x06" + bytes(18),
)


@MANY
@given(
    begins=st.sampled_from(BEGINNINGS),
    middle=st.binary(max_size=200),
    mark=st.sampled_from([b"", evidence.MARK.encode()]),
    ends=st.sampled_from(ENDINGS_OF_FILES),
)
def test_no_bytes_give_more_than_a_sentence(
    tmp_path: Path, begins: bytes, middle: bytes, mark: bytes, ends: bytes
) -> None:
    assert refusal(begins + mark + middle + ends, tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty; export it again"),
        (b"just a text", "it is none of what geo-astana exports: PNG, GIF, PDF"),
        (png(), "it does not say that geo-astana made it"),
        (b"<svg></svg>", "it does not say that geo-astana made it"),
        (b"{}", "it does not say that geo-astana made it"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "it does not say that geo-astana"),
        (
            imprint.into_png(png(), NASTY)[:-1],
            "the PNG is damaged or cut short; export it again",
        ),
    ],
)
def test_a_refusal_says_what_was_found_and_what_to_do(
    tmp_path: Path, content: bytes, said: str
) -> None:
    assert refusal(content, tmp_path).startswith(said)


def test_a_table_without_rows_cannot_say_whose_it_is(
    record: Dataset, tmp_path: Path
) -> None:
    nothing = replace(SOCHI, zones=frozenset({"north-homs"}))
    assert "no rows" in refusal(data.as_csv(record, nothing, ADDRESS), tmp_path)


def test_a_table_with_a_torn_row_is_damaged(tmp_path: Path) -> None:
    for torn in (whole("CSV")[:-100], whole("CSV") + b"one,two\r\n"):
        assert "damaged" in refusal(torn, tmp_path)


def test_a_changed_letter_in_a_png_is_found(tmp_path: Path) -> None:
    content = whole("PNG")
    at = content.index(b"21 December", content.index(evidence.MARK.encode()))
    spoiled = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    assert "damaged" in refusal(spoiled, tmp_path)


def test_paths_that_are_no_files_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    cases = {
        tmp_path / "missing": "No such file",
        tmp_path: "it is a folder; name a file",
        tmp_path / "pipe": "it is no regular file",
        tmp_path / "a\x00b": "is no path",
        tmp_path / ("x" * 5000): "cannot be read",
    }
    for path, said in cases.items():
        with pytest.raises(errors.ExportError, match=said):
            reader.read(path)


def test_a_file_too_large_for_an_export_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(reader.MOST_BYTES + 1)
    with pytest.raises(errors.ExportError, match="larger than anything"):
        reader.read(path)


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", b"")
        archive.writestr(name, content)
    return stream.getvalue()


def members(count: int) -> bytes:
    """An archive that lists the same empty member so often."""
    at = len(first := b"PK\x03\x04" + bytes(26))
    entry = b"PK\x01\x02" + struct.pack("<6H3L5H2L", *[0] * 9, 1, *[0] * 6) + b"a"
    listed = entry * count
    sizes = struct.pack(
        "<4H2LH", 0, 0, count % 2**16, count % 2**16, len(listed), at, 0
    )
    return first + listed + b"PK\x05\x06" + sizes


def box(length: int, kind: bytes = b"free") -> bytes:
    return struct.pack(">I4s", length, kind)


BOMBS: dict[str, Callable[[], bytes]] = {
    "an archive that unpacks to 256 MB": lambda: zipped(
        "customXml/item1.xml", bytes(1 << 28)
    ),
    "an archive of half a million members": lambda: members(500_000),
    "entities that grow to 1 GB": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(3)
        )
        + b"]><svg>&d;</svg>"
    ),
    "a chunk of 4 GB": lambda: (
        imprint.PNG_BEGINS + box(0xFFFFFFFF, b"iTXt") + b"IEND\xaeB`\x82"
    ),
    "a million empty chunks": lambda: (
        imprint.PNG_BEGINS + (box(0, b"IDAT") + bytes(4)) * 10**6 + b"IEND\xaeB`\x82"
    ),
    "a million empty boxes": lambda: box(8, b"ftyp") + box(8) * 10**6,
    "a box of no length that does not end": lambda: box(8, b"ftyp") + box(1) + bytes(8),
    "deep lists": lambda: (
        b"<svg>" + evidence.MARK.encode() + b',"a":' + b"[" * 10**7 + b"</svg>"
    ),
    "an endless comment": lambda: (
        b"GIF89a" + bytes(7) + b"\x21\xfe" + (b"\xff" + b"x" * 255) * 10**5 + b"\x00;"
    ),
    "a footer longer than the file": lambda: b"PAR1" + b"\xff\xff\xff\x7fPAR1",
    "a footer of noise": lambda: b"PAR1" + b"\x15" * 10**6 + b"\x40\x42\x0f\x00PAR1",
    "a table in one cell": lambda: (
        ",".join(data.COLUMNS).encode() + b'\n"' + b"x" * 10**6
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_hostile_content_is_refused_in_little_memory(tmp_path: Path, bomb: str) -> None:
    content = BOMBS[bomb]()
    tracemalloc.start()
    refusal(content, tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < len(content) + MOST_MEMORY


def test_packed_evidence_that_grows_is_refused(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(128 << 20), 9)
    table = pa.table({"event_id": ["ast-08"]})
    stream = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata({data.PACKED: bomb}), stream)
    tracemalloc.start()
    refusal(stream.getvalue(), tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_MEMORY


def test_a_report_says_what_the_file_shows_and_prints_its_link(
    record: Dataset, tmp_path: Path
) -> None:
    said = evidence.of_day(record, View(), ADDRESS)
    path = tmp_path / "slide.png"
    path.write_bytes(imprint.into_png(png(), said))
    report = verification.verify(record, path)
    text = str(report)
    assert text.splitlines()[0] == "slide.png"
    for told in (
        "21 December 2017",
        "2017-12-21",
        "everything",
        f"version {record.version}, the same as installed here",
        said.software,
        said.licence,
        said.alt,
        said.sources[0],
        f"and {len(said.sources) - 3} more",
        f"{ADDRESS}?date=2017-12-21",
    ):
        assert told in text
    assert "does not know" not in text
    told_json = json.loads(json.dumps(report.as_json()))
    assert told_json["evidence"]["sources"] == list(said.sources)
    assert told_json["same_version"] is True
    assert (told_json["file"], told_json["kind"]) == ("slide.png", "PNG")


def test_a_report_names_another_version_and_what_the_record_does_not_know(
    record: Dataset, tmp_path: Path
) -> None:
    link = f"{ADDRESS}?date=1999-01-01&tracks=astana,moon"
    said = replace(
        evidence.of_day(record, View(), ADDRESS), version="9.9", link=link, sources=()
    )
    path = tmp_path / "slide.svg"
    path.write_bytes(WRITERS["SVG"](said))
    report = verification.verify(record, path)
    assert not report.same_version
    assert f"version 9.9, but {record.version} is installed here" in str(report)
    assert "these parts of the link: “date=1999-01-01”, “tracks=moon”." in str(report)
    bad = replace(said, link="http://[bad")
    path.write_bytes(WRITERS["SVG"](bad))
    assert verification.verify(record, path).unknown == ("http://[bad",)


def test_no_text_of_a_file_steers_the_terminal(record: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb\n.png"
    path.write_bytes(imprint.into_png(png(), NASTY))
    text = str(verification.verify(record, path))
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.splitlines()[0] == "a\ufffd[2Jb\ufffd.png"
