"""The master of a deck: sizes, places and styles, and our own in two shapes."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation
from pptx.slide import SlideLayout
from pptx.util import Emu

from geo_astana import theme

Shape = Literal["16:9", "4:3"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
# Slides are laid out in pixels of a height of 1080, two to a point.
PX = 6350
HEIGHT_PX = 1080
WIDTH_PX: dict[Shape, int] = {"16:9": 1920, "4:3": 1440}
# The picture fills the width; its own margin, which text shares, is its side's 1/30.
PICTURE_MARGIN = 28 / 840

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
# Colours of the theme in the order of Office: what a reader's own theme replaces.
SCHEME = {
    "dk1": "ink",
    "lt1": "paper",
    "dk2": "ink2",
    "lt2": "sunk",
    "accent1": "fill-astana",
    "accent2": "fill-geneva",
    "accent3": "fill-zone",
    "accent4": "fill-ceasefire",
    "accent5": "fill-sochi",
    "accent6": "fill-committee",
    "hlink": "ink2",
    "folHlink": "ink3",
}
# Typeface, PANOSE and family, by which a program without it finds one of its kind.
SERIF = ("Noto Serif", "02020600060500020200", "18", "Times New Roman")
SANS = ("Noto Sans", "020B0502040504020204", "34", "Arial")
TITLE_PT, COVER_PT, SUBTITLE_PT, TERMS_PT, SMALL_PT = 38, 54, 24, 12, 10
# Citations: numbers stand out, lines as far apart whatever the typeface.
CITED_HANG_PT, CITED_GAP_PT, CITED_LINE_PT = 22, 4, 13
NOTES_MARGIN_PX = 80
# The place of version, licence and link on our cover.
TERMS_INDEX = 13

_LATIN = ("typeface", "panose", "pitchFamily")
_NO_INSETS = dict.fromkeys(("lIns", "tIns", "rIns", "bIns"), "0")
# Parts that would tell of a template's example slides, or of who made the default one.
_LEFT_OUT = (
    RELATIONSHIP_TYPE.VIEW_PROPS,
    RELATIONSHIP_TYPE.PRINTER_SETTINGS,
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
    "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
)


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide in EMU."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Master:
    """A presentation without slides, its layouts and where a day's parts stand.

    `own` is whether it is ours, so that type and places are ours to set.
    """

    deck: Presentation
    cover: SlideLayout
    day: SlideLayout
    sources: SlideLayout
    sentence: Box
    picture: Box
    foot: Box
    own: bool


def own(shape: Shape) -> Master:
    """Our master: paper, serif titles, hairlines."""
    deck = pptx.Presentation()
    width = WIDTH_PX[shape]
    deck.slide_width, deck.slide_height = Emu(width * PX), Emu(HEIGHT_PX * PX)
    if shape != "4:3":
        del deck.part._element.sldSz.attrib["type"]  # noqa: SLF001 - says 4:3
    forget(deck)
    _style(deck)
    cover, content, _, sources, _, title_only, blank, _, day, *_ = deck.slide_layouts
    kept = {"Cover": cover, "Day": day, "Sources": sources}
    kept |= {"Title and content": content, "Title only": title_only, "Blank": blank}
    for layout in list(deck.slide_layouts):
        if layout not in kept.values():
            deck.slide_layouts.remove(layout)
    for name, layout in kept.items():
        layout._element.cSld.set("name", name)  # noqa: SLF001 - no setter
    boxes = _boxes(shape)
    _place(deck, cover, content, sources, day, boxes)
    _place_notes(deck)
    return Master(
        deck,
        cover,
        day,
        sources,
        boxes["sentence"],
        boxes["picture"],
        boxes["foot"],
        own=True,
    )


def _boxes(shape: Shape) -> dict[str, Box]:
    """Where everything stands, in pixels of a slide."""
    width = WIDTH_PX[shape]
    wide = shape == "16:9"
    top = 160 if wide else 232
    high = 1036 - top
    margin = round(PICTURE_MARGIN * (width * high) ** 0.5)
    inner = width - 2 * margin
    column = (inner - 48) // 2
    title = 760 if wide else inner
    beside = (margin + title + 28, 20, inner - title - 28, 148)
    below = (margin, 112, inner, 130)
    places = {
        "title": (margin, 20, title, 148) if wide else (margin, 12, title, 92),
        "sentence": beside if wide else below,
        "picture": (0, top, width, high),
        "foot": (margin, 1034, inner - 120, 34),
        "number": (width - margin - 110, 1034, 110, 34),
        "date": (margin, 1034, 300, 34),
        "footer": (width // 2 - 350, 1034, 700, 34),
        "heading": (margin, 44, inner, 84),
        "body": (margin, 160, inner, 850),
        "left": (margin, 148, column, 872),
        "right": (margin + column + 48, 148, column, 872),
        "cover": (margin, 190, inner, 310),
        "subtitle": (margin, 606, inner, 120),
        "terms": (margin, 800, inner, 232),
    }
    return {name: Box(*(PX * side for side in box)) for name, box in places.items()}


def _style(deck: Presentation) -> None:
    """Colours, typefaces and text styles of the whole deck, as a theme of Office."""
    master = deck.slide_master
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    part.blob = _themed(part.blob)
    styles = master._element.find(qn("p:txStyles"))  # noqa: SLF001 - no other way
    for name, levels in (
        ("p:titleStyle", (_level(1, TITLE_PT, "+mj", bold=True),)),
        (
            "p:bodyStyle",
            (
                _level(1, 18, "+mn", before=6),
                _level(2, 16, "+mn", hang=14, bullet="–", before=4),
                _level(3, 14, "+mn", left=14, hang=14, bullet="–", before=4),
            ),
        ),
    ):
        element = styles.find(qn(name))
        for level in levels:
            new = parse_xml(level)
            old = element.find(new.tag)
            element.replace(old, new)


def _themed(xml: bytes) -> bytes:
    """A theme with our colours and typefaces, without gradients and shadows."""
    root: Any = parse_xml(xml)
    root.set("name", "geo-astana")
    scheme, fonts = (_found(root, name) for name in ("clrScheme", "fontScheme"))
    for named in (scheme, fonts):
        named.set("name", "geo-astana")
    for slot, colour in SCHEME.items():
        written = theme.COLOURS["light"][colour].removeprefix("#")
        _refill(
            _found(scheme, slot), f'<a:srgbClr xmlns:a="{DRAWING}" val="{written}"/>'
        )
    for slot, (face, panose, family, other) in (
        ("majorFont", SERIF),
        ("minorFont", SANS),
    ):
        latin = _found(fonts, f"{slot}/a:latin")
        for name, value in zip(_LATIN, (face, panose, family), strict=True):
            latin.set(name, value)
        _found(fonts, f"{slot}/a:cs").set("typeface", other)
    plain = f'<a:solidFill xmlns:a="{DRAWING}"><a:schemeClr val="phClr"/></a:solidFill>'
    for slot in ("fillStyleLst", "bgFillStyleLst"):
        _refill(_found(root, slot), plain, plain, plain)
    for effect in root.iter(f"{{{DRAWING}}}effectStyle"):
        _refill(effect, f'<a:effectLst xmlns:a="{DRAWING}"/>')
    return serialize_part_xml(root)


def _found(root: Any, path: str) -> Any:
    return root.find(f".//a:{path}", {"a": DRAWING})


def _refill(element: Any, *children: str) -> None:
    for child in list(element):
        element.remove(child)
    element.extend(parse_xml(child) for child in children)


def _level(  # noqa: PLR0913 - a style of text
    number: int,
    size: float,
    font: str,
    *,
    colour: str = "tx1",
    bold: bool = False,
    left: int = 0,
    hang: int = 0,
    bullet: str = "",
    before: float = 0,
    pitch: float = 0,
) -> str:
    """The style of one level of text, lengths in points; lines have their own pitch."""
    spacing = f'<a:lnSpc><a:spcPts val="{pitch * 100:.0f}"/></a:lnSpc>' if pitch else ""
    mark = f'<a:buChar char="{bullet}"/>' if bullet else "<a:buNone/>"
    return (
        f'<a:lvl{number}pPr xmlns:a="{DRAWING}" algn="l" rtl="0" '
        f'marL="{(left + hang) * 2 * PX}" indent="{-hang * 2 * PX}">'
        f'{spacing}<a:spcBef><a:spcPts val="{before * 100:.0f}"/></a:spcBef>{mark}'
        f'<a:defRPr sz="{size * 100:.0f}" b="{bold:d}" kern="1200">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        f'<a:latin typeface="{font}-lt"/><a:ea typeface="{font}-ea"/>'
        f'<a:cs typeface="{font}-cs"/></a:defRPr></a:lvl{number}pPr>'
    )


def _place(  # noqa: PLR0913, PLR0917 - the layouts that are placed
    deck: Presentation,
    cover: SlideLayout,
    content: SlideLayout,
    sources: SlideLayout,
    day: SlideLayout,
    boxes: dict[str, Box],
) -> None:
    """Put every placeholder of the master and of our layouts where it belongs."""
    small = _level(1, SMALL_PT, "+mn", colour="tx2")
    number = small.replace('algn="l"', 'algn="r"')
    of_kind = {
        PP_PLACEHOLDER.TITLE: ("heading", "ctr", ()),
        PP_PLACEHOLDER.BODY: ("body", "t", ()),
        PP_PLACEHOLDER.DATE: ("date", "ctr", (small,)),
        PP_PLACEHOLDER.FOOTER: ("footer", "ctr", (small.replace('"l"', '"ctr"'),)),
        PP_PLACEHOLDER.SLIDE_NUMBER: ("number", "ctr", (number,)),
    }
    for placeholder in placeholders(deck.slide_master):
        name, anchor, levels = of_kind[placeholder.placeholder_format.type]
        _set(placeholder, boxes[name], anchor, *levels)
    cited = _level(
        1, SMALL_PT, "+mn", hang=CITED_HANG_PT, before=CITED_GAP_PT, pitch=CITED_LINE_PT
    )
    heading = _level(1, 26, "+mj", bold=True)
    sentence = _level(1, 14, "+mj")
    beside = "ctr" if boxes["sentence"].top == boxes["title"].top else "t"
    span = _level(1, SUBTITLE_PT, "+mj", colour="tx2")
    terms = _level(1, TERMS_PT, "+mn", colour="tx2", before=3)
    _add(cover, "Terms", TERMS_INDEX)
    for layout, placed in (
        (cover, {0: ("cover", "b", _level(1, COVER_PT, "+mj", bold=True))}),
        (cover, {1: ("subtitle", "t", span), TERMS_INDEX: ("terms", "b", terms)}),
        (content, {0: ("heading", "ctr", heading), 1: ("body", "t")}),
        (sources, {0: ("heading", "ctr", heading)}),
        (sources, {1: ("left", "t", cited), 2: ("right", "t", cited)}),
        (
            day,
            {
                0: ("title", "ctr"),
                1: ("picture", "ctr"),
                2: ("sentence", beside, sentence),
            },
        ),
    ):
        for placeholder in placeholders(layout):
            index = placeholder.placeholder_format.idx
            if index in placed:
                name, anchor, *styles = placed[index]
                _set(placeholder, boxes[name], anchor, *styles)
    # Read in this order: title, sentence, picture.
    by_index = {one.placeholder_format.idx: one._element for one in placeholders(day)}  # noqa: SLF001
    by_index[2].addnext(by_index[1])


def _place_notes(deck: Presentation) -> None:
    """On a page of notes the slide in its own shape and the text below it."""
    page = deck.part._element.find(qn("p:notesSz"))  # noqa: SLF001 - no getter
    margin = NOTES_MARGIN_PX * PX
    width = int(page.get("cx")) - 2 * margin
    high = width * (deck.slide_height or 0) // (deck.slide_width or 1)
    below = 2 * margin + high
    left = int(page.get("cy")) - below - 2 * margin
    places = {
        PP_PLACEHOLDER.SLIDE_IMAGE: Box(margin, margin, width, high),
        PP_PLACEHOLDER.BODY: Box(margin, below, width, left),
    }
    for placeholder in placeholders(deck.notes_master):
        if box := places.get(_type(placeholder)):
            placeholder.left, placeholder.top = Emu(box.left), Emu(box.top)
            placeholder.width, placeholder.height = Emu(box.width), Emu(box.height)


def _add(layout: SlideLayout, name: str, index: int) -> None:
    """A further place for text, below the others."""
    tree = layout.shapes._spTree  # noqa: SLF001 - python-pptx adds none to a layout
    tree.append(
        parse_xml(
            f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr>"
            f'<p:cNvPr id="{index + 100}" name="{name}"/>'
            '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
            f'<p:nvPr><p:ph type="body" sz="quarter" idx="{index}"/></p:nvPr>'
            "</p:nvSpPr>"
            f"<p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    )


def _set(
    placeholder: Any,
    box: Box,
    anchor: str,
    *levels: str,
) -> None:
    """Place, inner margins and text styles of a placeholder."""
    placeholder.left, placeholder.top = Emu(box.left), Emu(box.top)
    placeholder.width, placeholder.height = Emu(box.width), Emu(box.height)
    body = placeholder._element.txBody  # noqa: SLF001 - no setter for these
    frame = body.find(qn("a:bodyPr"))
    for name, value in {**_NO_INSETS, "anchor": anchor}.items():
        frame.set(name, value)
    styles = body.find(qn("a:lstStyle"))
    for old in list(styles):
        styles.remove(old)
    styles.extend(parse_xml(level) for level in levels)


def placeholders(holder: Any) -> list[Any]:
    """Those of a slide, a layout or a master; python-pptx types them in part."""
    return list(holder.placeholders)


def title_of(layout: SlideLayout) -> Any:
    """The placeholder of the title, or None."""
    kinds = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
    found = (one for one in placeholders(layout) if _type(one) in kinds)
    return next(found, None)


def bodies_of(holder: Any) -> list[Any]:
    """The placeholders of a slide or a layout that take running text."""
    kinds = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.SUBTITLE)
    return [one for one in placeholders(holder) if _type(one) in kinds]


def _type(placeholder: Any) -> Any:
    return placeholder.placeholder_format.type


def forget(deck: Presentation) -> None:
    """Leave out what tells of other slides, of a printer or of macros."""
    for holder in (deck.part.rels, deck.part.package._rels):  # noqa: SLF001 - no other way
        for key, relation in list(holder.items()):
            if relation.reltype in _LEFT_OUT:
                holder.pop(key)
