"""Pictures: the size asked for, the state of Python, vectors and words with room."""

import io
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import law
import pypdf
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf.generic import DictionaryObject

from geo_astana import dates, errors, link, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import evidence, picture, reader
from geo_astana.export.picture import Picture, Studio
from geo_astana.link import View

EIGHTH = date(2017, 12, 21)
GHOUTA = date(2018, 2, 20)
SVG = "{http://www.w3.org/2000/svg}"
SUMMER = date(2017, 7, 22)
EARLY = date(2014, 1, 22)
CARD = View(day=EIGHTH, event="ast-08")
# Boxes of words that show: those that meet, and those that leave the picture or a map.
CROWDED = """() => {
  const shows = (node) => {
    const style = getComputedStyle(node);
    return style.visibility === 'visible' && style.display !== 'none';
  };
  const root = document.querySelector('.picture').getBoundingClientRect();
  const edges = (node) => node.getBoundingClientRect();
  const rooms = [...document.querySelectorAll('.geo .bg, .geo2 .bg')].map(edges);
  const inside = (box, room) => box.left >= room.left - 1 &&
    box.right <= room.right + 1 && box.bottom <= room.bottom + 1;
  const words = document.createTreeWalker(
    document.querySelector('.picture'), NodeFilter.SHOW_TEXT);
  const boxes = [];
  while (words.nextNode()) {
    const { data, parentElement } = words.currentNode;
    if (!data.trim() || !shows(parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const onMap = parentElement.closest('.maps-plot');
    for (const box of range.getClientRects()) {
      boxes.push([data.trim(), box, onMap ? rooms : [root]]);
    }
  }
  const faults = boxes
    .filter(([, box, within]) => !within.some((room) => inside(box, room)))
    .map(([words]) => `${words} is cut`);
  boxes.forEach(([words, one], at) => {
    for (const [others, other] of boxes.slice(at + 1)) {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // Two lines of one text may touch.
      const meet = wide > 2 && high > 4 && words !== others;
      if (meet) faults.push(`${words} meets ${others}`);
    }
  });
  for (const box of document.querySelectorAll('.legend, .sentence, .event')) {
    const low = box.scrollHeight > box.clientHeight + 2;
    if (low || box.scrollWidth > box.clientWidth + 1) faults.push(box.className);
  }
  return [boxes.length, faults];
}"""
# The callouts of the zones: all, those in the legend, and those with a leader.
CALLOUTS = """() => {
  const marks = (selector) => [...document.querySelectorAll(selector)]
    .filter((node) => node.dataset.look !== 'none')
    .filter((node) => getComputedStyle(node).visibility === 'visible')
    .map((node) => node.dataset.mark || node.dataset.away);
  return ['[data-part=call]', '[data-part=leader]', '[data-away^="call:"]'].map(marks);
}"""
# Width over height of each map that is drawn, and of the box around it.
ASPECTS = """() => [...document.querySelectorAll('.geo .bg, .geo2 .bg')].map((map) => {
  const { width, height } = map.getBoundingClientRect();
  return [map.closest('.geo2') ? 'syria' : 'region', width / height];
})"""


@pytest.fixture(scope="module")
def studio(record: Dataset) -> Iterator[Studio]:
    with Studio(record) as studio:
        yield studio


@pytest.fixture(scope="module")
def page(
    browser: Browser, record: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """The page that draws pictures, in a browser that answers questions."""
    path = tmp_path_factory.mktemp("picture") / "picture.html"
    path.write_text(picture.document(record), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate("window.ready")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [
        ("16:9", 1920, 1080),
        ("4:3", 1440, 1080),
        ("square", 1080, 1080),
        ("a4", 1123, 794),
        ("a4-tall", 794, 1123),
        ("og", 1200, 630),
        ("1001x563", 1001, 563),
        ("777x1200", 777, 1200),
    ],
)
def test_a_png_has_the_pixels_asked_for(
    studio: Studio, name: str, width: int, height: int
) -> None:
    for scale in (1, 2):
        wanted = Picture(View(day=EIGHTH), size=picture.size(name), scale=scale)
        with Image.open(io.BytesIO(studio.make(wanted))) as image:
            assert image.size == (width * scale, height * scale)
            image.verify()


def test_the_paper_is_that_of_the_theme_or_none(studio: Studio) -> None:
    def corner(theme: str, background: picture.Background) -> tuple[int, ...]:
        wanted = Picture(View(day=EIGHTH, theme=theme), background=background)
        with Image.open(io.BytesIO(studio.make(wanted))) as image:
            found = image.convert("RGBA").getpixel((3, 3))
            assert isinstance(found, tuple)
            return found

    assert corner("light", "paper") == (0xFB, 0xF8, 0xF2, 255)
    assert corner("dark", "paper") == (0x15, 0x19, 0x1D, 255)
    assert corner("light", "transparent")[3] == 0
    assert corner("dark", "transparent")[3] == 0


@pytest.mark.parametrize("kind", picture.KINDS)
@pytest.mark.parametrize("day", [EIGHTH, GHOUTA])
def test_an_svg_is_paths_and_words_alone(
    studio: Studio, kind: picture.Kind, day: date
) -> None:
    view = View(day=day, event="ast-08" if kind == "card" else "")
    text = studio.make(Picture(view, kind), "svg").decode()
    drawing = ET.fromstring(text)  # noqa: S314 - our own file
    tags = {node.tag.removeprefix(SVG) for node in drawing.iter()}
    assert {"path", "text"} <= tags
    assert not tags & {"image", "foreignObject", "pattern", "script", "filter"}
    links = re.findall(r"url\((?!&quot;data:|\"data:|data:)#?([^)]*)\)", text)
    assert set(links) <= {node.get("id") for node in drawing.iter()}
    assert "http://www.w3.org/1999/xlink" not in text
    assert (drawing.get("width"), drawing.get("height")) == ("1920", "1080")


def test_the_words_of_an_svg_are_those_of_the_day(
    studio: Studio, record: Dataset
) -> None:
    text = studio.make(Picture(View(day=EIGHTH)), "svg").decode()
    drawing = ET.fromstring(text)  # noqa: S314 - our own file
    said = " ".join(" ".join(node.itertext()) for node in drawing.iter(f"{SVG}text"))
    sentence = timeline.state_on(record, EIGHTH).sentence
    assert " ".join(sentence.split()) in " ".join(said.split())
    for words in ("21 December", "2017", "Round 8 · day 1 of 2", "Sources"):
        assert words in said


def test_a_picture_shows_the_state_of_python(studio: Studio, record: Dataset) -> None:
    """Marks and looks are those of the day; words may give way, none is wrong."""
    days = random.Random(8).sample(  # noqa: S311 - no secret
        [s.first for s in timeline.states(record)], 10
    )
    for day in (EIGHTH, GHOUTA, *days):
        text = studio.make(Picture(View(day=day), "stage"), "svg").decode()
        drawing = ET.fromstring(text)  # noqa: S314 - our own file
        drawn = {
            (
                node.get("data-mark"),
                node.get("data-part"),
                node.get("data-look"),
                " ".join("".join(node.itertext()).split()),
            )
            for node in drawing.iter()
            if node.get("data-part")
        }
        wanted = {row[:4] for row in law.expected(record, day, "medium")}
        assert len(drawn) > 20
        assert drawn <= wanted, day
        assert all(words for *_, words in wanted - drawn), day


@pytest.mark.parametrize("form", ["a4", "16:9"])
@pytest.mark.parametrize("kind", picture.KINDS)
def test_a_pdf_has_its_fonts_and_no_image(
    studio: Studio, kind: picture.Kind, form: str
) -> None:
    size = picture.size(form)
    content = studio.make(Picture(CARD, kind, size), "pdf")
    paper = pypdf.PdfReader(io.BytesIO(content))
    (sheet,) = paper.pages
    assert sheet.mediabox.width == pytest.approx(size.width * 0.75, abs=0.5)
    assert sheet.mediabox.height == pytest.approx(size.height * 0.75, abs=0.5)
    objects = [paper.get_object(at) for at in paper.xref[0]]
    parts = [part for part in objects if isinstance(part, DictionaryObject)]
    assert "/Image" not in [part.get("/Subtype") for part in parts]
    fonts = [part for part in parts if part.get("/Type") == "/FontDescriptor"]
    embedded = [font for font in fonts if "/FontFile2" in font]
    faces = [part for part in parts if part.get("/Subtype") == "/CIDFontType2"]
    assert len(embedded) >= len(faces) > 0
    read = sheet.extract_text()
    assert "CC BY 4.0" in read
    if kind in ("slide", "stage", "syria"):
        assert read.count("Latakia") == 1


def test_an_a4_page_is_an_a4_page(studio: Studio) -> None:
    content = studio.make(Picture(View(day=EIGHTH), size=picture.size("a4")), "pdf")
    (sheet,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert sheet.mediabox.width / 72 * 25.4 == pytest.approx(297, abs=0.3)
    assert sheet.mediabox.height / 72 * 25.4 == pytest.approx(210, abs=0.3)


def show(page: Page, record: Dataset, wanted: Picture) -> dict[str, Any]:
    """Shows a picture in the page and gives what it says of it."""
    across, down = wanted.size.layout
    page.set_viewport_size({"width": int(across + 1), "height": int(down + 1)})
    said = evidence.of_day(record, wanted.view, picture.ADDRESS)
    if wanted.kind == "card":
        said = evidence.of_event(record, wanted.view.event, wanted.view, "")
    asked = picture.words(record, wanted, said)
    shown: dict[str, Any] = page.evaluate(
        "(asked) => geoAstana.picture.show(asked)", asked
    )
    credit = page.locator(".picture-credit > :first-child")
    assert credit.text_content() == " · ".join(asked["credit"])
    assert credit.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")
    return shown


@pytest.mark.parametrize("name", [*picture.SIZES, "560x360", "1600x700"])
def test_words_have_room_at_every_size(page: Page, record: Dataset, name: str) -> None:
    size = picture.size(name)
    states = timeline.states(record)
    longest = sorted(states, key=lambda state: -len(state.sentence))[:3]
    crowded = sorted(states, key=lambda state: -len(state.marks))[:3]
    some = random.Random(name).sample(states, 6)  # noqa: S311 - no secret
    for state in (*longest, *crowded, *some):
        shown = show(page, record, Picture(View(day=state.first), size=size))
        count, faults = page.evaluate(CROWDED)
        assert count > 20
        assert not faults, state.first
        assert not shown["cut"], state.first


@pytest.mark.parametrize("kind", ["stage", "region", "syria", "timeline", "card"])
def test_words_have_room_at_the_least_size(
    page: Page, record: Dataset, kind: picture.Kind
) -> None:
    across, down = picture.LEAST[kind]
    size = picture.size(f"{across}x{down}")
    rounds = ["ast-05", "ast-08", "ast-13", "unsc-2139"]
    for day, event in zip((EIGHTH, GHOUTA, SUMMER, EARLY), rounds, strict=True):
        view = View(day=day, event=event if kind == "card" else "")
        shown = show(page, record, Picture(view, kind, size))
        count, faults = page.evaluate(CROWDED)
        assert count > 10
        assert not faults, day
        assert not shown["cut"], day


@pytest.mark.parametrize("kind", picture.KINDS)
def test_a_size_without_room_for_words_is_refused_with_the_least(
    studio: Studio, kind: picture.Kind
) -> None:
    across, down = picture.LEAST[kind]
    for size in (f"{across - 1}x{down}", f"{across}x{down - 1}"):
        with pytest.raises(errors.ExportError, match=f"at least {across}x{down}|each"):
            studio.make(Picture(CARD, kind, picture.size(size)))
    # A long picture has no fewer pixels to lay out than it has.
    long = picture.size(f"{across}x{2 * across}")
    assert not picture.too_small(kind, long)


def test_a_callout_without_room_stands_in_the_legend(
    page: Page, record: Dataset
) -> None:
    moved = 0
    for name in ("16:9", "560x360"):
        view = View(day=EIGHTH)
        show(page, record, Picture(view, "stage", picture.size(name)))
        written, led, away = page.evaluate(CALLOUTS)
        assert len({*written, *away}) == len(written) + len(away) == 4  # four zones
        assert sorted(led) == sorted(written)
        moved += len(away)
    assert moved


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("slide", "2500x1000"),
        ("region", "2500x1000"),
        ("region", "500x1000"),
        ("syria", "500x1000"),
        ("slide", "square"),
        ("slide", "700x800"),
    ],
)
def test_no_map_is_wider_or_higher_than_its_base(
    page: Page, record: Dataset, kind: picture.Kind, name: str
) -> None:
    """Beyond it would be sea that is none; see tests/test_frame.py."""
    view = View(day=EIGHTH)
    show(page, record, Picture(view, kind, picture.size(name)))
    reach = {"region": (0.9, 2.42), "syria": (0.5, 3.0)}
    found = page.evaluate(ASPECTS)
    assert len(found) == (2 if kind == "slide" else 1)
    for map_, aspect in found:
        assert reach[map_][0] < aspect < reach[map_][1]


def test_beside_a_map_that_was_turned_there_is_paper(studio: Studio) -> None:
    view = View(day=EIGHTH, region=(40, 44, 1.6, 50))
    with Image.open(io.BytesIO(studio.make(Picture(view, "region")))) as image:
        middle = image.height // 2
        row = [image.getpixel((x, middle)) for x in range(48, image.width - 48)]
    # A strip of paper between the frame and the edge of the map.
    assert row[8][:3] == (0xFB, 0xF8, 0xF2)  # type: ignore[index]


def test_a_day_without_sources_says_so(page: Page, record: Dataset) -> None:
    strip = selection.Selection(tracks=frozenset({"sochi"}))
    show(page, record, Picture(View(day=EARLY, selection=strip)))
    told = page.locator(".picture-sources").text_content()
    assert told == "No source: nothing of the selection holds on this day."


def test_words_of_a_tour_stand_in_place_of_the_sentence(
    page: Page, record: Dataset
) -> None:
    show(page, record, Picture(View(day=EIGHTH), words="Idlib alone is left."))
    assert page.locator(".sentence").text_content() == "Idlib alone is left."


def test_words_without_room_are_told_and_not_cut(studio: Studio) -> None:
    wanted = Picture(View(day=EIGHTH), words="No round was held. " * 200)
    with pytest.raises(
        errors.ExportError, match=r"“No round was held\..*…” has no room"
    ):
        studio.make(wanted)


def test_a_wrong_size_is_told_by_its_beginning() -> None:
    with pytest.raises(errors.ExportError) as told:
        picture.size("x" * 500)
    assert "“" + 40 * "x" + "”" in str(told.value)


def test_names_in_every_script_have_their_letters(page: Page) -> None:
    """A picture draws Latin, Cyrillic and Arabic in the faces it brings."""
    faces = page.evaluate(
        """() => ['ä ş', 'Нұр', 'أستانا'].map((words) =>
          document.fonts.check('12px "Noto Sans", "Noto Sans Arabic"', words))"""
    )
    assert faces == [True, True, True]


@pytest.mark.parametrize("form", picture.FORMS)
def test_a_picture_says_where_it_comes_from(
    studio: Studio, record: Dataset, tmp_path: Path, form: picture.Form
) -> None:
    chosen = selection.Selection(tracks=frozenset({"astana"}))
    view = View(day=EIGHTH, selection=chosen)
    path = tmp_path / f"picture.{form}"
    path.write_bytes(studio.make(Picture(view), form))
    _, said = reader.read(path)
    assert said.title == "21 December 2017"
    assert said.date == "2017-12-21"
    assert said.version == record.version
    assert said.link == f"{picture.ADDRESS}?{link.write(view, record)}"
    assert said.selection
    assert dates.in_words(EIGHTH) in said.alt


@pytest.mark.parametrize(
    "wrong", ["", "16:10", "100x100", "9999x9999", "3000x300", "300x3000", "1920x"]
)
def test_a_size_that_is_none_is_named(wrong: str) -> None:
    with pytest.raises(errors.ExportError, match=r"16:9|pixels|room"):
        picture.size(wrong)


def test_a_card_needs_its_event(studio: Studio) -> None:
    with pytest.raises(errors.ExportError, match="event"):
        studio.make(Picture(View(day=EIGHTH), "card"))


@pytest.mark.parametrize("scale", [0, -1, 4.5, float("nan")])
def test_a_scale_has_its_bounds(studio: Studio, scale: float) -> None:
    with pytest.raises(errors.ExportError, match="scale"):
        studio.make(Picture(scale=scale))


def test_a_picture_has_no_more_pixels_than_a_screenshot(studio: Studio) -> None:
    with pytest.raises(errors.ExportError, match="megapixels"):
        studio.make(Picture(size=picture.size("7680x4320"), scale=2))
