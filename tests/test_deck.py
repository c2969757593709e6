"""Decks as programs for slides read them: words, pictures, notes, sources, packages."""

import io
import itertools
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pptx
import pytest
from PIL import Image, ImageFont
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Emu, Inches, Pt

from geo_astana import citation, errors, selection, theme
from geo_astana.dataset import Dataset
from geo_astana.export import deck, evidence, notes
from geo_astana.export.deck import Slide
from geo_astana.export.evidence import Evidence
from geo_astana.link import View
from geo_astana.selection import Selection

DAY, FEBRUARY = date(2017, 12, 21), date(2018, 2, 20)
ADDRESS = "http://127.0.0.1:8050/"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml"
EMU_A_POINT = 12_700


def png(size: tuple[int, int] = (192, 88), colour: str = "#8D0358") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def slide(day: date = DAY, **parts: Any) -> Slide:
    usual = Slide(
        day=day,
        picture=png(),
        sentence="The eighth Astana round opens. A congress in Sochi is planned.",
        notes="What changes: Astana round 8.\nSources\n1. “Title”, Publisher.",
        alt="Two maps and a timeline on the day.",
        link=f"{ADDRESS}?date={day}",
    )
    return replace(usual, **parts)


@pytest.fixture(scope="module")
def said(record: Dataset) -> Evidence:
    return evidence.of_days(record, [DAY, FEBRUARY], View(), ADDRESS, "Two days")


@pytest.fixture(scope="module")
def built(said: Evidence) -> bytes:
    return deck.build([slide(), slide(FEBRUARY)], said)


def opened(content: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(content))


def texts(page: Any) -> list[str]:
    return [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]


def pictures(page: Any) -> list[Any]:
    return [shape for shape in page.shapes if hasattr(shape, "image")]


def xml_of(content: bytes, part: str) -> list[ET.Element]:
    """Every XML part whose name begins so."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [
            ET.fromstring(package.read(name))  # noqa: S314 - written by ourselves
            for name in package.namelist()
            if name.startswith(part) and name.endswith(".xml")
        ]


def relations(package: zipfile.ZipFile, listed: str) -> set[str | None]:
    """The ids that a list of relations has, if there is one."""
    if listed not in package.namelist():
        return set()
    return {one.get("Id") for one in ET.fromstring(package.read(listed))}  # noqa: S314


def faults(content: bytes) -> list[str]:
    """What would make PowerPoint offer to repair a package."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        found += [f"{name} twice" for name in {*names} if names.count(name) > 1]
        reached = {"[Content_Types].xml"}
        for name in names:
            folder, base = posixpath.split(name)
            listed = f"{folder}/_rels/{base}.rels".lstrip("/")
            text = package.read(name).decode() if name.endswith(".xml") else ""
            used = set(re.findall(r'r:(?:id|embed|link)="(rId\d+)"', text))
            found += [f"{name} uses {one}" for one in used - relations(package, listed)]
        for name in names:
            if not name.endswith(".rels"):
                continue
            reached.add(name)
            folder = posixpath.dirname(posixpath.dirname(name))
            for relation in ET.fromstring(package.read(name)):  # noqa: S314
                if relation.get("TargetMode") == "External":
                    continue
                target = relation.get("Target", "")
                path = posixpath.normpath(posixpath.join("/", folder, target))[1:]
                reached.add(path)
                if path not in names:
                    found.append(f"{name} leads to {path}, which is missing")
        found += [f"nothing leads to {name}" for name in names if name not in reached]
        types = ET.fromstring(package.read("[Content_Types].xml"))  # noqa: S314
        typed = {one.get("PartName") for one in types} - {None}
        found += [f"a type for {one}" for one in typed if str(one)[1:] not in names]
    for page in opened(content).slides:
        shapes = [shape.shape_id for shape in page.shapes]
        found += [f"shape {one} twice" for one in {*shapes} if shapes.count(one) > 1]
    return found


@pytest.mark.parametrize(
    ("shape", "size"),
    [("16:9", (Inches(40 / 3), Inches(7.5))), ("4:3", (Inches(10), Inches(7.5)))],
)
def test_a_deck_has_the_shape_asked_for(
    said: Evidence, shape: Any, size: tuple[Emu, Emu]
) -> None:
    content = deck.build([slide()], said, shape=shape)
    assert (opened(content).slide_width, opened(content).slide_height) == size
    assert faults(content) == []


def test_a_cover_comes_first_then_the_days_then_the_sources(
    built: bytes, said: Evidence
) -> None:
    cover, first, second, *rest = opened(built).slides
    assert cover.shapes.title.text_frame.text == "Two days"
    told = "\n".join(texts(cover))
    assert "21 December 2017 – 20 February 2018 · 2 days" in told
    for words in (said.version, said.licence, said.credit, said.link, said.software):
        assert words in told
    assert first.shapes.title.text_frame.text == "21 December 2017"
    assert second.shapes.title.text_frame.text == "20 February 2018"
    assert rest
    titles = [page.shapes.title.text_frame.text for page in rest]
    assert all(re.match(r"Sources? \d", title) for title in titles)


def test_every_slide_has_a_title_of_its_own(built: bytes) -> None:
    titles = [page.shapes.title.text_frame.text for page in opened(built).slides]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_words_stand_in_placeholders_and_in_the_order_of_reading(built: bytes) -> None:
    page = opened(built).slides[1]
    kinds = [shape.placeholder_format.type for shape in page.placeholders]
    assert kinds == [
        PP_PLACEHOLDER.TITLE,
        PP_PLACEHOLDER.PICTURE,
        PP_PLACEHOLDER.BODY,
        PP_PLACEHOLDER.SLIDE_NUMBER,
    ]
    names = [shape.name for shape in page.shapes]
    picture = names.index("Maps and timeline, 21 December 2017")
    assert texts(page)[:2] == ["21 December 2017", slide().sentence]
    assert picture == 2
    assert names[3:] == ["Link and sources", "Slide number"]


@pytest.mark.parametrize("shape", ["16:9", "4:3"])
def test_the_picture_is_whole_and_untouched_beside_the_words(
    said: Evidence, shape: Any
) -> None:
    wide, high = deck.stage(shape)
    drawn = png((wide, high))
    content = deck.build([slide(picture=drawn)], said, shape=shape)
    presentation = opened(content)
    page = presentation.slides[1]
    (picture,) = pictures(page)
    assert picture.image.blob == drawn
    crops = (
        picture.crop_left,
        picture.crop_right,
        picture.crop_top,
        picture.crop_bottom,
    )
    assert crops == (0, 0, 0, 0)
    assert picture.width == presentation.slide_width
    assert picture.width / picture.height == pytest.approx(wide / high, rel=0.001)
    bottom = picture.top + picture.height
    assert bottom <= presentation.slide_height
    title, sentence, foot = (page.shapes[index] for index in (0, 1, 3))
    # The picture's own margin at its top is what the words may reach into.
    assert title.top + title.height <= picture.top + Pt(6)
    assert sentence.top + sentence.height <= picture.top + Pt(6)
    assert foot.top >= bottom - Pt(2)


def test_a_picture_of_another_shape_is_shown_whole(said: Evidence) -> None:
    content = deck.build([slide(picture=png((50, 200)))], said)
    (picture,) = pictures(opened(content).slides[1])
    assert picture.width / picture.height == pytest.approx(0.25, rel=0.001)
    assert picture.left > 0
    crops = (f"crop_{side}" for side in ("left", "right", "top", "bottom"))
    assert [getattr(picture, crop) for crop in crops] == [0, 0, 0, 0]


def test_a_slide_speaks_links_and_describes_its_picture(built: bytes) -> None:
    page = opened(built).slides[1]
    assert page.notes_slide.notes_text_frame.text == slide().notes
    (picture,) = pictures(page)
    assert picture._element._nvXxPr.cNvPr.get("descr") == slide().alt  # noqa: SLF001
    links = [
        run.hyperlink.address
        for shape in page.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]
    assert links == [slide().link]


def test_all_but_the_cover_are_numbered(built: bytes) -> None:
    fields = [
        [field.get("type") for field in page._element.iter(f"{DRAWING}fld")]  # noqa: SLF001
        for page in opened(built).slides
    ]
    assert fields[0] == []
    assert all(kinds == ["slidenum"] for kinds in fields[1:])


def test_colours_and_typefaces_are_those_of_a_theme_that_a_reader_can_change(
    built: bytes,
) -> None:
    (look, *_) = xml_of(built, "ppt/theme/theme1")
    faces = [latin.get("typeface") for latin in look.iter(f"{DRAWING}latin")]
    assert faces == ["Noto Serif", "Noto Sans"]
    colours = theme.COLOURS["light"]
    for slot, colour in (("dk1", "ink"), ("lt1", "paper"), ("accent1", "fill-astana")):
        (written,) = look.iter(f"{DRAWING}{slot}")
        assert f"#{written[0].get('val')}" == colours[colour]
    for root in xml_of(built, "ppt/slides/"):
        assert not list(root.iter(f"{DRAWING}srgbClr"))
        assert not list(root.iter(f"{DRAWING}latin"))


def test_every_run_says_its_language(built: bytes) -> None:
    roots = [*xml_of(built, "ppt/slides/"), *xml_of(built, "ppt/notesSlides/")]
    runs = [run for root in roots for run in root.iter(f"{DRAWING}r")]
    assert len(runs) > 50
    assert {run.find(f"{DRAWING}rPr").get("lang") for run in runs} == {"en-GB"}  # type: ignore[union-attr]


def cited(presentation: Any) -> list[str]:
    """The paragraphs of the slides of sources."""
    return [
        paragraph.text
        for page in presentation.slides
        if page.shapes.title.text_frame.text.startswith("Source")
        for shape in page.placeholders
        if shape.placeholder_format.type
        not in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.SLIDE_NUMBER)
        for paragraph in shape.text_frame.paragraphs
    ]


def test_every_source_is_cited_once_in_full_with_its_number(
    built: bytes, said: Evidence
) -> None:
    shown = cited(opened(built))
    assert len(said.sources) > 50
    for number, (line, text) in enumerate(zip(shown, said.sources, strict=True), 1):
        assert "%D" in text or line == f"{number}\t{text}"


def test_an_address_that_no_one_could_read_is_cut_but_leads_there(
    said: Evidence,
) -> None:
    address = "https://example.org/" + "%D8%A7" * 40
    content = deck.build(
        [slide()], replace(said, sources=(f"“Title”, 2017. {address}",))
    )
    assert cited(opened(content)) == ["1\t“Title”, 2017. https://example.org/…"]
    page = opened(content).slides[2]
    runs = page.placeholders[1].text_frame.paragraphs[0].runs
    assert runs[-1].hyperlink.address == address


FACE = ImageFont.load_default(100)


def measured(text: str, width: float, size: float) -> int:
    """The lines of a text in Pillow's own sans, as wide as Noto Sans is."""
    lines, used = 1, 0.0
    for word in re.findall(r"\S+\s*", text):
        wide = FACE.getlength(word) / 100 * size * 1.05
        if used and used + wide > width:
            lines, used = lines + 1, 0.0
        lines, used = lines + int((used + wide) // width), (used + wide) % width
    return lines


@pytest.mark.parametrize("shape", ["16:9", "4:3"])
def test_no_column_of_sources_overflows(record: Dataset, shape: Any) -> None:
    every = tuple(citation.text(source.record) for source in record.sources.values())
    days = evidence.of_days(record, [DAY], View(), ADDRESS, "All sources")
    content = deck.build([slide()], replace(days, sources=every), shape=shape)
    presentation = opened(content)
    columns = [
        body
        for page in list(presentation.slides)[2:]
        for body in page.placeholders
        if body.placeholder_format.idx in (1, 2)
    ]
    assert len(columns) > 40
    for body in columns:
        style = body._base_placeholder._element.find(f".//{DRAWING}lvl1pPr")  # noqa: SLF001
        size = int(style.find(f"{DRAWING}defRPr").get("sz")) / 100
        line = int(style.find(f"{DRAWING}lnSpc/{DRAWING}spcPts").get("val")) / 100
        gap = int(style.find(f"{DRAWING}spcBef/{DRAWING}spcPts").get("val")) / 100
        hang = int(style.get("marL")) / EMU_A_POINT
        assert size >= 10
        width = body.width / EMU_A_POINT - hang
        high = sum(
            measured(paragraph.text.partition("\t")[2], width, size) * line + gap
            for paragraph in body.text_frame.paragraphs
        )
        assert high <= body.height / EMU_A_POINT


def test_a_citation_longer_than_a_column_goes_on_in_the_next(said: Evidence) -> None:
    long = " ".join(f"word{number}" for number in range(2000))
    content = deck.build([slide()], replace(said, sources=("First.", long, "Last.")))
    shown = cited(opened(content))
    assert shown[0] == "1\tFirst."
    assert shown[-1] == "3\tLast."
    parts = [text.removeprefix("2\t") for text in shown[1:-1]]
    assert len(parts) > 1
    assert "".join(parts) == long
    assert faults(content) == []


def test_without_sources_there_is_no_slide_of_them(said: Evidence) -> None:
    content = deck.build([slide()], replace(said, sources=()))
    assert len(opened(content).slides) == 2


def sentence_size(presentation: Any) -> float:
    body = presentation.slides[1].shapes[1]._base_placeholder  # noqa: SLF001
    style = body._element.find(f".//{DRAWING}defRPr")  # noqa: SLF001
    return int(style.get("sz")) / 100


def test_one_size_of_sentence_has_room_on_every_slide(said: Evidence) -> None:
    long = "The Turkish operation in Idlib and the offensive are contested. " * 4
    short = opened(deck.build([slide()], said))
    both = opened(deck.build([slide(), slide(FEBRUARY, sentence=long.strip())], said))
    assert sentence_size(short) == 16
    assert 10 <= sentence_size(both) < 16
    assert both.slides[2].shapes[1].text_frame.text == long.strip()
    for page in both.slides:
        sizes = {run.font.size for run in page.shapes[1].text_frame.paragraphs[0].runs}
        assert sizes == {None}


def test_a_sentence_without_end_is_cut_on_its_slide_only(said: Evidence) -> None:
    endless = "word " * 1000
    content = deck.build([slide(sentence=endless, notes=endless)], said)
    page = opened(content).slides[1]
    shown = page.shapes[1].text_frame.text
    assert shown.endswith("…")
    assert 200 < len(shown) < 1000
    assert page.notes_slide.notes_text_frame.text == endless


def test_a_long_title_is_smaller(said: Evidence) -> None:
    titles = ("Round 8", "The eighth round of talks in Astana opens on this day")
    content = deck.build([slide(title=title) for title in titles], said)
    sizes = []
    for page, title in zip(list(opened(content).slides)[1:3], titles, strict=True):
        assert page.shapes.title.text_frame.text == title
        (run,) = page.shapes.title.text_frame.paragraphs[0].runs
        sizes.append(run.font.size.pt)
    assert sizes[0] == 38
    assert 20 <= sizes[1] < 38


def test_odd_letters_do_not_break_a_deck(said: Evidence) -> None:
    odd = "<b>&amp; \x0b\x1f الأستانة Нур-Султан"
    content = deck.build([slide(sentence=odd, notes=odd, alt="<a>", title=odd)], said)
    assert faults(content) == []
    assert "الأستانة Нур-Султан" in opened(content).slides[1].shapes[1].text_frame.text


def test_a_deck_says_what_it_is_and_not_who_made_its_first_template(
    built: bytes,
) -> None:
    presentation = opened(built)
    assert presentation.core_properties.title == "Two days"
    assert presentation.core_properties.created.year > 2024
    with zipfile.ZipFile(io.BytesIO(built)) as package:
        names = package.namelist()
    left = ("thumbnail", "printerSettings", "app.xml", "slideLayout11")
    assert not [name for name in names if any(word in name for word in left)]
    assert faults(built) == []


def test_our_layouts_are_named_for_what_they_hold(built: bytes) -> None:
    layouts = opened(built).slide_layouts
    names = {layout.name for layout in layouts}
    assert {"Cover", "Day", "Sources", "Title only", "Blank"} <= names


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A reader's file with its own size and master, and slides that show how."""
    presentation = pptx.Presentation()
    presentation.slide_width, presentation.slide_height = Inches(12), Inches(9)
    master = presentation.slide_master
    master.background.fill.solid()
    master.background.fill.fore_color.theme_color = 14  # background 2
    first, second = (
        presentation.slides.add_slide(presentation.slide_layouts[number])
        for number in (0, 1)
    )
    for page in (first, second):
        page.shapes.title.text_frame.text = "A secret example"
        page.notes_slide.notes_text_frame.text = "A secret note"
    box = second.shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.click_action.target_slide = first
    path = tmp_path / "house.pptx"
    presentation.save(str(path))
    return path


def rewritten(path: Path, changed: Callable[[str, bytes], bytes]) -> Path:
    """The package with its parts changed, under another name."""
    other = path.with_name(f"other-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed(name, old.read(name)))
    return other


def test_a_template_gives_size_and_master_and_loses_its_slides(
    template: Path, said: Evidence
) -> None:
    content = deck.build([slide()], said, template=template)
    presentation = opened(content)
    assert (presentation.slide_width, presentation.slide_height) == (
        Inches(12),
        Inches(9),
    )
    given = pptx.Presentation(str(template))
    assert [one.name for one in presentation.slide_layouts] == [
        one.name for one in given.slide_layouts
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not [
            name for name in package.namelist() if b"secret" in package.read(name)
        ]
    for master in ("ppt/slideMasters/slideMaster1", "ppt/theme/theme1"):
        (kept,), (before,) = (
            xml_of(content, master),
            xml_of(template.read_bytes(), master),
        )
        assert ET.tostring(kept) == ET.tostring(before)
    assert faults(content) == []


def test_words_and_picture_stand_where_a_template_has_its_content(
    template: Path, said: Evidence
) -> None:
    presentation = opened(deck.build([slide()], said, template=template))
    page = presentation.slides[1]
    given = pptx.Presentation(str(template)).slide_layouts[1].placeholders[1]
    assert page.slide_layout.name == "Title and Content"
    assert page.shapes.title.text_frame.text == "21 December 2017"
    (picture,) = pictures(page)
    sentence = page.placeholders[1]
    assert sentence.text_frame.text == slide().sentence
    assert given.top <= sentence.top
    assert sentence.top + sentence.height <= picture.top
    assert picture.top + picture.height <= given.top + given.height
    assert picture.left >= given.left
    assert len(cited(presentation)) == len(said.sources)


def test_the_picture_for_a_template_fills_its_place(template: Path) -> None:
    wide, high = deck.stage(template=template)
    assert 1 < wide / high <= 2.6
    assert wide > 800


@pytest.mark.parametrize(
    "kind",
    [
        f"{POWERPOINT}.template.main+xml",
        f"{POWERPOINT}.slideshow.main+xml",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    ],
)
def test_templates_and_shows_are_taken_as_decks(
    template: Path, said: Evidence, kind: str
) -> None:
    plain = f"{POWERPOINT}.presentation.main+xml"
    path = rewritten(
        template, lambda _, part: part.replace(plain.encode(), kind.encode())
    )
    content = deck.build([slide()], said, template=path)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert plain.encode() in package.read("[Content_Types].xml")
    assert faults(content) == []


def test_lists_of_a_templates_slides_are_dropped_with_them(
    template: Path, said: Evidence
) -> None:
    shows = (
        b'<p:custShowLst><p:custShow name="Short" id="0"><p:sldLst><p:sld r:id="rId7"/>'
        b"</p:sldLst></p:custShow></p:custShowLst><p:defaultTextStyle>"
    )
    views = (
        b"<p:outlineViewPr><p:cViewPr><p:scale><a:sx n='1' d='1'/><a:sy n='1' d='1'/>"
        b"</p:scale><p:origin x='0' y='0'/></p:cViewPr>"
        b'<p:sldLst><p:sld r:id="rId1" collapse="1"/></p:sldLst></p:outlineViewPr>'
    )

    def listed(name: str, part: bytes) -> bytes:
        if name == "ppt/presentation.xml":
            return part.replace(b"<p:defaultTextStyle>", shows)
        if name == "ppt/viewProps.xml":
            return part.replace(b"<p:slideViewPr>", views + b"<p:slideViewPr>")
        return part

    content = deck.build([slide()], said, template=rewritten(template, listed))
    (root,) = xml_of(content, "ppt/presentation")
    assert not [one for one in root.iter() if one.tag.endswith("custShow")]
    assert faults(content) == []


def test_a_template_with_titles_only_gets_its_words_in_boxes(
    template: Path, said: Evidence
) -> None:
    presentation = pptx.Presentation(str(template))
    kept = presentation.slide_layouts.get_by_name("Title Only")
    for page in list(presentation.slides._sldIdLst):  # noqa: SLF001
        presentation.part.drop_rel(page.rId)
        presentation.slides._sldIdLst.remove(page)  # noqa: SLF001
    for layout in list(presentation.slide_layouts):
        if layout is not kept:
            presentation.slide_layouts.remove(layout)
    presentation.save(str(template))
    content = deck.build([slide()], said, template=template)
    page = opened(content).slides[1]
    assert slide().sentence in texts(page)
    assert page.shapes.title.text_frame.text == "21 December 2017"
    assert faults(content) == []


def without_titles(path: Path) -> None:
    presentation = pptx.Presentation()
    blank = presentation.slide_layouts.get_by_name("Blank")
    for layout in list(presentation.slide_layouts):
        if layout is not blank:
            presentation.slide_layouts.remove(layout)
    presentation.save(str(path))


def of_word(path: Path) -> None:
    pptx.Presentation().save(str(path))
    word = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    kind = f"{POWERPOINT}.presentation".encode()
    rewritten(path, lambda _, part: part.replace(kind, word)).replace(path)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(100)
BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (str, "There is no template"),
    "a folder": (Path.mkdir, "could not be read: Is a directory"),
    "text": (lambda path: path.write_text("slides"), "no whole PowerPoint file"),
    "nothing": (Path.touch, "no whole PowerPoint file"),
    "half": (
        lambda path: path.write_bytes(zipped()[:9000]),
        "no whole PowerPoint file",
    ),
    "another zip": (
        lambda path: path.write_bytes(zipped(lambda name: name == "docProps/core.xml")),
        "no whole PowerPoint file",
    ),
    "a part short": (
        lambda path: path.write_bytes(zipped(lambda name: "Master" not in name)),
        "no whole PowerPoint file",
    ),
    "of Word": (of_word, "no whole PowerPoint file"),
    "old": (lambda path: path.write_bytes(OLE), "is of an old kind; save it as .pptx"),
    "locked": (lambda path: path.write_bytes(LOCKED), "is locked with a password"),
    "without titles": (without_titles, "has no layout with a title"),
}


def zipped(kept: Callable[[str], bool] = bool) -> bytes:
    """The default deck with the parts of some names."""
    whole, stream = io.BytesIO(), io.BytesIO()
    pptx.Presentation().save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(stream, "w") as new:
        for name in filter(kept, old.namelist()):
            new.writestr(name, old.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("fault", BROKEN)
def test_a_template_that_cannot_be_used_is_refused(
    tmp_path: Path, said: Evidence, fault: str
) -> None:
    make, words = BROKEN[fault]
    path = tmp_path / "house.pptx"
    make(path)
    with pytest.raises(errors.ExportError) as refused:
        deck.build([slide()], said, template=path)
    assert words in str(refused.value)
    assert "house.pptx" in str(refused.value)


def test_a_deck_of_nothing_or_of_no_picture_is_refused(said: Evidence) -> None:
    with pytest.raises(errors.ExportError, match="has no days; choose at least one"):
        deck.build([], said)
    with pytest.raises(errors.ExportError, match="no deck of the shape “5:4”"):
        deck.build([slide()], said, shape="5:4")  # type: ignore[arg-type]
    for content in (b"none", png()[:50]):
        with pytest.raises(
            errors.ExportError, match="21 December 2017 is no whole PNG"
        ):
            deck.build([slide(picture=content)], said)


def test_a_deck_of_changes_has_both_its_ends(record: Dataset) -> None:
    days = deck.changes(record, DAY, date(2017, 12, 29))
    assert [day.day for day in days] == [21, 22, 23, 29]
    geneva = Selection(tracks=frozenset({"geneva"}))
    assert deck.changes(record, DAY, date(2017, 12, 29), geneva) == [DAY]


def test_notes_tell_what_changes_who_was_there_and_what_holds(record: Dataset) -> None:
    told = notes.of_day(record, DAY).split("\n")
    event = record.events["ast-08"]
    assert told[0].startswith("21 December 2017. The eighth Astana round opens.")
    assert told[2] == (
        "What changes: Astana round 8; De Mistura in Moscow before Astana round 8; "
        "Geneva IX in Vienna announced."
    )
    at = told.index("Talks")
    assert told[at + 1] == "Astana round 8, Astana, 21–22 December 2017, day 1 of 2."
    assert told[at + 2].startswith(f"{event.summary} {event.outcome} [")
    assert told[at + 3].startswith("Guarantors: Russia, Türkiye, Iran. ")
    assert "UN: Staffan de Mistura." in told[at + 3]
    assert any(
        line.startswith("Idlib de-escalation area: in force, day 98.") for line in told
    )
    assert any(line.startswith("Geneva IX in Vienna: January 2018.") for line in told)


def test_numbers_in_the_notes_lead_to_the_citations(record: Dataset) -> None:
    told = notes.of_day(record, DAY).split("\n")
    cited = dict(line.split(". ", 1) for line in told[told.index("Sources") + 1 :])
    sources = evidence.sources_of(record, View(day=DAY))
    assert list(cited.values()) == [citation.text(source.record) for source in sources]
    outcome = told[told.index("Talks") + 2]
    (first, last) = re.findall(r"\d+", outcome.rpartition("[")[2])
    named = [cited[str(number)] for number in range(int(first), int(last) + 1)]
    held = record.events["ast-08"].source_ids
    assert named == [citation.text(record.sources[key].record) for key in held]


def test_notes_of_a_selection_leave_the_rest_out(record: Dataset) -> None:
    geneva = Selection(tracks=frozenset({"geneva"}))
    told = notes.of_day(record, DAY, geneva)
    assert "What changes: Geneva IX in Vienna announced." in told
    assert "Astana" not in told.partition("Sources")[0]
    quiet = notes.of_day(record, date(2017, 12, 24), geneva)
    assert "What changes" not in quiet


def test_the_days_of_2017_have_notes_with_every_citation(record: Dataset) -> None:
    days = deck.changes(record, date(2017, 1, 1), date(2017, 12, 31))
    assert len(days) == sum(
        change.day.year == 2017
        for change in selection.changes(record, selection.EVERYTHING)
    )
    for day in itertools.islice(days, 0, None, 10):
        told = notes.of_day(record, day)
        for source in evidence.sources_of(record, View(day=day)):
            assert citation.text(source.record) in told
