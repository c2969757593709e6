"""The evidence of a file, read back from each format.

A file may be anything. Its kind is told by content, no more of it is read than evidence
can be long, archives are not unpacked, XML and films are not parsed but searched for
the line of JSON, and what is wrong becomes one sentence.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from geo_astana import citation, errors
from geo_astana.export import calendar, data, evidence, imprint, package
from geo_astana.export.evidence import Evidence

# The evidence of the whole record has about 150 000 letters.
MOST_EVIDENCE = 4 << 20
MOST_BYTES = 2 << 30
# Tables are read whole; that of the whole record has about 340 000 bytes.
MOST_TABLE = 64 << 20
HEAD_BYTES = 4096
TAIL_BYTES = 1024
READ_BYTES = 1 << 20
# A picture 8000 pixels wide in pieces of 8 kB has fewer, a film in fragments too.
MOST_PIECES = 100_000
# The head of a box of an MP4: its length and its kind.
BOX_BYTES = 8
ZIP_BEGINS = b"PK\x03\x04"
# The last record of an archive: the size of its list of members stands in it.
ZIP_END, ZIP_END_BYTES, ZIP_COMMENT_BYTES = b"PK\x05\x06", 22, 1 << 16
MOST_LIST = 4 << 20
MOST_MEMBERS = 50
PARQUET_BEGINS = b"PAR1"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BAD_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)

_MARK = evidence.MARK.encode("ascii")
_FOLD = re.compile(rb"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: name, how one begins, what ends it but for spaces, its reader.

    Where something else has to end it, `ends` is an empty one and the reader looks.
    """

    name: str
    begins: Callable[[bytes], bool]
    ends: tuple[bytes, ...]
    read: Callable[[BinaryIO], Evidence]


def read(path: Path) -> tuple[str, Evidence]:
    """The kind, in words, and the evidence of a file of ours, whatever it is called.

    Raises ExportError for a file that cannot be read, is damaged or is not ours.
    """
    try:
        return _read(path)
    except errors.ExportError as error:
        raise errors.ExportError(f"{path}: {error}") from None
    except OSError as error:
        why = error.strerror or "it is unreadable"
        raise errors.ExportError(f"{path} cannot be read: {why}") from None
    except ValueError as error:  # a NUL in the path
        raise errors.ExportError(f"{str(path)!r} is no path: {error}") from None


def _read(path: Path) -> tuple[str, Evidence]:
    if path.exists() and not path.is_file():
        found = "a folder" if path.is_dir() else "no regular file"
        raise errors.ExportError(f"it is {found}; name a file")
    with path.open("rb") as file:
        kind = _kind(file)
        file.seek(0)
        try:
            said = kind.read(file)
        except (EOFError, IndexError, struct.error, ValueError):
            raise _damaged(kind.name) from None
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        if not file.read().rstrip().endswith(kind.ends):
            raise _damaged(kind.name)
        return kind.name, said


def _kind(file: BinaryIO) -> Kind:
    """What kind of file it is, by its beginning and, in an archive, its members."""
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise errors.ExportError("it is empty; export it again")
    if size > MOST_BYTES:
        raise errors.ExportError("it is larger than anything geo-astana exports")
    file.seek(0)
    head = file.read(HEAD_BYTES).removeprefix(BYTE_ORDER_MARK)
    kinds = _archives(file) if head.startswith(ZIP_BEGINS) else KINDS
    kind = next((kind for kind in kinds if kind.begins(head)), None)
    if kind is None:
        names = ", ".join(kind.name for kind in (*KINDS, *ARCHIVES.values()))
        raise errors.ExportError(f"it is none of what geo-astana exports: {names}")
    return kind


def _damaged(name: str) -> errors.ExportError:
    return errors.ExportError(f"the {name} is damaged or cut short; export it again")


def _foreign() -> errors.ExportError:
    return errors.ExportError("it does not say that geo-astana made it")


def _within(content: bytes) -> Evidence:
    """The evidence that stands somewhere in the content as it was written."""
    at = content.find(_MARK)
    if at < 0:
        raise _foreign()
    return evidence.loads(content[at:].decode("utf-8", "replace"))


def _search(file: BinaryIO) -> Evidence:
    """The same in a file of any length, from where it is read."""
    before = b""
    while block := file.read(READ_BYTES):
        before += block
        if _MARK in before:
            return _within(before + file.read(MOST_EVIDENCE))
        before = before[-len(_MARK) :]
    raise _foreign()


def _png(file: BinaryIO) -> Evidence:
    """From the chunk of the XMP packet, which has to have its check sum."""
    file.seek(len(imprint.PNG_BEGINS))
    for _ in range(MOST_PIECES):
        length, name = struct.unpack(">I4s", file.read(8))
        if name == b"IEND":
            raise _foreign()
        if name != b"iTXt" or length > MOST_EVIDENCE:
            file.seek(length + 4, io.SEEK_CUR)
            continue
        text = file.read(length)
        (check,) = struct.unpack(">I", file.read(4))
        if text.startswith(imprint.PNG_XMP.encode("ascii")) and _MARK in text:
            if check != zlib.crc32(text, zlib.crc32(name)):
                raise EOFError
            return _within(text)
    raise EOFError


def _gif(file: BinaryIO) -> Evidence:
    """From the comments before the first frame."""
    for label, text, _ in imprint.gif_extensions(file.read(2 * MOST_EVIDENCE)):
        if label == imprint.GIF_COMMENT and text.startswith(_MARK):
            return _within(text)
    raise _foreign()


def _mp4(file: BinaryIO) -> Evidence:
    """From anywhere in a film whose boxes fill the file to its end."""
    size, at = file.seek(0, io.SEEK_END), 0
    for _ in range(MOST_PIECES):
        if at == size:
            break
        file.seek(at)
        length, _ = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        length = length or size - at
        at += length
        if length < BOX_BYTES:
            raise EOFError
    file.seek(0)
    return _search(file)


def _webm(file: BinaryIO) -> Evidence:
    """From anywhere in a film whose segment fills the file to its end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(4)
    file.seek(_ebml_size(file), io.SEEK_CUR)
    file.seek(4, io.SEEK_CUR)
    if _ebml_size(file) + file.tell() > size:
        raise EOFError
    file.seek(0)
    return _search(file)


def _ebml_size(file: BinaryIO) -> int:
    """A number of as many bytes as its leading zero bits say; 0 for an unknown size."""
    first = file.read(1)[0]
    more = 8 - first.bit_length()
    bits = 7 * (more + 1)
    number = int.from_bytes(bytes([first]) + file.read(more)) & (1 << bits) - 1
    return 0 if number == (1 << bits) - 1 else number


def _ics(file: BinaryIO) -> Evidence:
    """From the property of the calendar, its folded lines joined."""
    content = _FOLD.sub(b"", _table(file))
    _, found, after = content.partition(f"\n{calendar.PROPERTY}:".encode("ascii"))
    if not found:
        raise _foreign()
    line, _, _ = after.partition(b"\n")
    return evidence.loads(_ESCAPED.sub(r"\1", line.decode("utf-8", "replace")))


def _csv(file: BinaryIO) -> Evidence:
    """From the rows: their terms, first and last day, and sources."""
    text = io.StringIO(_table(file).decode("utf-8-sig"), newline="")
    try:
        rows = list(csv.DictReader(text, strict=True))
    except csv.Error as error:
        raise EOFError from error
    if not rows:
        raise errors.ExportError(
            "it has no rows, and a CSV file says whose it is there"
        )
    if any(None in row or None in row.values() for row in rows):
        raise EOFError
    terms = rows[0]
    cited = (row["sources"].split(data.BETWEEN) for row in rows)
    sources = dict.fromkeys(source for several in cited for source in several if source)
    first = min(row["first_day"] for row in rows)
    last = max(row["last_day"] or row["first_day"] for row in rows)
    return Evidence(
        title=citation.TITLE,
        date=first if first == last else f"{first}/{last}",
        selection=terms["selection"],
        version=terms["version"],
        link=terms["link"],
        alt=f"{len(rows)} events as data.",
        sources=tuple(sources),
        licence=terms["licence"],
        credit=terms["attribution"],
        software="",
    )


def _table(file: BinaryIO) -> bytes:
    content = file.read(MOST_TABLE + 1)
    if len(content) > MOST_TABLE:
        raise errors.ExportError("it is longer than any table of geo-astana")
    return content


def _parquet(file: BinaryIO) -> Evidence:
    """From the metadata at its end; no row is read."""
    size = file.seek(-8, io.SEEK_END) + 8
    (length,) = struct.unpack("<I", file.read(4))
    if length > min(size, MOST_EVIDENCE):
        raise EOFError
    try:
        metadata = parquet.read_metadata(file).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise EOFError from error
    packed = metadata.get(data.PACKED)
    if packed is None:
        raise _foreign()
    unpack = zlib.decompressobj()
    try:
        return _within(unpack.decompress(packed, MOST_EVIDENCE))
    except zlib.error as error:
        raise EOFError from error


def _archives(file: BinaryIO) -> Iterable[Kind]:
    """What an archive is, by the folders in it."""
    try:
        names = _opened(file).namelist()
    except BAD_ARCHIVE:
        raise _damaged("archive") from None
    return [
        kind
        for folder, kind in ARCHIVES.items()
        if any(name.startswith(folder) for name in names)
    ]


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    """An archive whose list of members is no longer than any of ours."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - ZIP_END_BYTES - ZIP_COMMENT_BYTES))
    tail = file.read()
    at = tail.rfind(ZIP_END)
    record = tail[at : at + ZIP_END_BYTES] if at >= 0 else b""
    if (
        len(record) < ZIP_END_BYTES
        or int.from_bytes(record[12:16], "little") > MOST_LIST
    ):
        raise zipfile.BadZipFile
    return zipfile.ZipFile(file)


def _office(file: BinaryIO) -> Evidence:
    """From one of the custom XML parts."""
    return _member(file, "customXml/item")


def _package(file: BinaryIO) -> Evidence:
    return _member(file, package.EVIDENCE)


def _member(file: BinaryIO, begins: str) -> Evidence:
    """From the first member of an archive that is called so and holds evidence."""
    try:
        archive = _opened(file)
        named = [one for one in archive.infolist() if one.filename.startswith(begins)]
        for member in named[:MOST_MEMBERS]:
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                continue
            with archive.open(member) as part:
                content = part.read(MOST_EVIDENCE)
            if _MARK in content:
                return _within(content)
    except BAD_ARCHIVE:
        raise EOFError from None
    raise _foreign()


def _at(at: int, *first: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(first, at)


def _text(*first: bytes) -> Callable[[bytes], bool]:
    """The same of a text, after spaces and whatever its capitals."""
    return lambda head: head.lstrip().lower().startswith(first)


KINDS = (
    Kind("PNG", _at(0, imprint.PNG_BEGINS), (b"IEND\xaeB`\x82",), _png),
    Kind("GIF", _at(0, *imprint.GIF_BEGINS), (b"\x00;",), _gif),
    Kind("PDF", _at(0, b"%PDF-"), (b"%%EOF",), _search),
    Kind("MP4", _at(4, b"ftyp"), (b"",), _mp4),
    Kind("WebM", _at(0, b"\x1a\x45\xdf\xa3"), (b"",), _webm),
    Kind("page", _text(b"<!doctype html", b"<html"), (b"</html>",), _search),
    Kind(
        "SVG",
        lambda head: head.lstrip().startswith(b"<") and b"<svg" in head,
        (b"</svg>",),
        _search,
    ),
    Kind("GeoJSON", _text(b"{"), (b"}]}", b'"features": []}'), _search),
    Kind("GeoParquet", _at(0, PARQUET_BEGINS), (PARQUET_BEGINS,), _parquet),
    Kind("calendar", _text(b"begin:vcalendar"), (b"END:VCALENDAR",), _ics),
    Kind("CSV", _text(",".join(data.COLUMNS).encode("ascii")), (b"",), _csv),
)
# By the folder, or the member, that only such an archive has.
ARCHIVES = {
    "ppt/": Kind("deck", _at(0, ZIP_BEGINS), (b"",), _office),
    "xl/": Kind("workbook", _at(0, ZIP_BEGINS), (b"",), _office),
    package.EVIDENCE: Kind("data package", _at(0, ZIP_BEGINS), (b"",), _package),
}
