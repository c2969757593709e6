"""Each format with its evidence: read back as it was, and nothing else touched."""

import html.parser
import io
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import imageio_ffmpeg
import openpyxl
import pptx
import pypdf
import pytest
from exported import NASTY, SLOW, SVG, WRITERS, deck, film, gif, pdf, png
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence
from playwright.sync_api import Browser
from pptx.opc import package

from geo_astana import errors, selection
from geo_astana.dataset import Dataset
from geo_astana.export import data, evidence, imprint, reader
from geo_astana.export.evidence import Evidence
from geo_astana.link import View
from geo_astana.selection import Selection

ADDRESS = "https://example.org/map/"
TEXT = st.text(max_size=40)
SAID = st.builds(
    Evidence,
    *([TEXT] * 6),
    st.lists(TEXT, max_size=4).map(tuple),
    *([TEXT] * 3),
)
MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
FEW = settings(MANY, max_examples=8)


def read(content: bytes, folder: Path) -> tuple[str, Evidence]:
    path = folder / "file"
    path.write_bytes(content)
    return reader.read(path)


@MANY
@example(said=NASTY)
@given(said=SAID)
def test_any_text_comes_back_from_pictures_and_pages(
    tmp_path: Path, said: Evidence
) -> None:
    for kind, write in WRITERS.items():
        assert read(write(said), tmp_path) == (kind, said)


@FEW
@example(said=NASTY)
@given(said=SAID)
def test_any_text_comes_back_from_papers_and_decks(
    tmp_path: Path, said: Evidence
) -> None:
    for kind, write in SLOW.items():
        assert read(write(said), tmp_path) == (kind, said)


@pytest.mark.parametrize(
    ("ending", "codec", "kind"), [("mp4", "libx264", "MP4"), ("webm", "libvpx", "WebM")]
)
def test_any_text_comes_back_from_films_and_players_show_the_title(
    tmp_path: Path, ending: str, codec: str, kind: str
) -> None:
    # Longer than an argument of a command may be.
    said = replace(NASTY, sources=("й" * 1000,) * 60)
    path = film(ending, codec, tmp_path, said)
    assert reader.read(path) == (kind, said)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    told = subprocess.run(
        [*command, "-f", "ffmetadata", "-"], check=True, capture_output=True
    ).stdout.decode()
    tags = told.lower()
    assert "\ntitle=</script></title>\ufffd ]]> \"'&amp\\; \\#\\=\\;\\\\ \n" in tags
    assert "copyright=cc by 4.0 (https" in tags
    assert "\ndescription=two lines" in tags


@pytest.mark.parametrize("ending", [name for name in data.FORMATS if name != "csv"])
def test_a_data_file_says_what_its_selection_is(
    record: Dataset, tmp_path: Path, ending: str
) -> None:
    astana = Selection(tracks=frozenset({"astana"}), actors=frozenset({"russia"}))
    link = f"{ADDRESS}?tracks=astana&actors=russia"
    _, said = read(data.FORMATS[ending].write(record, astana, link), tmp_path)
    assert said == evidence.of_events(record, astana, link)


def test_a_csv_file_says_the_same_but_for_the_software(
    record: Dataset, tmp_path: Path
) -> None:
    astana = Selection(tracks=frozenset({"astana"}))
    content = data.as_csv(record, astana, ADDRESS)
    kind, said = read(content, tmp_path)
    whole = evidence.of_events(record, astana, ADDRESS)
    assert kind == "CSV"
    kept = len(selection.events(record, astana))
    assert said == replace(whole, alt=f"{kept} events as data.", software="")


def test_a_png_keeps_its_pixels_and_shows_its_texts_to_others() -> None:
    before = png()
    after = imprint.into_png(before, NASTY)
    assert before[before.index(b"IDAT") :] in after
    with Image.open(io.BytesIO(after)) as image:
        image.load()
        texts = image.info
    assert texts["Copyright"].startswith("CC BY 4.0 (https://creativecommons.org")
    assert texts["Comment"] == NASTY.link
    assert texts["Source"].splitlines()[0] == NASTY.sources[0]
    assert texts["Title"] == NASTY.title.replace("\x00", "\ufffd")
    packet = parsed(texts[imprint.PNG_XMP])
    assert "".join(packet.itertext()).count(NASTY.date) == 2


def test_a_gif_keeps_its_frames_and_loops() -> None:
    before = gif()
    after = imprint.into_gif(before, NASTY)
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        comment = new.info["comment"]
        assert new.info["loop"] == 0
        drawn, wanted = (
            [frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(image)]
            for image in (new, old)
        )
    assert drawn == wanted
    assert len(drawn) == 3
    # Browsers ask that what makes it loop comes first.
    assert after.index(b"NETSCAPE2.0") < after.index(evidence.MARK.encode()[:9])
    assert evidence.loads(comment.decode("ascii")) == NASTY


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def test_an_svg_has_a_name_for_screen_readers_and_dublin_core() -> None:
    named = SVG.replace("<svg", '<svg role="presentation" aria-label="a > b"', 1)
    drawn = parsed(imprint.into_svg(named, NASTY))
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", None)
    assert drawn.get("viewBox") == "0 0 9 9"
    title, alt, metadata, path = drawn
    names = [part.tag.rpartition("}")[2] for part in drawn]
    assert names == ["title", "desc", "metadata", "path"]
    assert drawn.get("aria-labelledby") == f"{title.get('id')} {alt.get('id')}"
    assert (title.text or "").startswith("</script></title>")
    assert path.get("d") == "M0 0"
    core = {"dc": "http://purl.org/dc/elements/1.1/"}
    (rights,) = metadata.iterfind(".//dc:rights", core)
    assert "CC BY 4.0" in "".join(rights.itertext())
    assert NASTY.sources[0] in (metadata.findtext(".//dc:source", "", core))


def test_an_svg_after_its_declaration_is_an_svg(tmp_path: Path) -> None:
    declared = f'<?xml version="1.0"?>\n<!-- drawn -->\n{SVG}\n'
    content = imprint.into_svg(declared, NASTY).encode()
    assert read(content, tmp_path) == ("SVG", NASTY)


def fonts(paper: Any) -> list[str]:
    """The fonts of a paper's first page that lie in it, by name."""
    names = []
    for font in paper.pages[0]["/Resources"]["/Font"].values():
        for part in font.get_object().get("/DescendantFonts", ()):
            described = part.get_object()["/FontDescriptor"]
            if described["/FontFile2"].get_data():
                names.append(described["/FontName"])
    return names


def opened(content: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(content))


def test_a_pdf_keeps_fonts_tags_and_text(browser: Browser) -> None:
    shown = browser.new_page()
    shown.set_content("<title>x</title><h1>Astana</h1><p>Астана</p>")
    before = shown.pdf(tagged=True)
    shown.close()
    old, new = opened(before), opened(imprint.into_pdf(before, NASTY))
    assert fonts(new) == fonts(old) != []
    assert new.pages[0].extract_text() == old.pages[0].extract_text()
    assert new.pdf_header == old.pdf_header
    assert new.root_object["/MarkInfo"]["/Marked"]
    assert new.root_object["/StructTreeRoot"]["/K"]["/S"] == "/Document"


def test_a_pdf_says_title_language_and_dublin_core() -> None:
    paper = opened(imprint.into_pdf(pdf(), NASTY))
    assert paper.metadata.subject.endswith("😀 ")
    assert paper.metadata["/Keywords"] == f"{NASTY.selection}; {NASTY.date}"
    assert paper.root_object["/Lang"] == "en"
    assert paper.root_object["/ViewerPreferences"]["/DisplayDocTitle"]
    packet = paper.xmp_metadata
    assert packet.dc_title["x-default"].startswith("</script></title>")
    assert packet.dc_rights["x-default"].endswith("geo-astana; <others>.")
    assert packet.dc_source.startswith(NASTY.sources[0])
    assert packet.dc_coverage == NASTY.date


def test_a_deck_says_title_and_rights_in_its_properties() -> None:
    core = pptx.Presentation(io.BytesIO(deck(NASTY))).core_properties
    assert core.title.startswith("</script></title>")
    assert "CC BY 4.0" in core.comments
    assert core.keywords == f"{NASTY.selection}; {NASTY.date}"
    assert core.created.year >= 2026
    long = replace(NASTY, title="t" * 300)
    cut = pptx.Presentation(io.BytesIO(deck(long))).core_properties.title
    assert cut == "t" * 254 + "…"


def test_a_deck_keeps_what_others_put_into_its_template(tmp_path: Path) -> None:
    template = pptx.Presentation(io.BytesIO(deck(replace(NASTY, title="template"))))
    whole = template.part.package
    name = whole.next_partname("/customXml/item%d.xml")
    other = package.Part(name, "application/xml", whole, b"<other/>")
    template.part.relate_to(other, imprint.CUSTOM_XML)
    imprint.into_deck(template, NASTY)
    stream = io.BytesIO()
    template.save(stream)
    with zipfile.ZipFile(stream) as archive:
        names = [name for name in archive.namelist() if name.startswith("customXml/")]
        parts = [archive.read(name) for name in names]
    assert sorted(part == b"<other/>" for part in parts) == [False, True]
    assert read(stream.getvalue(), tmp_path) == ("deck", NASTY)


class Head(html.parser.HTMLParser):
    """Collects the meta tags and scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.scripts: dict[str, str] = {}
        self.kind = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.meta[given.get("name") or given["property"]] = given["content"]
        self.kind = given["type"] if tag == "script" else ""

    def handle_endtag(self, tag: str) -> None:
        assert tag == "script"
        self.kind = ""

    def handle_data(self, text: str) -> None:
        if self.kind:
            self.scripts[self.kind] = text


def test_no_text_escapes_from_the_head_of_a_page() -> None:
    head = Head(imprint.html_head(NASTY))
    assert head.meta["og:title"] == "</script></title>\ufffd ]]> \"'&amp; #=;\\"
    assert head.meta["dcterms.identifier"] == NASTY.link
    linked = json.loads(head.scripts["application/ld+json"])
    assert linked["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert linked["name"] == NASTY.title
    assert evidence.loads(head.scripts["application/json"]) == NASTY


def test_a_workbook_with_evidence_is_still_one(record: Dataset) -> None:
    content = data.as_xlsx(record, Selection(tracks=frozenset({"sochi"})), ADDRESS)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "Events"


@pytest.mark.parametrize("content", [b"", b"GIF", imprint.PNG_BEGINS, b"\xff" * 99])
def test_what_is_no_picture_is_not_written_into(content: bytes) -> None:
    for into in (imprint.into_png, imprint.into_gif, imprint.into_pdf):
        with pytest.raises(errors.ExportError):
            into(content, NASTY)
    with pytest.raises(errors.ExportError):
        imprint.into_svg(content.decode("latin-1"), NASTY)


def test_a_gif_cut_in_its_head_is_not_written_into() -> None:
    with pytest.raises(errors.ExportError, match="too soon"):
        imprint.into_gif(gif()[:12], NASTY)


def test_the_evidence_of_a_view_fits_every_format(
    record: Dataset, tmp_path: Path
) -> None:
    said = evidence.of_day(record, View(), ADDRESS)
    for kind, write in {**WRITERS, **SLOW}.items():
        assert read(write(said), tmp_path) == (kind, said)
