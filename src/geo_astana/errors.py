"""What can go wrong, in words for the person at the keyboard.

GeoAstanaError
├── DateError         a date that is none, or outside the record
├── PlaceError        a name that is no place, or more than one
├── DataError         a data folder with faults, all of them listed
├── PortError         no free port to serve on
├── SettingsError     a variable of the environment that says nothing
└── ExportError       a file that cannot be made, or is not ours
    └── BrowserError  no browser to draw with, or one that failed
"""

from dataclasses import dataclass


class GeoAstanaError(Exception):
    """A message that a user can act on; the CLI prints it without a traceback."""


class DateError(GeoAstanaError):
    """A date that cannot be read or that lies outside the record."""


class PlaceError(GeoAstanaError):
    """A name that resolves to no place or to several."""


class PortError(GeoAstanaError):
    """Every port that was tried is taken."""


class SettingsError(GeoAstanaError):
    """Variables of the environment that cannot be read, every one of them."""


class ExportError(GeoAstanaError):
    """A file that cannot be made, written or read back."""


class BrowserError(ExportError):
    """There is no browser to draw with, or it failed more than once."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a data folder, and what to do about it."""

    file: str
    row: int
    field: str
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        where = self.file + (f", row {self.row}" if self.row else "")
        field = f", {self.field}" if self.field else ""
        return (
            f"{where}{field}: found {self.found}; expected {self.expected}. "
            f"{self.advice}"
        )


class DataError(GeoAstanaError):
    """A data folder or a tour with faults, every one of them in `faults`."""

    def __init__(self, folder: str, faults: list[Fault]) -> None:
        self.folder = folder
        self.faults = sorted(faults)
        count = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        lines = [f"{count} in {folder}", *(f"  {fault}" for fault in self.faults)]
        super().__init__("\n".join(lines))
