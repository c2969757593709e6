"""Decks: a slide a day with picture, words that can be edited, notes, and sources."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.shapes.placeholder import PicturePlaceholder
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout
from pptx.util import Emu, Pt

from geo_astana import dates, errors, selection
from geo_astana.dataset import Dataset
from geo_astana.export import imprint, master, measure
from geo_astana.export import template as templates
from geo_astana.export.evidence import Evidence
from geo_astana.export.master import PX, Box, Master, Shape
from geo_astana.selection import Selection

# Sizes in points to choose from, the largest that has room.
SENTENCE_PT = (16, 15, 14, 13, 12, 11, 10)
TITLE_PT = (38, 32, 28, 24, 20)
COVER_PT = (54, 44, 36, 28)
FOOT = "full citations in the notes and on the last slides"
# The longest address that PowerPoint follows.
MOST_LINK = 2000
# So many letters of an address may be spelled as numbers, as brackets are.
MOST_SPELLED = 10
# The maps have room in no wider picture than this.
WIDEST = 2.5
# What text keeps clear of the sides of its box in a template, in points.
INSET_PT = 14.4
# Marks of the line on the cover, in pixels: as wide and as high, so far apart at least.
MARK_PX, MARK_HIGH_PX, MARK_STEP_PX = 4, 36, 6
LINE_TOP_PX, LINE_PX = 530, 2
_YEAR = re.compile(r"(?<=\S) \d{4}$")
_ADDRESS = re.compile(r"https?://\S+$")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = "en-GB"

Words = TypeVar("Words", "Slide", Evidence)


@dataclass(frozen=True, slots=True)
class Slide:
    """A day of a deck; `picture` is a PNG, `link` opens the view, `alt` describes it.

    Without a title of its own it has the day in words.
    """

    day: date
    picture: bytes
    sentence: str
    notes: str
    alt: str
    link: str
    title: str = ""

    @property
    def heading(self) -> str:
        return self.title or dates.in_words(self.day)


@dataclass(frozen=True, slots=True)
class _Citation:
    """A source or a part of one, broken into lines, and the address it ends in."""

    number: int
    lines: Sequence[str]
    address: str


def changes(
    record: Dataset,
    first: date,
    last: date,
    chosen: Selection = selection.EVERYTHING,
) -> list[date]:
    """The days from `first` to `last`, both inclusive, on which something changes."""
    every = selection.changes(record, chosen)
    return [change.day for change in every if first <= change.day <= last]


def stage(shape: Shape = "16:9", template: Path | None = None) -> tuple[int, int]:
    """Width and height in pixels of the picture that fills its place on a slide."""
    picture = _master(shape, template).picture
    width = min(picture.width, round(picture.height * WIDEST))
    return width // PX, picture.height // PX


def build(
    slides: Sequence[Slide],
    said: Evidence,
    *,
    shape: Shape = "16:9",
    template: Path | None = None,
) -> bytes:
    """A deck as a PPTX file: a cover, the slides, and the sources of `said` in full.

    A template decides shape, master and typefaces. Raises ExportError for a template
    that cannot be used, for a picture that is none, and where there are no slides.
    """
    if not slides:
        raise errors.ExportError("The deck has no days; choose at least one")
    used = _master(shape, template)
    slides, said = [_clean(slide) for slide in slides], _clean(said)
    _cover(used, slides, said)
    width, height = _room(used)
    told = [slide.sentence for slide in slides]
    size = measure.largest(told, width, height, SENTENCE_PT)
    if used.own:
        _set_size(used.day, 2, size)
    for slide in slides:
        _day(used, slide, size)
    _sources(used, said.sources)
    for page in used.deck.slides:
        _finish(page)
    core = used.deck.core_properties
    core.created = core.modified = datetime.now(UTC)
    imprint.into_deck(used.deck, said)
    stream = io.BytesIO()
    used.deck.save(stream)
    return stream.getvalue()


def _clean(words: Words) -> Words:
    """The same words without the letters that no XML may hold."""
    kept: dict[str, Any] = {
        field.name: _NOT_XML.sub("\ufffd", value)
        for field in fields(words)
        if isinstance(value := getattr(words, field.name), str)
    }
    return replace(words, **kept)


def _master(shape: Shape, template: Path | None) -> Master:
    if template:
        return templates.read(template)
    if shape not in master.SHAPES:
        raise errors.ExportError(
            f"There is no deck of the shape “{shape}”; there are "
            f"{', '.join(master.SHAPES)}"
        )
    return master.own(shape)


def _cover(used: Master, slides: Sequence[Slide], said: Evidence) -> None:
    page = used.deck.slides.add_slide(used.cover)
    title = _title(page, said.title)
    if used.own:
        _resize(title, _largest([said.title], _box(page.shapes.title), COVER_PT))
        _marks(page, used, slides)
    first, last = min(slide.day for slide in slides), max(slide.day for slide in slides)
    days = "1 day" if len(slides) == 1 else f"{len(slides)} days"
    span = dates.span_in_words(*(dates.parse(day.isoformat()) for day in (first, last)))
    lines = [
        f"Only {said.selection}" if said.selection else "",
        f"Data version {said.version}, {said.licence}",
        said.credit,
        f"Made with {said.software}",
    ]
    frame = _text(page, used, _below(used))
    frame.text = f"{span} · {days}"
    if used.own:
        frame = _text(page, used, used.foot)
    for line in filter(None, lines):
        _small(frame, used).text = line
    _link(_small(frame, used), said.link, said.link)
    _clear(page)


def _below(used: Master) -> Box:
    """Where a cover without a place for a subtitle has it: below its title."""
    title = master.title_of(used.cover)
    width, height = used.deck.slide_width or 0, used.deck.slide_height or 0
    if not title or not title.height:
        return Box(width // 20, height // 2, width * 9 // 10, height // 3)
    return Box(title.left, title.top + title.height, title.width, height // 4)


def _small(frame: Any, used: Master) -> Any:
    """A further paragraph in small type, which our cover has a place for."""
    paragraph = frame.paragraphs[0] if not frame.text else frame.add_paragraph()
    if not used.own:
        paragraph.font.size = Pt(master.TERMS_PT)
    return paragraph


def _marks(page: Page, used: Master, slides: Sequence[Slide]) -> None:
    """A line from the first day to the last with a mark for each."""
    days = sorted(slide.day for slide in slides)
    whole = max(1, (days[-1] - days[0]).days)
    left, width = used.foot.left, (used.deck.slide_width or 0) - 2 * used.foot.left
    room = width - MARK_PX * PX
    step = MARK_STEP_PX * PX
    starts = {(day - days[0]).days * room // whole // step * step for day in days}
    high, line = MARK_HIGH_PX * PX, LINE_PX * PX
    bars = [(0, high, width, high + line)]
    bars += [(start, 0, start + MARK_PX * PX, high) for start in sorted(starts)]
    place = Box(left, LINE_TOP_PX * PX, width, high + line)
    drawn = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_sides(place))
    _reshape(drawn, bars)
    drawn.fill.solid()
    drawn.fill.fore_color.theme_color = MSO_THEME_COLOR.TEXT_1
    drawn.line.fill.background()
    span = " to ".join(dates.in_words(day) for day in (days[0], days[-1]))
    told = f"A line from {span}, with a mark for each day of the deck"
    _describe(drawn, "Days", told if len(days) > 1 else "A line with the day")


def _reshape(shape: Any, bars: Sequence[tuple[int, int, int, int]]) -> None:
    """Make a shape of bars, each from left and top to right and bottom, in EMU."""

    def to(name: str, x: int, y: int) -> str:
        return f'<a:{name}><a:pt x="{x}" y="{y}"/></a:{name}>'

    drawn = "".join(
        to("moveTo", left, top)
        + to("lnTo", right, top)
        + to("lnTo", right, bottom)
        + to("lnTo", left, bottom)
        + "<a:close/>"
        for left, top, right, bottom in bars
    )
    geometry = parse_xml(
        f"<a:custGeom {nsdecls('a')}><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{shape.width}" h="{shape.height}">{drawn}</a:path>'
        "</a:pathLst></a:custGeom>"
    )
    properties = shape._element.spPr  # noqa: SLF001 - its own builder takes seconds
    properties.replace(properties.prstGeom, geometry)
    style = shape._element.find(qn("p:style"))  # noqa: SLF001
    shape._element.remove(style)  # noqa: SLF001


def _day(used: Master, slide: Slide, size: float) -> None:
    page = used.deck.slides.add_slide(used.day)
    title = _title(page, slide.heading)
    if used.own:
        box = _box(page.shapes.title)
        _resize(title, _largest([slide.heading], box, TITLE_PT))
        _lighten_year(title)
    sentence = _text(page, used, used.sentence)
    sentence.text = measure.cut(slide.sentence, *_room(used), size)
    if not used.own:
        _resize(sentence, size)
        _flush(sentence)
    _picture(page, used, slide)
    foot = page.shapes.add_textbox(*_sides(used.foot))
    foot.name = "Link and sources"
    frame = foot.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, True
    paragraph = frame.paragraphs[0]
    paragraph.font.size = Pt(master.SMALL_PT)
    if used.own:
        paragraph.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
    _link(paragraph, "Open this view", slide.link)
    paragraph.add_run().text = f"  ·  {FOOT}"
    _number(page, used.day)
    _speak(page, used, slide.notes)
    _clear(page)


def _speak(page: Page, used: Master, notes: str) -> None:
    told = page.notes_slide.notes_text_frame
    if told is None:
        raise errors.ExportError(
            "The template’s notes have no place for text; restore its notes master"
        )
    told.text = notes
    if used.own:
        # LibreOffice reads neither size nor margins from the master of the notes.
        _resize(told, master.SMALL_PT)
        for paragraph in told.paragraphs:
            _indent(paragraph)


def _picture(page: Page, used: Master, slide: Slide) -> None:
    """The picture as it is, whole, in the middle of its place."""
    try:
        with Image.open(io.BytesIO(slide.picture), formats=["PNG"]) as image:
            image.verify()
            wide, high = image.size
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise errors.ExportError(
            f"The picture of {slide.heading} is no whole PNG"
        ) from error
    place = used.picture
    scale = min(place.width / wide, place.height / high)
    width, height = round(wide * scale), round(high * scale)
    left = place.left + (place.width - width) // 2
    top = place.top + (place.height - height) // 2
    stream = io.BytesIO(slide.picture)
    if used.own:
        holder = _placeholder(page, 1)
        drawn: Any = holder.insert_picture(stream)
        drawn.crop_left = drawn.crop_right = drawn.crop_top = drawn.crop_bottom = 0
        drawn.left, drawn.top = Emu(left), Emu(top)
        drawn.width, drawn.height = Emu(width), Emu(height)
    else:
        drawn = page.shapes.add_picture(stream, *_sides(Box(left, top, width, height)))
    _describe(drawn, f"Maps and timeline, {slide.heading}", slide.alt)


def _sources(used: Master, citations: Sequence[str]) -> None:
    """As many slides as the citations need, each column filled from the top."""
    bodies = master.bodies_of(used.sources)
    places = [_box(body) for body in bodies] or [
        templates.room(used.deck, used.sources)
    ]
    columns = _columns(citations, places[0], 0 if used.own else INSET_PT)
    for start in range(0, len(columns), len(places)):
        shown = columns[start : start + len(places)]
        page = used.deck.slides.add_slide(used.sources)
        first, last = shown[0][0].number, shown[-1][-1].number
        _title(page, f"Sources {first}–{last}" if first < last else f"Source {first}")
        for place, column in zip(places, shown, strict=False):
            frame = _text(page, used, place)
            for number, cited in enumerate(column):
                paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
                _cite(paragraph, cited)
            if not used.own:
                _resize(frame, master.SMALL_PT)
                _flush(frame, master.CITED_HANG_PT)
        _number(page, used.sources)
        _clear(page)


def _columns(cited: Sequence[str], place: Box, inset: float) -> list[list[_Citation]]:
    """Numbered citations in columns of the place's height.

    One that is longer than a column goes on in the next.
    """
    width, height = _points(place)
    line, gap = master.CITED_LINE_PT, master.CITED_GAP_PT
    height -= inset
    most = int((height - gap) / line)
    columns: list[list[_Citation]] = []
    left = 0.0
    for number, text in enumerate(cited, 1):
        shown, address = _with_address(text)
        room = width - inset - master.CITED_HANG_PT
        lines = measure.lines(shown, room, master.SMALL_PT * measure.SANS)
        for start in range(0, len(lines), most):
            piece = lines[start : start + most]
            need = len(piece) * line + gap
            if need > left:
                columns.append([])
                left = height
            columns[-1].append(_Citation(number, piece, address))
            left -= need
    return columns


def _with_address(text: str) -> tuple[str, str]:
    """A citation as people read it, and the address that it ends in, as written.

    Of an address that spells letters as numbers the part before them is shown; its
    link and the notes have it whole.
    """
    found = _ADDRESS.search(text)
    if not found:
        return text, ""
    shown, spelled, _ = found[0].partition("%")
    if found[0].count("%") < MOST_SPELLED:
        shown, spelled = found[0], ""
    return text[: found.start()] + shown + ("…" if spelled else ""), found[0]


def _cite(paragraph: Any, cited: _Citation) -> None:
    """A number and a citation; each line of its address is a link of its own.

    LibreOffice sets a link that it has to break with too little between its lines.
    """
    text = "".join(cited.lines)
    at = max(text.rfind("http://"), text.rfind("https://"))
    begins = at if cited.address and at >= 0 else len(text)
    paragraph.add_run().text = f"{cited.number}\t{text[:begins]}"
    passed = 0
    for line in cited.lines:
        if shown := line[max(0, begins - passed) :]:
            _link(paragraph, shown, cited.address)
        passed += len(line)


def _title(page: Page, text: str) -> Any:
    title = page.shapes.title
    if title is None:
        raise errors.ExportError("The template has a layout that lost its title")
    title.text_frame.text = text
    return title.text_frame


def _text(page: Page, used: Master, place: Box) -> Any:
    """The next place for text of a page, empty so far, at its place."""
    for body in master.bodies_of(page):
        if not body.text_frame.text:
            if not used.own and page.slide_layout is not used.cover:
                body.left, body.top, body.width, body.height = _sides(place)
            return body.text_frame
    box = page.shapes.add_textbox(*_sides(place))
    box.text_frame.word_wrap = True
    return box.text_frame


def _placeholder(page: Page, index: int) -> Any:
    return next(
        one for one in master.placeholders(page) if one.placeholder_format.idx == index
    )


def _clear(page: Page) -> None:
    """Take out what a template offers and nobody filled."""
    for one in master.placeholders(page):
        if (one.has_text_frame and not one.text_frame.text) or isinstance(
            one, PicturePlaceholder
        ):
            one._element.getparent().remove(one._element)  # noqa: SLF001


def _sides(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return Emu(box.left), Emu(box.top), Emu(box.width), Emu(box.height)


def _box(shape: Any) -> Box:
    return Box(shape.left, shape.top, shape.width, shape.height)


def _points(box: Box) -> tuple[float, float]:
    return box.width / PX / 2, box.height / PX / 2


def _room(used: Master) -> tuple[float, float]:
    """Width and height in points that the sentence has."""
    width, height = _points(used.sentence)
    return (width, height) if used.own else (width - INSET_PT, height - INSET_PT / 2)


def _largest(texts: Sequence[str], place: Box, sizes: Sequence[float]) -> float:
    return measure.largest(texts, *_points(place), sizes)


def _link(paragraph: Any, text: str, address: str) -> None:
    run = paragraph.add_run()
    run.text = text
    if address and len(address) <= MOST_LINK:
        run.hyperlink.address = address


def _describe(shape: Any, name: str, told: str) -> None:
    shape.name = name
    shape._element._nvXxPr.cNvPr.set("descr", told)  # noqa: SLF001 - no setter


def _resize(frame: Any, size: float) -> None:
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(size)


def _flush(frame: Any, hang: float = 0) -> None:
    """Running text in a template: no bullets, flush left, numbers hanging out."""
    for paragraph in frame.paragraphs:
        _indent(paragraph, hang)
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - no setter
        properties.insert(0, parse_xml(f"<a:buNone {nsdecls('a')}/>"))
        if hang:
            paragraph.space_before = Pt(master.CITED_GAP_PT)
            paragraph.line_spacing = Pt(master.CITED_LINE_PT)


def _indent(paragraph: Any, hang: float = 0) -> None:
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - no setter
    properties.set("marL", str(Pt(hang)))
    properties.set("indent", str(-Pt(hang)))


def _lighten_year(frame: Any) -> None:
    """Day and month in bold, the year in regular, as the dashboard writes a date."""
    run = frame.paragraphs[0].runs[0]
    year = _YEAR.search(run.text)
    if year:
        size = run.font.size
        run.text = run.text[: year.start()]
        light = frame.paragraphs[0].add_run()
        light.text, light.font.bold, light.font.size = year[0], False, size


def _number(page: Page, layout: SlideLayout) -> None:
    """The number of the page, where its layout has one."""
    for holder in master.placeholders(layout):
        if holder.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            shapes = page.shapes._spTree  # noqa: SLF001 - python-pptx adds no fields
            ids = [int(one) for one in shapes.xpath("//p:cNvPr/@id")]
            index = holder.placeholder_format.idx
            shapes.append(
                parse_xml(
                    f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr>"
                    f'<p:cNvPr id="{max(ids) + 1}" name="Slide number"/>'
                    '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
                    f'<p:nvPr><p:ph type="sldNum" sz="quarter" idx="{index}"/></p:nvPr>'
                    "</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>"
                    '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" '
                    f'type="slidenum"><a:rPr lang="{_LANGUAGE}"/><a:t>‹#›</a:t></a:fld>'
                    "</a:p></p:txBody></p:sp>"
                )
            )
            return


def _finish(page: Page) -> None:
    """Say in which language every run is written, for spelling and reading aloud."""
    roots = [page._element]  # noqa: SLF001 - every run at once
    if page.has_notes_slide:
        roots.append(page.notes_slide._element)  # noqa: SLF001
    for root in roots:
        for run in root.iter(qn("a:r")):
            run.get_or_add_rPr().set("lang", _LANGUAGE)


def _set_size(layout: SlideLayout, index: int, size: float) -> None:
    """Set the size of a layout's text, so that its slides have none of their own."""
    for holder in master.placeholders(layout):
        if holder.placeholder_format.idx == index:
            for style in holder._element.iter(qn("a:defRPr")):  # noqa: SLF001
                style.set("sz", str(round(size * 100)))
