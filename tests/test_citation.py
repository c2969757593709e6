"""A citation is readable, valid BibTeX and the same source in all three forms."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import citation
from geo_astana.dataset import Dataset

ARTICLE = {
    "id": "article-001",
    "type": "article-newspaper",
    "author": [{"family": "Ersoy", "given": "Mehmet"}],
    "title": "Syria Ceasefire Conference",
    "container-title": "Global Research",
    "issued": {"date-parts": [[2017, 1, 26]]},
    "URL": "https://example.org/a_b?c=d%20e",
}
RESOLUTION = {
    "id": "sc-res-2042",
    "type": "legislation",
    "title": "United Nations Security Council resolution 2042 (2012)",
    "publisher": "United Nations Security Council",
    "number": "S/RES/2042 (2012)",
    "issued": {"date-parts": [[2012, 4, 14]]},
    "URL": "https://undocs.org/S/RES/2042(2012)",
}
LETTER = {
    "id": "letter",
    "type": "report",
    "title": "Letter on the ceasefire",
    "publisher": "United Nations Security Council",
    "number": "S/2016/1133",
    "issued": {"date-parts": [[2016, 12]]},
}
DESCRIBED = {
    "id": "tass-1",
    "type": "article-newspaper",
    "title": "[TASS report on the “silence” in Ghouta]",
    "container-title": "TASS",
}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            ARTICLE,
            (
                "Mehmet Ersoy, “Syria Ceasefire Conference”, Global Research, "
                "26 January 2017. https://example.org/a_b?c=d%20e"
            ),
        ),
        (
            RESOLUTION,
            (
                "United Nations Security Council resolution 2042 (2012), "
                "14 April 2012, S/RES/2042 (2012). https://undocs.org/S/RES/2042(2012)"
            ),
        ),
        (
            LETTER,
            (
                "Letter on the ceasefire, United Nations Security Council, "
                "December 2016, S/2016/1133."
            ),
        ),
        (DESCRIBED, "[TASS report on the “silence” in Ghouta], no date."),
        (
            {"title": "A “quoted” word", "container-title": "A", "publisher": "A Ltd"},
            "“A ‘quoted’ word”, A Ltd, no date.",
        ),
        (
            {"title": "T", "author": [{"literal": "Red Cross"}]},
            "Red Cross, “T”, no date.",
        ),
        ({"title": "T", "issued": {"date-parts": [[2017, 13]]}}, "“T”, 2017."),
        ({"title": "T", "issued": {"raw": "soon"}}, "“T”, no date."),
        ({"title": "T", "author": ["somebody"], "number": 7}, "“T”, no date, 7."),
        ({"title": "T", "author": "somebody"}, "“T”, no date."),
    ],
)
def test_a_citation_reads_as_one_line(record: dict[str, object], words: str) -> None:
    assert citation.text(record) == words


def test_an_article_is_an_article_in_bibtex() -> None:
    assert citation.bibtex(ARTICLE) == (
        "@article{article-001,\n"
        "  author = {Ersoy, Mehmet},\n"
        "  title = {{Syria Ceasefire Conference}},\n"
        "  journal = {Global Research},\n"
        "  year = {2017},\n"
        "  month = jan,\n"
        "  day = {26},\n"
        "  url = {https://example.org/a_b?c=d%20e}\n"
        "}"
    )


@pytest.mark.parametrize(
    ("record", "entry_type", "field"),
    [
        (RESOLUTION, "misc", "note = {S/RES/2042 (2012)}"),
        (LETTER, "techreport", "number = {S/2016/1133}"),
        (LETTER, "techreport", "institution = {United Nations Security Council}"),
        (DESCRIBED, "article", "journal = {TASS}"),
    ],
)
def test_the_type_decides_entry_and_fields(
    record: dict[str, object], entry_type: str, field: str
) -> None:
    entry = citation.bibtex(record)
    assert entry.startswith(f"@{entry_type}{{")
    assert field in entry


def balanced(entry: str) -> bool:
    """Whether no brace closes before it opens and none stays open, as BibTeX counts."""
    depth = 0
    for at, mark in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0 or (depth == 0 and "{" in entry[:at] and at < len(entry) - 1):
            return False
    return depth == 0


@given(
    st.text(),
    st.text(),
    st.text(alphabet="ab{}\\ %_&"),
    st.text(alphabet="ab,{}é@_"),
)
def test_no_text_breaks_out_of_a_bibtex_entry(
    title: str, name: str, address: str, key: str
) -> None:
    record = {
        "id": key,
        "title": title,
        "author": [{"family": name}],
        "container-title": name,
        "URL": address,
    }
    entry = citation.bibtex(record)
    assert balanced(entry)
    assert re.match(r"@misc\{[A-Za-z0-9_+-]+,\n", entry)


@given(st.sets(st.text(alphabet="ab,{+-2c", min_size=1), min_size=2, max_size=2))
def test_different_ids_have_different_keys(ids: set[str]) -> None:
    assert len({citation.bibtex({"id": each}) for each in ids}) == 2


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("50 % & more", r"50 \% \& more"),
        ("a_b #1 $2", r"a\_b \#1 \$2"),
        ("{x} \\ ~ ^", r"\textbraceleft{}x\textbraceright{} \textbackslash{} "),
        ("Нур-Султан", "Нур-Султан"),
    ],
)
def test_marks_of_latex_are_escaped(written: str, escaped: str) -> None:
    assert escaped in citation.bibtex({"id": "a", "title": written})


def test_every_source_of_the_record_has_a_key_and_balanced_entry(
    record: Dataset,
) -> None:
    entries = [citation.bibtex(source.record) for source in record.sources.values()]
    keys = {entry.split("{")[1].split(",")[0].casefold() for entry in entries}
    assert len(keys) == len(entries) == len(record.sources)
    assert all(balanced(entry) for entry in entries)


def test_no_source_names_a_publisher_twice(record: Dataset) -> None:
    for source in record.sources.values():
        words = citation.text(source.record)
        name = source.publisher
        assert f"{name}, {name}" not in words
        assert words.endswith(source.url or ".")
        assert ", ," not in words


def test_the_entry_of_this_record_leaves_room_for_link_and_day() -> None:
    own = citation.of_entry(
        "ast-06", "Round {link}", "14–15 September 2017", "0.1.0", "2026-11-22"
    )
    words, entry = citation.text(own), citation.bibtex(own)
    assert words == (
        "“Round {link} (14–15 September 2017)”, geo-astana: The Syrian ceasefire "
        "talks, dated and geocoded, version 0.1.0, 22 November 2026. "
        "{link} (accessed {today})"
    )
    assert "  url = {{link}},\n  urldate = {{today}}" in entry
    # The browser fills in the last one; that of a title must not be the last.
    assert entry.count(citation.LINK) == 1
    assert balanced(entry)
    assert own["URL"] == citation.LINK
    assert "issued" not in citation.of_entry("a", "A", "", "0.1.0", "")


def test_the_title_is_that_of_the_data_package(record: Dataset) -> None:
    package = (record.folder / "datapackage.json").read_text(encoding="utf-8")
    assert f'"title": "{citation.TITLE.removeprefix("geo-astana: ")}"' in package
