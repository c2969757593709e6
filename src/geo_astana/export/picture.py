"""A day as a picture: PNG, SVG and PDF, drawn by the view itself in a browser."""

import io
import json
import math
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

import pypdf
from pypdf.generic import (
    DictionaryObject,
    NameObject,
    StreamObject,
)

from geo_astana import errors, files, labels, link
from geo_astana.dataset import Dataset
from geo_astana.export import browser, bundle, evidence, imprint
from geo_astana.export.evidence import Evidence
from geo_astana.link import View

Kind = Literal["slide", "stage", "region", "syria", "timeline", "card"]
Form = Literal["png", "svg", "pdf"]
Background = Literal["paper", "transparent"]
# What a picture shows, in the words of the command line and the panel.
KINDS: dict[Kind, str] = {
    "slide": "the whole day: title, sentence, maps, years, sources",
    "stage": "the same without title and sentence, for a slide that has its own",
    "region": "the left map: where they talk",
    "syria": "the right map: what it covers",
    "timeline": "all lanes of the timeline",
    "card": "one event; the view says which",
}
# How its alternative text begins; see evidence.of_day.
BOTH = "Two maps and a timeline"
SEEN: dict[Kind, str] = {
    "region": "A map of where they talk",
    "syria": "A map of Syria",
    "timeline": "A timeline",
}
FORMS: dict[Form, str] = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}
ADDRESS = "http://127.0.0.1:8050/"
PAGE_FILES = tuple(
    name for name in files.NAMES if name not in ("details.json", "search.json")
)
CREDITS = (
    "Outlines schematic, shaded edge = expected error",
    "Boundaries imply no endorsement",
    "Natural Earth, GeoNames",
)
MOST_PX = 8000
# Width and height in pixels below which the words of a picture meet or are cut.
LEAST: dict[Kind, tuple[int, int]] = {
    "slide": (560, 360),
    "stage": (560, 360),
    "region": (400, 400),
    "syria": (400, 400),
    "timeline": (640, 400),
    "card": (480, 400),
}
LEAST_PX = min(map(min, LEAST.values()))
# A size that is none is told by its beginning.
SHOWN_LETTERS = 40
MOST_SCALE = 4
# Chromium takes no larger screenshot, and memory ends before it.
MOST_MEGAPIXELS = 36
MEGA = 1_000_000
ASPECTS = (0.5, 2.5)
# The layout has an area of so many pixels, squared; a larger picture is drawn larger.
LAYOUT_SIDE = 840
# Where the picture has these pixels, so has its layout, however long or high it is.
LAYOUT_LEAST = (640, 400)
TYPE_3 = "/Type3"
# What the letters of a font read as, where none of them is to be read.
_UNREAD = (
    b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfrange <00> <FF> ["""
    + b"<200B>" * 256
    + b"""] endbfrange
endcmap end end
"""
)
_SIZE = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels; `zoom` of them are one pixel of the layout."""

    name: str
    width: int
    height: int
    zoom: float

    @property
    def layout(self) -> tuple[float, float]:
        """Width and height of the page that is laid out, in its pixels."""
        return self.width / self.zoom, self.height / self.zoom


def _sized(name: str, width: int, height: int, zoom: float = 0) -> Size:
    across, down = LAYOUT_LEAST
    usual = min(math.sqrt(width * height) / LAYOUT_SIDE, width / across, height / down)
    return Size(name, width, height, zoom or max(1.0, usual))


SIZES = {
    size.name: size
    for size in (
        _sized("16:9", 1920, 1080),
        _sized("4:3", 1440, 1080),
        _sized("square", 1080, 1080),
        # 297 by 210 mm at 96 pixels an inch, type as in print.
        _sized("a4", 1123, 794, 1),
        _sized("a4-tall", 794, 1123, 1),
        # Seen at half its size under a link: larger type.
        _sized("og", 1200, 630, 1.5),
    )
}


def size(text: str) -> Size:
    """A size by its name or as WxH in pixels; raises ExportError for any other."""
    if text in SIZES:
        return SIZES[text]
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise errors.ExportError(
            f"There is no size “{text[:SHOWN_LETTERS]}”; there are {', '.join(SIZES)} "
            "and WxH in pixels, such as 1600x900."
        )
    width, height = int(match[1]), int(match[2])
    low, high = ASPECTS
    if not (LEAST_PX <= width <= MOST_PX and LEAST_PX <= height <= MOST_PX):
        raise errors.ExportError(
            f"A picture of {width}x{height} is not made; each side has "
            f"{LEAST_PX} to {MOST_PX} pixels."
        )
    if not low <= width / height <= high:
        raise errors.ExportError(
            f"A picture of {width}x{height} has no room for the maps; the width is "
            f"{low:g} to {high:g} times the height."
        )
    return _sized(f"{width}x{height}", width, height)


def too_small(kind: Kind, size: Size) -> str:
    """What to say of a size in which the words of a kind have no room, else ""."""
    least = LEAST[kind]
    if all(side >= least for side, least in zip(size.layout, least, strict=True)):
        return ""
    across, down = (math.ceil(side * size.zoom) for side in least)
    return (
        f"A {kind} of {size.width}x{size.height} has no room for its words; choose at "
        f"least {across}x{down}"
    )


# The view of a link that says nothing.
OPENING = View()


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be drawn; `scale` multiplies the pixels of a PNG.

    `words`, unless empty, stand in place of the sentence of the day.
    """

    view: View = OPENING
    kind: Kind = "slide"
    size: Size = SIZES["16:9"]
    scale: float = 1
    background: Background = "paper"
    words: str = ""

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the PNG in pixels."""
        size, scale = self.size, self.scale
        return round(size.width * scale), round(size.height * scale)


class Studio:
    """Makes pictures of one record, all in one warm browser.

    `address` is that of the dashboard without its query, for the links in the
    pictures. Several threads may share a studio; it draws one picture at a time.
    """

    def __init__(
        self,
        record: Dataset,
        address: str = ADDRESS,
        *,
        chromium: browser.Browser | None = None,
    ) -> None:
        self.record = record
        self.address = address
        self.browser = chromium or browser.Browser()
        self._folder = tempfile.TemporaryDirectory(prefix="geo-astana-")
        self._page: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove what it read."""
        self.browser.close()
        self._folder.cleanup()

    def make(self, wanted: Picture, form: Form = "png") -> bytes:
        """The picture as a file, with its evidence inside.

        Raises ExportError for a picture that cannot be made, BrowserError where there
        is no browser or it failed.
        """
        checked = _checked(self.record, wanted)
        said = self.evidence(checked)
        content = self._drawn(checked, form, said)
        if form == "svg":
            return imprint.into_svg(content.decode(), said).encode()
        into = imprint.into_png if form == "png" else imprint.into_pdf
        return into(content, said)

    def drawn(self, wanted: Picture) -> bytes:
        """The PNG alone, for a deck or a film, which says its evidence itself."""
        checked = _checked(self.record, wanted)
        return self._drawn(checked, "png", self.evidence(checked))

    def evidence(self, wanted: Picture) -> Evidence:
        """What the picture says of itself."""
        if wanted.kind == "card":
            event, view = wanted.view.event, wanted.view
            return evidence.of_event(self.record, event, view, self.address)
        said = evidence.of_day(self.record, wanted.view, self.address)
        seen = SEEN.get(wanted.kind, BOTH)
        return replace(said, alt=said.alt.replace(BOTH, seen, 1))

    def _drawn(self, wanted: Picture, form: Form, said: Evidence) -> bytes:
        asked = json.dumps(words(self.record, wanted, said), ensure_ascii=False)
        width, height = wanted.size.width, wanted.size.height

        def work(page: browser.Page) -> bytes:
            shown = page.evaluate(f"geoAstana.picture.show({asked})")
            if shown["cut"]:
                raise errors.ExportError(_cut(wanted, shown["cut"][0]))
            if form == "svg":
                return str(
                    page.evaluate(f"geoAstana.picture.svg({width}, {height})")
                ).encode()
            if form == "pdf":
                page.evaluate(f"geoAstana.picture.sheet({width}, {height})")
                return _said_once(page.pdf(width, height))
            clear = wanted.background == "transparent"
            return page.screenshot(exact, transparent=clear)

        across, down = wanted.size.layout
        scale = wanted.size.zoom * wanted.scale
        # In whole pixels of the picture, whatever the layout has.
        exact = (wanted.pixels[0] / scale, wanted.pixels[1] / scale)
        drawn: bytes = self.browser.draw(
            self._html(), math.ceil(across), math.ceil(down), scale, work
        )
        return drawn

    def _html(self) -> Path:
        if not self._page:
            page = Path(self._folder.name) / "picture.html"
            page.write_text(document(self.record), "utf-8")
            self._page = page
        return self._page


def _cut(wanted: Picture, words: str) -> str:
    begins = " ".join(words.split())[:SHOWN_LETTERS].rstrip()
    return (
        f"“{begins}…” has no room in a {wanted.kind} of {wanted.size.width}x"
        f"{wanted.size.height}; choose a larger size or a narrower selection"
    )


def _said_once(content: bytes) -> bytes:
    """A PDF that reads each word once: the halo around it is no text.

    Chromium draws stroked letters, which only halos have, as a Type 3 font; each of
    its letters is made to read as a space without width.
    """
    paper = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    unread = StreamObject()
    unread.set_data(_UNREAD)
    nothing = paper._add_object(unread)  # noqa: SLF001 - there is no other way in
    for page in paper.pages:
        resources = cast("DictionaryObject", page["/Resources"])
        fonts = cast("DictionaryObject", resources.get("/Font", {}))
        for font in (reference.get_object() for reference in fonts.values()):
            if isinstance(font, DictionaryObject) and str(font["/Subtype"]) == TYPE_3:
                font[NameObject("/ToUnicode")] = nothing
    stream = io.BytesIO()
    paper.write(stream)
    return stream.getvalue()


def document(record: Dataset) -> str:
    """The page that draws the pictures of a record; see assets/export/picture.js."""
    contents = files.build(record, PAGE_FILES)
    return bundle.document(contents, ("svg", "picture"), title="geo-astana")


def words(record: Dataset, wanted: Picture, said: Evidence) -> dict[str, Any]:
    """A picture and what it says of itself, as that page asks for it."""
    across, down = wanted.size.layout
    mapped = wanted.kind != "timeline"
    sources = (
        evidence.sources_of_events(record, [record.events[wanted.view.event]])
        if wanted.kind == "card"
        else evidence.sources_of(record, wanted.view)
    )
    return {
        "kind": wanted.kind,
        "map": _map_of(record, wanted.view.event) if wanted.kind == "card" else "",
        "width": across,
        "height": down,
        "query": link.write(wanted.view, record),
        "background": wanted.background,
        "sentence": wanted.words,
        "filter": said.selection,
        "sources": list(evidence.short_credits(sources)),
        "credit": [
            f"geo-astana data {said.version}, CC BY 4.0",
            *(CREDITS if mapped else ()),
        ],
        "link": said.link,
    }


def _map_of(record: Dataset, event_id: str) -> str:
    """The map that shows an event: region, syria, or none."""
    event = record.events.get(event_id)
    if not event:
        return ""
    place = record.place_of(event)
    if place and labels.map_of(place):
        return str(labels.map_of(place))
    return "syria" if event.zone_ids else ""


def _checked(record: Dataset, wanted: Picture) -> Picture:
    """The picture, a card on a day of its event; raises ExportError."""
    if fault := too_small(wanted.kind, wanted.size):
        raise errors.ExportError(fault)
    pixels = wanted.size.width * wanted.size.height * wanted.scale**2 / MEGA
    if not 0 < wanted.scale <= MOST_SCALE or pixels > MOST_MEGAPIXELS:
        raise errors.ExportError(
            f"A scale of {wanted.scale:g} is not made for {wanted.size.name}; it is "
            f"above 0 and up to {MOST_SCALE}, and the picture has at most "
            f"{MOST_MEGAPIXELS} megapixels."
        )
    if wanted.kind != "card":
        return wanted
    event = record.events.get(wanted.view.event)
    if not event:
        raise errors.ExportError(
            "A card shows one event: name it by its id, as in links (event=…)."
        )
    if wanted.view.day:
        return wanted
    day = max(event.active.first, record.record.first)
    return replace(wanted, view=replace(wanted.view, day=day))
