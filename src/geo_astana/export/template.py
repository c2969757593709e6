"""A reader's own template as the master of a deck, without its example slides."""

import io
import zipfile
from pathlib import Path

import pptx
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation
from pptx.slide import SlideLayout
from pptx.util import Length

from geo_astana import errors
from geo_astana.export import master
from geo_astana.export.master import PX, Box, Master

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_KINDS_OF_DECK = (
    "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
)


def read(path: Path) -> Master:
    """The master of a reader's file, whose example slides are left out.

    Of several masters the first is used. Raises ExportError for a file that is missing
    or broken, that is locked, or that has no layout with a title.
    """
    deck = _opened(path)
    titled = [layout for layout in deck.slide_layouts if master.title_of(layout)]
    if not titled:
        raise errors.ExportError(
            f"The template “{path}” has no layout with a title; add one to its master"
        )
    written = [layout for layout in titled if len(master.bodies_of(layout)) == 1]
    content = next(
        (one for one in written if _kind(one) == "obj"), (written or titled)[0]
    )
    cover = next((one for one in titled if _kind(one) == "title"), titled[0])
    place = room(deck, content)
    line = 2 * PX * 20
    sentence = Box(place.left, place.top, place.width, min(place.height // 5, 3 * line))
    top = sentence.top + sentence.height + line // 4
    foot = Box(place.left, place.top + place.height - line, place.width, line)
    picture = Box(place.left, top, place.width, foot.top - top)
    return Master(deck, cover, content, content, sentence, picture, foot, own=False)


def _kind(layout: SlideLayout) -> str:
    return str(layout._element.get("type", ""))  # noqa: SLF001 - no getter


def room(deck: Presentation, layout: SlideLayout) -> Box:
    """Where a layout wants its content: in its body, else below its title."""
    width, height = deck.slide_width or 0, deck.slide_height or 0
    for body in master.bodies_of(layout):
        sides = (body.left, body.top, body.width, body.height)
        if all(isinstance(side, Length) for side in sides):
            return Box(*sides)
    title = master.title_of(layout)
    top = (title.top + title.height) if title and title.height else height // 5
    return Box(width // 20, top, width * 9 // 10, height * 9 // 10 - top)


def _opened(path: Path) -> Presentation:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise errors.ExportError(f"There is no template “{path}”") from None
    except OSError as error:
        raise errors.ExportError(
            f"The template “{path}” could not be read: {error.strerror}"
        ) from None
    if content.startswith(_OLE):
        raise errors.ExportError(
            f"The template “{path}” is locked with a password; save it without one"
            if _LOCKED in content
            else f"The template “{path}” is of an old kind; save it as .pptx"
        )
    try:
        deck = pptx.Presentation(io.BytesIO(_plain(content)))
        _empty(deck)
        master.forget(deck)
    except Exception as error:  # a broken package fails in a hundred ways
        raise errors.ExportError(
            f"The template “{path}” is no whole PowerPoint file; open it in a program "
            "for slides and save it as .pptx again"
        ) from error
    return deck


def _plain(content: bytes) -> bytes:
    """A template, a show or a deck with macros as a plain deck."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                for kind in _KINDS_OF_DECK:
                    plain = CONTENT_TYPE.PML_PRESENTATION_MAIN
                    part = part.replace(kind.encode(), plain.encode())
            new.writestr(name, part)
    return stream.getvalue()


def _empty(deck: Presentation) -> None:
    """Take out the slides and whatever leads to them."""
    root = deck.part._element  # noqa: SLF001 - python-pptx removes no slides
    listed = root.sldIdLst
    for slide in list(listed) if listed is not None else ():
        deck.part.rels.pop(slide.rId)
        listed.remove(slide)
    for name in ("p:custShowLst", "p:extLst"):
        for element in root.findall(qn(name)):
            root.remove(element)
    for layout in (
        *deck.slide_masters,
        *(x for m in deck.slide_masters for x in m.slide_layouts),
    ):
        part = layout.part
        for key, relation in list(part.rels.items()):
            if relation.reltype == RELATIONSHIP_TYPE.SLIDE:
                for link in layout._element.xpath(f".//*[@r:id='{key}']"):  # noqa: SLF001
                    link.getparent().remove(link)
                part.rels.pop(key)
