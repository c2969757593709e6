"""The About page counts from the record and names its licences; CITATION.cff agrees."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import html
from dash.development.base_component import Component

import geo_astana
from geo_astana import about, citation
from geo_astana.dataset import Dataset

ROOT = Path(__file__).parents[1]
CFF = (ROOT / "CITATION.cff").read_text("utf-8")
PACKAGE = json.loads((ROOT / "data" / "geo" / "datapackage.json").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTE = about.note("more", "close")


def walk(node: object) -> Iterator[object]:
    """Every component and text below a component, itself first, in reading order."""
    yield node
    children = getattr(node, "children", None)
    for child in children if isinstance(children, list) else [children]:
        if child is not None:
            yield from walk(child)


def parts(node: Component, kind: type[Component]) -> list[Any]:
    return [part for part in walk(node) if isinstance(part, kind)]


def text(node: Component) -> str:
    return " ".join(part for part in walk(node) if isinstance(part, str))


def cff(key: str) -> str:
    """The value of a key of CITATION.cff's first level, in one line."""
    (value,) = re.findall(rf"^{key}: (.+)$", CFF, re.MULTILINE)
    return str(value).strip('"')


@pytest.fixture(scope="module")
def page(record: Dataset) -> html.Article:
    return about.page(record)


def test_the_figures_are_those_of_the_record(
    page: html.Article, record: Dataset
) -> None:
    figures = parts(page, html.Dl)[0]
    names = [text(part) for part in parts(figures, html.Dt)]
    counts = [int(text(part)) for part in parts(figures, html.Dd)]
    assert dict(zip(names, counts, strict=True)) == {
        "events": len(record.events),
        "claims": len(record.claims),
        "sources": len(record.sources),
        "places": len(record.gazetteer.places),
        "dated outlines": len(record.outlines),
    }


def test_version_date_and_span_are_those_of_the_record(record: Dataset) -> None:
    words = text(about.page(replace(record, version="9.8.7", as_of="2031-02-03")))
    assert words.count("9.8.7") == 3
    assert "3 February 2031" in words
    assert "1 January 2012 to 31 December 2025" in words
    assert record.version not in words


def test_a_record_with_fewer_events_has_other_counts(record: Dataset) -> None:
    kept = {"cf-2016-12": record.events["cf-2016-12"]}
    words = text(about.page(replace(record, events=kept, outlines=(), claims=())))
    assert "0 of 1 events rest on a single source" in words
    assert "0 high, 1 medium, 0 low" in words
    assert "of 0 announced dates" in words
    assert "Events of this kind: 1." in words


def test_the_longest_ceasefire_without_a_known_end_is_named(
    page: html.Article, record: Dataset
) -> None:
    truce = record.events["cf-2016-12"]
    assert f"“{truce.title}”, attested until 15 May 2018" in text(page)


def test_every_zone_has_its_outlines_and_their_error(
    page: html.Article, record: Dataset
) -> None:
    rows = [
        [text(cell) for cell in walk(row) if isinstance(cell, html.Th | html.Td)]
        for row in parts(parts(page, html.Table)[0], html.Tr)[1:]
    ]
    assert sum(int(row[1]) for row in rows) == len(record.outlines)
    assert ["Eastern Ghouta", "4", "2 km", "158 → 23"] in rows


def test_every_licence_and_giver_of_the_attribution_is_named(
    page: html.Article,
) -> None:
    attribution = (ROOT / "ATTRIBUTION.md").read_text("utf-8")
    words = text(page)
    tables = re.findall(r"^\| (.+) \|$", attribution, re.MULTILINE)
    linked = re.findall(r"\[([^\]]+)\]\(http", "\n".join(tables))
    packages = re.findall(r"(?:PyPI|npm) `(.+?)`", "\n".join(tables))
    fonts = re.findall(r"Noto Sans Arabic|Noto Serif Display", "\n".join(tables))
    assert linked
    assert packages
    assert fonts
    for name in [*linked, *packages, *fonts, "MIT", "public domain", "LICENSE-DATA"]:
        assert name in words, name
    assert "SIL Open Font License 1.1" in attribution
    assert "SIL Open Font License 1.1" in words


def test_no_level_of_heading_is_left_out(page: html.Article) -> None:
    kinds = (html.H1, html.H2, html.H3, html.H4, html.H5, html.H6)
    levels = [
        kinds.index(type(part)) + 1 for part in walk(page) if isinstance(part, kinds)
    ]
    assert levels[0] == 2
    assert levels.count(2) == 1
    assert set(levels) == {2, 3}


def test_the_contents_lead_to_every_heading(page: html.Article) -> None:
    (contents,) = parts(page, html.Nav)
    links = {(text(link), link.href) for link in parts(contents, html.A)}
    headings = parts(page, html.H3)
    assert links == {(text(heading), f"#{heading.id}") for heading in headings}
    assert len(links) == len(headings)


def test_links_leave_by_https_only(page: html.Article) -> None:
    away = [link for link in parts(page, html.A) if not link.href.startswith("#")]
    assert away
    for link in away:
        assert link.href.startswith("https://")
        assert link.rel == "noopener noreferrer"


def test_the_five_drawings_are_looks_of_the_legend(page: html.Article) -> None:
    legend = (ROOT / "assets" / "view" / "view.js").read_text("utf-8")
    style = (ROOT / "assets" / "geo-astana.css").read_text("utf-8")
    assert len(about.DRAWINGS) == 5
    for looks, name, _ in about.DRAWINGS:
        assert name in text(page)
        for look in looks:
            assert f'["{look}", ' in legend
            assert f'.swatch[data-look="{look}"]' in style


def test_the_note_is_short_and_has_its_two_buttons() -> None:
    buttons = parts(NOTE, html.Button)
    words = text(NOTE)
    for button in buttons:
        words = words.replace(text(button), "", 1)
    assert len(words.split()) <= 60
    assert [button.id for button in buttons] == ["more", "close"]


def test_the_citation_file_says_what_the_page_says(record: Dataset) -> None:
    (author,) = re.findall(r"^ {2}- name: (.+)$", CFF, re.MULTILINE)
    whole = citation.of_record(record.version, record.as_of)
    for cited in (citation.text(whole), citation.bibtex(whole)):
        assert author in cited
        assert cff("title") in cited
        assert cff("version") in cited
        assert cff("date-released")[:4] in cited


def test_the_citation_file_agrees_with_package_and_data() -> None:
    (licence,) = (entry["name"] for entry in PACKAGE["licenses"])
    assert cff("cff-version") == "1.2.0"
    assert cff("type") == "dataset"
    assert cff("version") == geo_astana.__version__ == PACKAGE["version"]
    assert cff("date-released") == PACKAGE["created"][:10]
    assert cff("license") == licence
    assert cff("license") in PROJECT["license"].split(" AND ")
    keywords = CFF.partition("\nkeywords:\n")[2]
    assert re.findall(r"^ {2}- (.+)$", keywords, re.MULTILINE) == PROJECT["keywords"]


def test_no_colour_is_named_in_the_style_sheet() -> None:
    style = (ROOT / "assets" / "about.css").read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", style)
