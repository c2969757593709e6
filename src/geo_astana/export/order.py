"""One export as somebody ordered it: read, checked, counted and made.

The command line, the dashboard, the workers and notebooks all make their files from an
order, so that the same words give the same file at every door.
"""

import math
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import get_args

from geo_astana import dates, errors, link, masthead, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import (
    data,
    deck,
    evidence,
    film,
    imprint,
    master,
    notes,
    output,
    page,
    presentation,
    shell,
    tours,
)
from geo_astana.export import picture as pictures
from geo_astana.export.evidence import Evidence
from geo_astana.export.picture import Background, Kind, Picture, Size, Studio
from geo_astana.export.tours import Step, Tour
from geo_astana.link import View

# Called with the steps done, the steps in all, and what is being made.
Progress = Callable[[int, int, str], None]
FORMS: dict[str, tuple[str, ...]] = {
    "picture": tuple(pictures.FORMS),
    "deck": ("pptx",),
    "film": film.FORMS,
    "page": ("html",),
    "data": tuple(data.FORMATS),
}
WHATS = tuple(FORMS)
# Keys of an order beside those of a link, and what each says.
KEYS = {
    "what": "picture, deck, film, page or data",
    "format": "the kind of file",
    "kind": "what a picture shows",
    "size": "its size by name or as WxH in pixels",
    "scale": "by what the pixels of a PNG are multiplied, up to 4",
    "background": "paper or transparent",
    "from": "the first day of a deck or a film",
    "to": "its last day, inclusive",
    "dates": "the days of a deck, with commas between them",
    "tour": "the tour of a deck or a film, by name",
    "step": "day, week or change: from one picture of a film to the next",
    "seconds": "how long a film holds a change",
}
# Pixels of a picture for one of its place on a slide, for large screens.
DECK_SCALE = 1.5
# A GIF has no compression between its pictures worth the name.
GIF_SIZE = "960x540"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, of which days, and how it is to look.

    `days` are those of a deck in their order, or the first and the last of a film.
    `words`, unless empty, stand in a picture in place of the sentence of the day.
    """

    what: str
    form: str
    view: View = pictures.OPENING
    days: tuple[date, ...] = ()
    kind: Kind = "slide"
    size: Size = pictures.SIZES["16:9"]
    scale: float = 1
    background: Background = "paper"
    words: str = ""
    step: film.Step = "change"
    seconds: float = film.PER_CHANGE_S
    tour: str = ""
    template: Path | None = None
    presented: Tour | None = None
    origins: tuple[str, ...] = shell.ANY_ORIGIN


def read(
    fields: Mapping[str, str],
    record: Dataset,
    *,
    template: Path | None = None,
    presented: str = "",
    origins: tuple[str, ...] = shell.ANY_ORIGIN,
) -> Order:
    """The order of a form or a query string; raises ExportError with every fault.

    Keys are those of a link and of KEYS; what is not named is as it is made by default.
    Files are never named by a form: that of a deck's look stands beside, and so does
    the tour, by its name or file, as whose presentation a page opens. Pages of
    `origins` may drive a page that they frame.
    """
    wanted = _Reader(fields, record).order()
    order = replace(wanted, template=template, origins=origins)
    if not presented:
        return order
    view = replace(order.view, present=presentation.name_of(presented))
    return replace(order, view=view, presented=tours.load(presented, record))


def form_of(name: str, what: str, asked: str = "") -> str:
    """The format on which a file's name, or a pattern of names, and `asked` agree.

    Raises ExportError where they do not, and where nothing says a format.
    """
    forms = FORMS[what]
    ending = PurePath(name).suffix.removeprefix(".").lower()
    if ending == "{ext}":
        return asked or forms[0]
    if asked and (not ending or asked not in forms):
        return asked
    known = ", ".join(f".{form}" for form in forms)
    if ending not in forms:
        says = f"ends in .{ending}" if ending else "does not say its format"
        raise errors.ExportError(f"The name “{name}” {says}; end it in one of {known}")
    if asked not in ("", ending):
        raise errors.ExportError(
            f"The name “{name}” ends in .{ending}, but the format asked for is "
            f"{asked}; change one of them"
        )
    return ending


def by_ending(path: Path) -> dict[str, str]:
    """What the ending of a file's name says of its order; raises ExportError."""
    ending = path.suffix.removeprefix(".").lower()
    for what, forms in FORMS.items():
        if ending in forms:
            return {"what": what, "format": ending}
    known = ", ".join(f".{form}" for forms in FORMS.values() for form in forms)
    raise errors.ExportError(
        f"The name “{path.name}” does not say what to make; it ends in one of {known}"
    )


class _Reader:
    """Reads an order field by field and keeps every fault."""

    def __init__(self, fields: Mapping[str, str], record: Dataset) -> None:
        self.fields = {name: text for name, text in fields.items() if text}
        # In a link it is the step of a presentation; only a film has one of its own.
        if self.fields.get("what") != "film" or "tour" in self.fields:
            self.fields.pop("step", None)
        self.record = record
        self.faults: list[str] = []

    def order(self) -> Order:
        what = self._one("what", WHATS, "picture")
        form = self._one("format", FORMS[what], FORMS[what][0])
        own = {name: text for name, text in self.fields.items() if name not in KEYS}
        if "date" in own and not self._day("date", own["date"]):
            del own["date"]
        view = link.read(urllib.parse.urlencode(own), self.record)
        self.faults += [f"“{pair}” is not known to the record" for pair in view.wrong]
        order = Order(
            what=what,
            form=form,
            view=view,
            kind=self._one("kind", get_args(Kind), "slide"),  # type: ignore[arg-type]
            size=self._size(what, GIF_SIZE if form == "gif" else "16:9"),
            scale=self._number("scale", 1, 0.1, pictures.MOST_SCALE),
            background=self._one("background", get_args(Background), "paper"),  # type: ignore[arg-type]
            step=self._one("step", film.STEPS, "change"),  # type: ignore[arg-type]
            seconds=self._number(
                "seconds", film.PER_CHANGE_S, film.LEAST_S, film.MOST_S
            ),
            tour=self._one("tour", ("", *tours.names()), ""),
        )
        if what in ("picture", "film"):
            fault = pictures.too_small(order.kind, order.size)
            self.faults += [fault] if fault else []
        days = self._days(order) if what in ("deck", "film") else ()
        if what in ("deck", "film") and not (days or order.tour or self.faults):
            self.faults.append("nothing of the selection changes in these days")
        if self.faults:
            raise errors.ExportError("; ".join(self.faults))
        return replace(order, days=days)

    def _one(self, name: str, offered: tuple[str, ...], default: str) -> str:
        text = self.fields.get(name, default)
        if text in offered:
            return text
        known = ", ".join(word for word in offered if word)
        self.faults.append(f"there is no {name} “{text[:40]}”; there are {known}")
        return default

    def _size(self, what: str, default: str) -> Size:
        if what == "deck":
            return pictures.SIZES[self._one("size", tuple(master.SHAPES), default)]
        try:
            return pictures.size(self.fields.get("size", default))
        except errors.ExportError as error:
            self.faults.append(str(error).rstrip("."))
            return pictures.SIZES[default]

    def _number(self, name: str, default: float, low: float, high: float) -> float:
        text = self.fields.get(name, "")
        try:
            number = float(text) if text else default
        except ValueError:
            number = float("nan")
        if low <= number <= high:
            return number
        self.faults.append(
            f"{name} is “{text[:40]}”, but has to be from {low:g} to {high:g}"
        )
        return default

    def _day(self, name: str, text: str) -> date | None:
        try:
            return dates.parse_day(text, self.record.record)
        except errors.DateError as error:
            self.faults.append(f"{name}: {str(error).rstrip('.')}")
            return None

    def _days(self, order: Order) -> tuple[date, ...]:
        """The days of a deck, or the ends of a film."""
        self._check_days(order.what)
        if order.tour:
            return ()
        named = [text for text in self.fields.get("dates", "").split(",") if text]
        if named:
            return tuple(
                day for text in named if (day := self._day("dates", text.strip()))
            )
        span = order.view.span or _all_days(self.record)
        ends = []
        for name, usual in zip(("from", "to"), span, strict=True):
            text = self.fields.get(name, "")
            ends.append(self._day(name, text) if text else usual)
        first, last = ends
        if first is None or last is None:
            return ()
        if first > last:
            self.faults.append(
                f"it would end before it begins: {first} is after {last}"
            )
            return ()
        if order.what == "film":
            return first, last
        return tuple(deck.changes(self.record, first, last, order.view.selection))

    def _check_days(self, what: str) -> None:
        """Notes days that are said in two ways, or in a way that a film has not."""
        if what == "film" and "dates" in self.fields:
            self.faults.append("a film has no dates by hand; give from and to")
        ways = (("tour",), ("dates",), ("from", "to"))
        said = [
            " and ".join(name for name in way if name in self.fields) for way in ways
        ]
        if len(given := [way for way in said if way]) > 1:
            self.faults.append(
                f"{' and '.join(given)} each say which days; leave out all but one"
            )


def _all_days(record: Dataset) -> tuple[date, date]:
    return record.record.first, record.record.last or record.record.first


def steps(order: Order, record: Dataset) -> list[Step]:
    """The views of a deck or a film in their order, each on its day.

    Those of a tour have the theme of the order, where they have none of their own.
    """
    if order.tour:
        return [
            replace(step, view=replace(step.view, theme=order.view.theme))
            if order.view.theme and not step.view.theme
            else step
            for step in tours.load(order.tour, record).steps
        ]
    days = order.days
    if order.what == "film":
        days = tuple(shot.day for shot in _shots(order, record))
    return [Step(replace(order.view, day=day), "") for day in days]


def count(order: Order, record: Dataset) -> int:
    """How many pictures have to be drawn."""
    if order.what in ("deck", "film"):
        return len(steps(order, record))
    return 1 if order.what == "picture" else 0


def evidence_of(order: Order, studio: Studio) -> Evidence:
    """What the file says of itself."""
    record, view, address = studio.record, order.view, studio.address
    if order.what == "picture":
        return studio.evidence(_picture(order))
    if order.what == "page":
        return evidence.of_record(record, view, address, masthead.TITLE)
    if order.what == "data":
        shown = evidence.permalink(record, view, address)
        return evidence.of_events(record, view.selection, shown)
    views = [step.view for step in steps(order, record)]
    days = [evidence.shown_day(view) for view in views]
    return evidence.of_views(record, views, address, _title(order, days, record))


def _title(order: Order, days: Sequence[date], record: Dataset) -> str:
    if order.tour:
        return tours.load(order.tour, record).title
    first, last = (dates.in_words(day) for day in (min(days), max(days)))
    return first if first == last else f"{first} to {last}"


def file_fields(order: Order, record: Dataset) -> dict[str, str]:
    """What the name of the file may say, by the fields of `output.FIELDS`."""
    day = evidence.shown_day(order.view)
    named = day.isoformat()
    if order.what in ("deck", "film"):
        days = [evidence.shown_day(step.view) for step in steps(order, record)]
        ends = sorted({min(days).isoformat(), max(days).isoformat()}) if days else []
        named = order.tour or "-".join(ends)
    elif order.what in ("page", "data"):
        named = record.version
    dark = "transparent" if order.background == "transparent" else order.view.theme
    return {
        "date": named,
        "kind": order.kind if order.what == "picture" else order.what,
        "size": order.size.name,
        "theme": dark or "light",
        "ext": order.form,
    }


def file_name(order: Order, record: Dataset) -> str:
    """The usual name of the file, without a folder."""
    pattern = "geo-astana-{date}-{kind}.{ext}"
    return output.paths(pattern, [file_fields(order, record)])[0].name


def make(
    order: Order,
    studio: Studio,
    path: Path,
    *,
    overwrite: bool = False,
    progress: Progress = lambda *_: None,
) -> None:
    """Write the file of the order to `path`, whole or not at all.

    An error that `progress` raises ends the work. Raises ExportError for what cannot be
    made or written, and for a name that ends otherwise than the format.
    """
    form_of(path.name, order.what, order.form)
    if order.what == "film":
        _make_film(order, studio, path, overwrite=overwrite, progress=progress)
        return
    with output.writing(path, overwrite=overwrite) as file:
        file.write(content(order, studio, progress))


def content(
    order: Order, studio: Studio, progress: Progress = lambda *_: None
) -> bytes:
    """The file of any order but a film, which is written as it grows."""
    record = studio.record
    if order.what == "picture":
        return studio.make(_picture(order), order.form)  # type: ignore[arg-type]
    if order.what == "deck":
        return _deck(order, studio, progress)
    said = evidence_of(order, studio)
    if order.what == "page":
        return page.build(
            record,
            query=link.write(order.view, record),
            address=studio.address,
            origins=order.origins,
            head=imprint.html_head(said),
            tours={order.view.present: order.presented} if order.presented else None,
        )
    return data.FORMATS[order.form].write(record, order.view.selection, said.link)


def _deck(order: Order, studio: Studio, progress: Progress) -> bytes:
    record = studio.record
    shape: master.Shape = order.size.name  # type: ignore[assignment]
    place, least = deck.stage(shape, order.template), pictures.LEAST["stage"]
    # A template’s place may be smaller than the words need; then all is set smaller.
    larger = max(1, *(need / has for need, has in zip(least, place, strict=True)))
    across, down = (math.ceil(side * larger) for side in place)
    size = pictures.size(f"{across}x{down}")
    wanted = steps(order, record)
    slides = []
    for number, step in enumerate(wanted):
        progress(number, len(wanted), f"slide {number + 1} of {len(wanted)}")
        drawn = Picture(step.view, "stage", size, DECK_SCALE, order.background)
        said = studio.evidence(drawn)
        day, chosen = evidence.shown_day(step.view), step.view.selection
        slides.append(
            deck.Slide(
                day,
                studio.drawn(drawn),
                _words(step, record),
                notes.of_day(record, day, chosen, step.notes),
                said.alt,
                said.link,
            )
        )
    progress(len(wanted), len(wanted), "the deck is put together")
    return deck.build(
        slides, evidence_of(order, studio), shape=shape, template=order.template
    )


def _words(step: Step, record: Dataset) -> str:
    """The words of a step, its sentence where it has none of its own."""
    state = timeline.state_on(record, evidence.shown_day(step.view))
    return step.words or selection.state(record, state, step.view.selection).sentence


def _picture(order: Order) -> Picture:
    return Picture(
        order.view, order.kind, order.size, order.scale, order.background, order.words
    )


def _shots(order: Order, record: Dataset) -> list[film.Shot]:
    if order.tour:
        return [
            film.Shot(
                evidence.shown_day(step.view),
                max(order.seconds, film.reading_s(_words(step, record))),
            )
            for step in steps(order, record)
        ]
    first, last = order.days
    return film.plan(
        record,
        first,
        last,
        order.step,
        order.view.selection,
        per_change_s=order.seconds,
    )


def _make_film(
    order: Order, studio: Studio, path: Path, *, overwrite: bool, progress: Progress
) -> None:
    shots = _shots(order, studio.record)
    wanted = steps(order, studio.record)
    far = (0, "")

    def drawn() -> Iterator[bytes]:
        nonlocal far
        for number, step in enumerate(wanted):
            far = number, f"picture {number + 1} of {len(wanted)}"
            progress(number, len(wanted), far[1])
            picture = replace(_picture(order), view=step.view, words=step.words)
            yield studio.drawn(picture)
        far = len(wanted), "the film is finished"

    def cancelled() -> bool:
        """Never: who cancels raises an error, as soon as progress is told again."""
        progress(far[0], len(wanted), far[1])
        return False

    film.write(
        path,
        shots,
        drawn(),
        evidence_of(order, studio),
        size=_picture(order).pixels,
        form=order.form,  # type: ignore[arg-type]
        overwrite=overwrite,
        cancelled=cancelled,
    )
