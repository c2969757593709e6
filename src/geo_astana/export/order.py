"""One export as somebody ordered it: read, checked, counted and made.

The command line, the dashboard, the workers and notebooks all make their files from an
order, so that the same words give the same file at every door.
"""

import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
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
    tours,
)
from geo_astana.export import picture as pictures
from geo_astana.export.evidence import Evidence
from geo_astana.export.picture import Background, Kind, Picture, Size, Studio
from geo_astana.export.tours import Step
from geo_astana.link import View
from geo_astana.selection import Selection

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
    """

    what: str
    form: str
    view: View = pictures.OPENING
    days: tuple[date, ...] = ()
    kind: Kind = "slide"
    size: Size = pictures.SIZES["16:9"]
    scale: float = 1
    background: Background = "paper"
    step: film.Step = "change"
    seconds: float = film.PER_CHANGE_S
    tour: str = ""
    template: Path | None = None


def read(
    fields: Mapping[str, str], record: Dataset, *, template: Path | None = None
) -> Order:
    """The order of a form or a query string; raises ExportError with every fault.

    Keys are those of a link and of KEYS; what is not named is as it is made by default.
    The file of a deck's look is never named by a form, so it stands beside.
    """
    return replace(_Reader(fields, record).order(), template=template)


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
            size=self._size(GIF_SIZE if form == "gif" else "16:9"),
            scale=self._number("scale", 1, 0.1, pictures.MOST_SCALE),
            background=self._one("background", get_args(Background), "paper"),  # type: ignore[arg-type]
            step=self._one("step", film.STEPS, "change"),  # type: ignore[arg-type]
            seconds=self._number(
                "seconds", film.PER_CHANGE_S, film.LEAST_S, film.MOST_S
            ),
            tour=self._one("tour", ("", *tours.names()), ""),
        )
        days = self._days(order)
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

    def _size(self, default: str) -> Size:
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
        if order.what not in ("deck", "film") or order.tour:
            return ()
        named = [text for text in self.fields.get("dates", "").split(",") if text]
        if named and order.what == "deck":
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


def _all_days(record: Dataset) -> tuple[date, date]:
    return record.record.first, record.record.last or record.record.first


def steps(order: Order, record: Dataset) -> list[Step]:
    """The views of a deck or a film in their order, each on its day."""
    if order.tour:
        return list(tours.load(order.tour, record).steps)
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
    days = [evidence.shown_day(step.view) for step in steps(order, record)]
    return evidence.of_days(record, days, view, address, _title(order, days, record))


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
    made or written.
    """
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
            head=imprint.html_head(said),
        )
    return data.FORMATS[order.form].write(record, order.view.selection, said.link)


def _deck(order: Order, studio: Studio, progress: Progress) -> bytes:
    record, chosen = studio.record, order.view.selection
    shape: master.Shape = "4:3" if order.size.name == "4:3" else "16:9"
    across, down = deck.stage(shape, order.template)
    size = pictures.size(f"{across}x{down}")
    wanted = steps(order, record)
    slides = []
    for number, step in enumerate(wanted):
        progress(number, len(wanted), f"slide {number + 1} of {len(wanted)}")
        drawn = Picture(step.view, "stage", size, DECK_SCALE, order.background)
        said = studio.evidence(drawn)
        day = evidence.shown_day(step.view)
        slides.append(
            deck.Slide(
                day,
                studio.drawn(drawn),
                step.words or _sentence(record, day, chosen),
                notes.of_day(record, day, chosen),
                said.alt,
                said.link,
            )
        )
    progress(len(wanted), len(wanted), "the deck is put together")
    return deck.build(
        slides, evidence_of(order, studio), shape=shape, template=order.template
    )


def _sentence(record: Dataset, day: date, chosen: Selection) -> str:
    return selection.state(record, timeline.state_on(record, day), chosen).sentence


def _picture(order: Order) -> Picture:
    return Picture(order.view, order.kind, order.size, order.scale, order.background)


def _shots(order: Order, record: Dataset) -> list[film.Shot]:
    if order.tour:
        views = [step.view for step in tours.load(order.tour, record).steps]
        return [film.Shot(evidence.shown_day(v), order.seconds) for v in views]
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
    views = [step.view for step in steps(order, studio.record)]

    def drawn() -> Iterator[bytes]:
        for number, view in enumerate(views):
            words = f"picture {number + 1} of {len(views)}"
            progress(number, len(views), words)
            yield studio.drawn(
                Picture(view, order.kind, order.size, order.scale, order.background)
            )
        progress(len(views), len(views), "the film is finished")

    film.write(
        path,
        shots,
        drawn(),
        evidence_of(order, studio),
        size=_picture(order).pixels,
        form=order.form,  # type: ignore[arg-type]
        overwrite=overwrite,
    )
