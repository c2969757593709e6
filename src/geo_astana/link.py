"""A view of the dashboard as the query string of a link, and back.

One table says what may stand in a link; the browser reads and writes by the same one,
which `payload` sends along. A value that is wrong is left out and named.
"""

import re
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from geo_astana import dates, errors, selection, theme, timeline
from geo_astana.dataset import Dataset
from geo_astana.selection import Selection

Kind = Literal["day", "days", "marks", "set", "one", "frame", "name", "number"]
PANELS = ("table", "export", "embed", "present", "about")
# What another page can frame of the view.
EMBEDS = ("slide", "map", "syria", "timeline", "card", "full")
# Keys of a page around the view, which a link to the view alone leaves out.
PAGE = ("panel", "marks", "present", "step", "embed", "clock")
# A presentation of the days of `marks`, where it is no tour by its name.
MARKS = "marks"
MOST_MARKS = 60
# Longitude, latitude, scale and rotation of a map that was moved; at home it has none.
FRAME_BOUNDS = ((-180.0, 180.0), (-90.0, 90.0), (0.5, 60.0), (-360.0, 360.0))
_NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,4})?")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_STEP = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
# A wrong value is named by its beginning.
SHOWN_LETTERS = 60

Frame = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the query string: how it is read, and what it says."""

    name: str
    kind: Kind
    meaning: str

    @property
    def field(self) -> str:
        """Its field of a view."""
        return {"date": "day", "range": "span"}.get(self.name, self.name)


KEYS = (
    Key("date", "day", "the day that is shown"),
    Key("range", "days", "the first and last day of the timeline in view"),
    Key("tracks", "set", "the lines of talks that are kept"),
    Key("kinds", "set", "the kinds of events that are kept"),
    Key("zones", "set", "the zones that an event has to concern"),
    Key("actors", "set", "the actors of whom one took part"),
    Key("roles", "set", "the roles of which one was taken, by such an actor"),
    Key("status", "set", "what a thing has to be on the day"),
    Key("event", "one", "the event or the zone that is open"),
    Key("region", "frame", "centre, scale and rotation of the left map, if moved"),
    Key("syria", "frame", "the same of the right map"),
    Key("theme", "one", "light or dark, whatever the system wishes"),
    Key(
        "panel",
        "one",
        "what is open over the maps: table, export, embed, present or about",
    ),
    Key("marks", "marks", "days that are bookmarked, in the order of a presentation"),
    Key("present", "name", "a presentation: the name of a tour, or marks"),
    Key("step", "number", "the step of the presentation, from 1"),
    Key("embed", "one", "what another page frames; see docs/embedding.md"),
    Key("clock", "one", "off, where a frame is to have no clock"),
)


@dataclass(frozen=True)
class View:
    """What a link can say; what it does not say is as the dashboard opens."""

    day: date | None = None
    span: tuple[date, date] | None = None
    selection: Selection = selection.EVERYTHING
    event: str = ""
    region: Frame | None = None
    syria: Frame | None = None
    theme: str = ""
    panel: str = ""
    marks: tuple[date, ...] = ()
    present: str = ""
    step: int | None = None
    embed: str = ""
    clock: str = ""
    wrong: tuple[str, ...] = field(default=(), compare=False)


def choices(record: Dataset) -> dict[str, tuple[str, ...]]:
    """What a key may hold, for the keys that hold one or some of a list."""
    offered = selection.choices(record)
    return {
        **{name: tuple(map(_written, words)) for name, words in offered.items()},
        "event": (*record.events, *timeline.ZONES),
        "theme": theme.THEMES,
        "panel": PANELS,
        "embed": EMBEDS,
        "clock": ("off",),
    }


def read(query: str, record: Dataset) -> View:
    """The view that a query string asks for.

    `wrong` names what was left out, as `key=value`: unknown keys and values, days
    outside the record, numbers off the globe. Of a key that is given twice the last
    holds.
    """
    offered = choices(record)
    found: dict[str, object] = {}
    wrong: list[str] = []
    keys = {key.name: key for key in KEYS}
    pairs = urllib.parse.parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    for name, text in dict(pairs).items():
        key = keys.get(name)
        kind = key.kind if key else None
        value: object = None
        if kind in ("set", "marks"):
            members = [member for member in text.split(",") if member]
            known = offered[name] if kind == "set" else None
            kept = [m for m in members if (m in known if known else _day(m, record))]
            wrong += [_named(name, member) for member in members if member not in kept]
            value = (
                frozenset(map(_spoken, kept))
                if known
                else tuple(dict.fromkeys(map(date.fromisoformat, kept)))[:MOST_MARKS]
            )
        elif kind == "one":
            value = text if text in offered[name] else None
        elif kind:
            value = _READERS[kind](text, record)
        if value is None and (text or kind is None):
            wrong.append(_named(name, text))
        elif value and key:
            found[key.field] = value
    sets = {name: found.pop(name) for name in selection.FACETS if name in found}
    return View(
        **found,  # type: ignore[arg-type]
        selection=Selection(**sets),  # type: ignore[arg-type]
        wrong=tuple(wrong),
    )


def write(view: View, record: Dataset) -> str:
    """The query string of a view, keys and members in the order of their tables."""
    offered = choices(record)
    parts = []
    for key in KEYS:
        if key.kind == "set":
            chosen = {_written(word) for word in getattr(view.selection, key.name)}
            text = ",".join(word for word in offered[key.name] if word in chosen)
        else:
            between = "," if key.kind == "marks" else ".."
            text = _text(getattr(view, key.field), between)
        if text:
            parts.append(f"{key.name}={urllib.parse.quote(text, safe=',.~')}")
    return "&".join(parts)


def _text(value: object, between: str) -> str:
    """A value as a link spells it, with `between` two days."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        if not value or isinstance(value[0], date):
            return between.join(day.isoformat() for day in value)
        return ",".join(f"{number:.4f}".rstrip("0").rstrip(".") for number in value)
    return str(value)


def _day(text: str, record: Dataset) -> date | None:
    try:
        return (
            dates.parse_day(text, record.record)
            if len(text) == len("ISO-8601-0")
            else None
        )
    except errors.DateError:
        return None


def _days(text: str, record: Dataset) -> tuple[date, date] | None:
    ends = [_day(end, record) for end in text.split("..")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:  # noqa: PLR2004 - the two ends
        return None
    return ends[0], ends[1]


def _frame(text: str, _: Dataset) -> Frame | None:
    numbers = text.split(",")
    if len(numbers) != len(FRAME_BOUNDS) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    lon, lat, scale, rotation = (float(number) for number in numbers)
    inside = (
        low <= value <= high
        for value, (low, high) in zip(
            (lon, lat, scale, rotation), FRAME_BOUNDS, strict=True
        )
    )
    return (lon, lat, scale, rotation) if all(inside) else None


def _name(text: str, _: Dataset) -> str | None:
    fits = len(text) <= SHOWN_LETTERS and _NAME.fullmatch(text)
    return text if fits else None


def _number(text: str, _: Dataset) -> int | None:
    return int(text) if _STEP.fullmatch(text) else None


def _named(name: str, text: str) -> str:
    cut = text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + "…"
    return f"{name[:SHOWN_LETTERS]}={cut}"


def _written(word: str) -> str:
    return word.replace(" ", "-")


def _spoken(word: str) -> str:
    return next((s for s in timeline.STATUSES if _written(s) == word), word)


_READERS: dict[str, Callable[[str, Dataset], object]] = {
    "day": _day,
    "days": _days,
    "frame": _frame,
    "name": _name,
    "number": _number,
}


def described(keys: Sequence[Key] = KEYS) -> list[list[str]]:
    """The table as the browser gets it: key and kind."""
    return [[key.name, key.kind] for key in keys]
