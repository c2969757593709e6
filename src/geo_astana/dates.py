"""EDTF (ISO 8601-2) dates as inclusive days.

The one place that knows how a date of the tables becomes days: both ends of an interval
are inclusive, `..` is still going on, an empty end is an end on an unknown day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import edtf

from geo_astana import errors

DAY = timedelta(days=1)
OPEN = ".."
# A day, a month or a year: the tables use nothing else of EDTF, no seasons, no sets.
_WRITTEN = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?~?")
MONTHS = (
    "January February March April May June July August September October November "
    "December"
).split()


@dataclass(frozen=True, slots=True)
class Moment:
    """An EDTF date as its first and last possible day."""

    text: str
    first: date
    last: date
    approximate: bool

    @property
    def exact(self) -> bool:
        return self.first == self.last and not self.approximate


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `first` to `last`, both inclusive; `last` is None while it goes on."""

    first: date
    last: date | None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def days(self) -> int | None:
        return None if self.last is None else (self.last - self.first).days + 1

    def overlaps(self, other: "Interval") -> bool:
        return (other.last is None or self.first <= other.last) and (
            self.last is None or other.first <= self.last
        )


@lru_cache(maxsize=4096)
def parse(text: str) -> Moment:
    """Read an EDTF day, month or year, approximate or not.

    Raises DateError for anything else.
    """
    message = f"{text!r} is no date; write a day (2017-12-21), a month or a year"
    if not _WRITTEN.fullmatch(text):
        raise errors.DateError(message)
    approximate = text.endswith("~")
    plain = text.removesuffix("~")
    try:
        if len(plain) == len("2017-12-21"):
            day = date.fromisoformat(plain)
            return Moment(text, day, day, approximate)
        parsed = edtf.parse_edtf(plain)
        # The strict bounds of a month or a year are its days; edtf pads the others.
        first, last = (
            date(*parsed.lower_strict()[:3]),
            date(*parsed.upper_strict()[:3]),
        )
    except (ValueError, AttributeError, edtf.EDTFParseException) as error:
        raise errors.DateError(message) from error
    return Moment(text, first, last, approximate)


def parse_day(text: str, record: Interval) -> date:
    """Read one exact day inside the record.

    Raises DateError with what is wrong and the record's first and last day.
    """
    moment = parse(text.strip())
    if not moment.exact:
        message = f"{text!r} is not one day; write it as 2017-12-21"
        raise errors.DateError(message)
    if moment.first not in record:
        message = (
            f"{text} is outside the record, which runs from {record.first} "
            f"to {record.last}"
        )
        raise errors.DateError(message)
    return moment.first


def in_words(day: date) -> str:
    """21 December 2017."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_in_words(first: Moment, last: Moment | None) -> str:
    """An interval as an editor writes it: 21–22 December 2017, about July 2016."""
    if last is None:
        return f"from {_moment_in_words(first)}"
    if first.text == last.text:
        return _moment_in_words(first)
    start, end = _moment_in_words(first), _moment_in_words(last)
    if first.exact and last.exact:
        same_year = first.first.year == last.first.year
        if same_year and first.first.month == last.first.month:
            return f"{first.first.day}–{end}"
        if same_year:
            start = start.rsplit(" ", 1)[0]
    return f"{start} – {end}"


def _moment_in_words(moment: Moment) -> str:
    about = "about " if moment.approximate else ""
    parts = moment.text.rstrip("~").split("-")
    if len(parts) == 3:  # noqa: PLR2004 - year, month, day
        return about + in_words(moment.first)
    month = f"{MONTHS[moment.first.month - 1]} " if len(parts) == 2 else ""  # noqa: PLR2004
    return f"{about}{month}{moment.first.year}"
