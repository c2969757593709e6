"""What an exported file says of itself, held against the record."""

import re
import urllib.parse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from geo_astana import link
from geo_astana.dataset import Dataset
from geo_astana.export import reader
from geo_astana.export.evidence import Evidence

SHOWN_SOURCES = 3
# Marks that steer a terminal or turn the direction of what it shows.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Report:
    """What a file says, beside the version of the installed data.

    `unknown` are the parts of its link that the record does not know.
    """

    file: str
    kind: str
    evidence: Evidence
    installed: str
    unknown: tuple[str, ...]

    @property
    def same_version(self) -> bool:
        return self.evidence.version == self.installed

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {**asdict(self), "same_version": self.same_version}

    def __str__(self) -> str:
        said = self.evidence
        here = (
            "the same as installed here"
            if self.same_version
            else f"but {self.installed} is installed here"
        )
        told = [
            ("Kind", self.kind),
            ("Title", said.title),
            ("Date", said.date.replace("/", " to ")),
            ("Selection", said.selection or "everything"),
            ("Data", f"version {said.version}, {here}"),
            ("Made by", said.software or "geo-astana"),
            ("Licence", said.licence),
            ("Credit", said.credit),
            ("Shows", said.alt),
            ("Sources", str(len(said.sources))),
            *(("", source) for source in said.sources[:SHOWN_SOURCES]),
        ]
        if more := len(said.sources[SHOWN_SOURCES:]):
            told.append(("", f"and {more} more"))
        told.append(("Link", said.link))
        lines = [_printable(self.file)]
        lines += [f"  {name:<11}{_printable(text)}" for name, text in told]
        if self.unknown:
            named = ", ".join(f"“{_printable(pair)}”" for pair in self.unknown)
            lines.append(f"The record does not know these parts of the link: {named}.")
        return "\n".join(lines)


def verify(record: Dataset, path: Path) -> Report:
    """Read what a file says of itself and hold it against the record.

    Raises ExportError for a file that cannot be read, is damaged or is not ours.
    """
    kind, said = reader.read(path)
    return Report(path.name, kind, said, record.version, _unknown(record, said.link))


def _unknown(record: Dataset, address: str) -> tuple[str, ...]:
    try:
        query = urllib.parse.urlsplit(address).query
    except ValueError:
        return (address,)
    return link.read(query, record).wrong


def _printable(text: str) -> str:
    return _STEERING.sub("\ufffd", text)
