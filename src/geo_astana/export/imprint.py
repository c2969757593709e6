"""The evidence written into a picture, a paper, a deck, a page or a film.

Each format gets it twice: in its own fields, which any viewer shows, and as the JSON of
`evidence.dumps`, which `verification` reads back. Neither pixels nor fonts are touched.
"""

import html
import io
import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from geo_astana import citation, errors
from geo_astana.export import evidence
from geo_astana.export.evidence import Evidence

if TYPE_CHECKING:
    from pptx.presentation import Presentation

LANGUAGE = "en"
LOCALE = "en_GB"
SITE = "geo-astana"
# The element that holds the JSON in every kind of XML.
NAMESPACE = "urn:geo-astana"
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
# Signature and header chunk; text may follow from here on.
PNG_HEADER_BYTES = len(PNG_BEGINS) + 25
PNG_XMP = "XML:com.adobe.xmp"
GIF_BEGINS = (b"GIF87a", b"GIF89a")
GIF_EXTENSION, GIF_APPLICATION, GIF_COMMENT = 0x21, 0xFF, 0xFE
GIF_BLOCK_BYTES = 255
# The most letters that python-pptx allows in a core property.
CORE_LETTERS = 255
CUSTOM_XML = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
)
SCRIPT = '<script type="application/json" id="geo-astana-evidence">'

_SVG_ROOT = re.compile(r"<svg\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_SVG_NAMING = re.compile(
    r"\s(?:role|aria-label|aria-labelledby|aria-describedby)\s*=\s*"
    r"(?:\"[^\"]*\"|'[^']*')"
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADDRESS = re.compile(r"https?://[^\s()]+")
# What ffmpeg's own metadata format asks to be escaped.
_FFMETADATA = re.compile(r"([=;#\\\n])")


def into_png(content: bytes, said: Evidence) -> bytes:
    """A PNG with text chunks and an XMP packet after its header, pixels as they were.

    Raises ExportError for what is no PNG.
    """
    if not content.startswith(PNG_BEGINS) or len(content) <= PNG_HEADER_BYTES:
        raise errors.ExportError("The picture that was drawn is no PNG; draw it again")
    texts = {
        "Title": said.title,
        "Description": said.alt,
        "Author": citation.AUTHORS,
        "Copyright": _rights(said),
        "Software": said.software,
        "Source": "\n".join(said.sources),
        "Comment": said.link,
        PNG_XMP: xmp(said),
    }
    chunks = b"".join(_png_text(name, text) for name, text in texts.items() if text)
    return content[:PNG_HEADER_BYTES] + chunks + content[PNG_HEADER_BYTES:]


def into_gif(content: bytes, said: Evidence) -> bytes:
    """A GIF with a comment before its first frame, its frames as they were.

    Raises ExportError for what is no GIF.
    """
    if not content.startswith(GIF_BEGINS):
        raise errors.ExportError("The film that was drawn is no GIF; draw it again")
    try:
        at = gif_frames(content)
        for label, _, end in gif_extensions(content):
            # The one that makes it loop has to come first.
            if label != GIF_APPLICATION:
                break
            at = end
    except IndexError:
        message = "The film that was drawn ends too soon; draw it again"
        raise errors.ExportError(message) from None
    text = evidence.dumps(said).encode("ascii")
    blocks = [
        text[start : start + GIF_BLOCK_BYTES]
        for start in range(0, len(text), GIF_BLOCK_BYTES)
    ]
    comment = b"".join(bytes([len(block)]) + block for block in blocks)
    return (
        content[:at]
        + bytes([GIF_EXTENSION, GIF_COMMENT])
        + comment
        + b"\x00"
        + content[at:]
    )


def into_svg(text: str, said: Evidence) -> str:
    """An SVG, as a browser serialises it, with title, description and metadata.

    Raises ExportError where there is no root element.
    """
    root = _SVG_ROOT.search(text)
    if root is None or root[0].endswith("/>"):
        raise errors.ExportError("The picture that was drawn is no SVG; draw it again")
    naming = ' role="img" aria-labelledby="geo-astana-title geo-astana-alt">'
    tag = _SVG_NAMING.sub("", root[0]).removesuffix(">") + naming
    told = (
        f'<title id="geo-astana-title">{_xml(said.title)}</title>'
        f'<desc id="geo-astana-alt">{_xml(said.alt)}</desc>'
        f"<metadata>{_rdf(said)}</metadata>"
    )
    return text[: root.start()] + tag + told + text[root.end() :]


def into_pdf(content: bytes, said: Evidence) -> bytes:
    """A PDF with document information, XMP, language and a title that is shown.

    Raises ExportError for what is no PDF.
    """
    import pypdf  # noqa: PLC0415 - only papers need it
    from pypdf import generic  # noqa: PLC0415

    try:
        paper = io.BytesIO(content)
        writer = pypdf.PdfWriter(clone_from=paper, keep_initial_header=True)
    except (pypdf.errors.PyPdfError, ValueError, KeyError) as error:
        message = "The paper that was printed is no PDF; print it again"
        raise errors.ExportError(message) from error
    writer.add_metadata(
        {
            "/Title": _legal(said.title),
            "/Subject": _legal(said.alt),
            "/Author": citation.AUTHORS,
            "/Keywords": _legal(_keywords(said)),
            "/Creator": _legal(said.software),
        }
    )
    writer.xmp_metadata = xmp(said).encode("utf-8")
    writer.root_object[generic.NameObject("/Lang")] = generic.TextStringObject(LANGUAGE)
    shown = writer.viewer_preferences or writer.create_viewer_preferences()
    shown[generic.NameObject("/DisplayDocTitle")] = generic.BooleanObject(True)  # noqa: FBT003
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def into_deck(deck: "Presentation", said: Evidence) -> None:
    """Core properties and a custom XML part for a presentation that is to be saved."""
    from pptx.opc import constants, package  # noqa: PLC0415 - only decks need it

    core = deck.core_properties
    core.title = _core(said.title)
    core.subject = _core(said.alt)
    core.author = citation.AUTHORS
    core.keywords = _core(_keywords(said))
    core.comments = _core(f"{_rights(said)} {said.link}")
    core.identifier = _core(said.link)
    core.version = _core(said.version)
    core.language = LANGUAGE
    core.created = core.modified = datetime.now(UTC)
    core.last_modified_by = _core(said.software)
    # A template may be a deck of ours.
    for key, relation in list(deck.part.rels.items()):
        if relation.reltype == CUSTOM_XML and NAMESPACE.encode() in (
            relation.target_part.blob
        ):
            deck.part.rels.pop(key)
    whole = deck.part.package
    name = whole.next_partname("/customXml/item%d.xml")
    part = package.Part(name, constants.CONTENT_TYPE.XML, whole, custom_xml(said))
    deck.part.relate_to(part, CUSTOM_XML)


def custom_xml(said: Evidence) -> bytes:
    """The evidence as a custom XML part of an Office file."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<evidence xmlns="{NAMESPACE}">{evidence.dumps(said)}</evidence>'
    ).encode("ascii")


@dataclass(frozen=True, slots=True)
class Image:
    """The PNG that a page is shown with where it is shared; `address` is whole."""

    address: str
    width: int
    height: int
    alt: str


def card(title: str, description: str, link: str, image: Image | None) -> list[str]:
    """What other sites show of a page: Open Graph and Twitter cards."""
    named = {
        "og:type": "website",
        "og:site_name": SITE,
        "og:locale": LOCALE,
        "og:title": title,
        "og:description": description,
        "og:url": link,
    }
    if image:
        named |= {
            "og:image": image.address,
            "og:image:type": "image/png",
            "og:image:width": f"{image.width}",
            "og:image:height": f"{image.height}",
            "og:image:alt": image.alt,
        }
    kind = "summary_large_image" if image else "summary"
    return [
        *(meta("property", name, text) for name, text in named.items() if text),
        meta("name", "twitter:card", kind),
    ]


def meta(key: str, name: str, text: str) -> str:
    """A meta element, its text escaped."""
    return f'<meta {key}="{name}" content="{_attribute(text)}">'


def html_head(said: Evidence, image: Image | None = None) -> str:
    """Elements for the head of a page: meta tags, JSON-LD, and the evidence."""
    named = {
        "description": said.alt,
        "author": citation.AUTHORS,
        "generator": said.software,
        "dcterms.title": said.title,
        "dcterms.temporal": said.date,
        "dcterms.subject": said.selection,
        "dcterms.hasVersion": said.version,
        "dcterms.identifier": said.link,
        "dcterms.rights": _rights(said),
    }
    linked_data = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "name": said.title,
        "description": said.alt,
        "temporalCoverage": said.date,
        "version": said.version,
        "url": said.link,
        "license": _licence_address(said) or said.licence,
        "creditText": said.credit,
        "creator": {"@type": "Organization", "name": citation.AUTHORS},
    }
    told = json.dumps(linked_data).translate(evidence.NO_MARKUP)
    link = said.link if said.link.startswith("http") else ""
    lines = [
        *(meta("name", name, text) for name, text in named.items() if text),
        *card(said.title, said.alt, link, image),
        f'<script type="application/ld+json">{told}</script>',
        f"{SCRIPT}{evidence.dumps(said)}</script>",
    ]
    return "\n".join(lines)


def film_metadata(said: Evidence) -> str:
    """The tags of a film as an input of ffmpeg in its format `ffmetadata`.

    A file and no `-metadata` arguments, because the sources of some years are longer
    than an argument may be.
    """
    tags = {
        "title": _line(said.title),
        "artist": citation.AUTHORS,
        "date": said.date.partition("/")[0],
        "description": _line(said.alt),
        "synopsis": "\n".join(map(_line, (said.link, *said.sources))),
        "copyright": _line(_rights(said)),
        "comment": evidence.dumps(said),
    }
    # After a backslash, escaped or not, ffmpeg takes the next line for the same tag.
    lines = [
        f"{name}=" + _FFMETADATA.sub(r"\\\1", text) + " " * text.endswith("\\")
        for name, text in tags.items()
        if text
    ]
    return "\n".join((";FFMETADATA1", *lines, ""))


def xmp(said: Evidence) -> str:
    """The evidence as an XMP packet, which pictures and papers hold."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{_rdf(said)}</x:xmpmeta>'
        '<?xpacket end="r"?>'
    )


def gif_frames(content: bytes) -> int:
    """Where the blocks of a GIF begin: after its header and colours."""
    flags = content[10]
    return 13 + (3 << ((flags & 0x07) + 1) if flags & 0x80 else 0)


def gif_extensions(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The extensions before the first frame: label, data and where each ends.

    Raises IndexError where the content ends too soon.
    """
    at = gif_frames(content)
    while content[at] == GIF_EXTENSION:
        label, at = content[at + 1], at + 2
        blocks = []
        while size := content[at]:
            blocks.append(content[at + 1 : at + 1 + size])
            at += 1 + size
        at += 1
        yield label, b"".join(blocks), at


def _png_text(name: str, text: str) -> bytes:
    """An iTXt chunk: UTF-8, not packed, of no language."""
    written = _legal(text).encode("utf-8")
    body = b"iTXt" + name.encode("latin-1") + b"\x00\x00\x00\x00\x00" + written
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _rdf(said: Evidence) -> str:
    """Dublin Core, rights and the alternative text as photo editors read them."""

    def alt(name: str, text: str) -> str:
        item = f'<rdf:li xml:lang="x-default">{_xml(text)}</rdf:li>'
        return f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>"

    def plain(name: str, text: str) -> str:
        return f"<{name}>{_xml(text)}</{name}>"

    return "".join(
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
            '<rdf:Description rdf:about=""',
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"',
            ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
            ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"',
            ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"',
            ' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"',
            f' xmlns:ga="{NAMESPACE}">',
            alt("dc:title", said.title),
            alt("dc:description", said.alt),
            alt("dc:rights", _rights(said)),
            alt("Iptc4xmpCore:AltTextAccessibility", said.alt),
            "<dc:creator><rdf:Seq>",
            plain("rdf:li", citation.AUTHORS),
            "</rdf:Seq></dc:creator><dc:language><rdf:Bag>",
            plain("rdf:li", LANGUAGE),
            "</rdf:Bag></dc:language>",
            plain("dc:coverage", said.date),
            plain("dc:identifier", said.link),
            plain("dc:source", "\n".join(said.sources)),
            plain("xmp:CreatorTool", said.software),
            plain("xmpRights:WebStatement", _licence_address(said)),
            plain("photoshop:Credit", said.credit),
            f"<ga:evidence>{evidence.dumps(said)}</ga:evidence>",
            "</rdf:Description></rdf:RDF>",
        )
    )


def _rights(said: Evidence) -> str:
    return f"{said.licence}. {said.credit}."


def _keywords(said: Evidence) -> str:
    return "; ".join(filter(None, (said.selection, said.date)))


def _licence_address(said: Evidence) -> str:
    found = _ADDRESS.search(said.licence)
    return found[0] if found else ""


def _legal(text: str) -> str:
    """Text without what no XML may hold."""
    return _NOT_XML.sub("\ufffd", text)


def _xml(text: str) -> str:
    return html.escape(_legal(text), quote=False)


def _line(text: str) -> str:
    return _legal(" ".join(text.split()))


def _attribute(text: str) -> str:
    return html.escape(_line(text))


def _core(text: str) -> str:
    written = _legal(text)
    return written if len(written) <= CORE_LETTERS else f"{written[:254]}…"
