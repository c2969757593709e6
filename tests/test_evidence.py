"""What a file says of itself: the view in words, its link, its sources."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import citation, errors, link, selection, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import data, evidence
from geo_astana.export.evidence import Evidence
from geo_astana.link import View
from geo_astana.selection import Selection

ADDRESS = "https://example.org/map/"
ASTANA_8 = date(2017, 12, 21)
FILTER = Path(__file__).parents[1] / "assets" / "view" / "filter.js"


def view(query: str, record: Dataset) -> View:
    found = link.read(query, record)
    assert found.wrong == ()
    return found


def table(name: str) -> dict[str, str]:
    """A table of words in the script of the filter."""
    body = re.search(
        rf"const {name} = {{(.*?)}};", FILTER.read_text("utf-8"), re.DOTALL
    )
    assert body
    return dict(re.findall(r'"?([\w-]+)"?: "([^"]+)"', body[1]))


def test_the_words_are_those_of_the_filter() -> None:
    status = evidence.STATUS_WORDS.items()
    assert table("STATUS_WORDS") == {
        word.replace(" ", "-"): say for word, say in status
    }
    titles = {name: words.lower() for name, words in table("TITLES").items()}
    assert titles == evidence.FACET_WORDS


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ""),
        ("tracks=astana", "Astana process"),
        (
            "roles=guarantor&actors=russia&tracks=geneva,astana",
            "Astana process · Geneva talks · Russia · guarantors",
        ),
        ("zones=idlib&status=in-force", "Idlib area · in force"),
        ("tracks=astana,geneva,sochi&kinds=round", "3 lines of talks · rounds"),
    ],
)
def test_a_selection_is_said_as_on_the_screen(
    record: Dataset, query: str, words: str
) -> None:
    assert evidence.words(record, view(query, record).selection) == words


def test_a_picture_says_its_day_and_opens_it_again(record: Dataset) -> None:
    asked = view("date=2018-02-20&tracks=zone&theme=dark", record)
    said = evidence.of_day(record, asked, ADDRESS)
    assert (said.title, said.date) == ("20 February 2018", "2018-02-20")
    assert (said.selection, said.version) == ("Zones", record.version)
    address, _, query = said.link.partition("?")
    assert address == ADDRESS
    assert link.read(query, record) == asked
    framed = view(f"{query}&panel=table&embed=map&clock=off", record)
    assert evidence.of_day(record, framed, ADDRESS).link == said.link
    assert (said.licence, said.credit) == (data.LICENCE, data.ATTRIBUTION)
    assert said.software.startswith("geo-astana ")


def test_a_view_without_a_day_is_that_of_the_opening(record: Dataset) -> None:
    said = evidence.of_day(record, View(), ADDRESS)
    assert said.title == "21 December 2017"
    assert said.link == f"{ADDRESS}?date=2017-12-21"


def test_the_alternative_text_tells_who_sits_where_and_how_zones_stand(
    record: Dataset,
) -> None:
    alt = evidence.of_day(record, View(day=ASTANA_8), ADDRESS).alt
    assert alt.startswith("Two maps and a timeline on 21 December 2017. The eighth")
    assert timeline.state_on(record, ASTANA_8).sentence in alt
    assert "Sitting: Astana round 8 in Astana." in alt
    assert "Idlib area in force" in alt
    agreed = evidence.of_day(record, View(day=date(2017, 6, 1)), ADDRESS).alt
    assert "Idlib area agreed, not yet in force" in agreed


def test_the_alternative_text_calls_the_capital_by_its_name_of_the_day(
    record: Dataset,
) -> None:
    alt = evidence.of_day(record, View(day=date(2019, 4, 25)), ADDRESS).alt
    assert "Astana round 12 in Nur-Sultan" in alt


def test_no_alternative_text_is_longer_than_a_breath(record: Dataset) -> None:
    days = [state.first for state in timeline.states(record)]
    alts = [evidence.of_day(record, View(day=day), ADDRESS).alt for day in days]
    assert max(map(len, alts)) <= evidence.ALT_LETTERS
    event = replace(record.events["ast-08"], phrase="so many words " * 100)
    wordy = replace(record, events={**record.events, "ast-08": event})
    cut = evidence.of_day(wordy, View(day=ASTANA_8), ADDRESS).alt
    assert len(cut) <= evidence.ALT_LETTERS
    assert cut.endswith(" …")


def test_the_sources_are_those_of_the_cards_in_their_order_each_once(
    record: Dataset,
) -> None:
    sources = [s.source_id for s in evidence.sources_of(record, View(day=ASTANA_8))]
    own = record.events["ast-08"].source_ids
    assert tuple(sources[: len(own)]) == own
    assert len(set(sources)) == len(sources)
    said = evidence.of_day(record, View(day=ASTANA_8), ADDRESS)
    assert said.sources[0] == citation.text(record.sources[own[0]].record)
    assert len(said.sources) == len(sources)


def test_a_selection_leaves_out_the_sources_of_what_it_leaves_out(
    record: Dataset,
) -> None:
    astana = view("date=2017-12-21&tracks=astana&status=held", record)
    sources = [source.source_id for source in evidence.sources_of(record, astana)]
    assert tuple(sources) == record.events["ast-08"].source_ids
    nothing = view("date=2017-12-21&tracks=sochi&zones=idlib", record)
    assert evidence.sources_of(record, nothing) == []


def test_a_plan_is_cited_by_its_claim_and_a_zone_by_its_outline_too(
    record: Dataset,
) -> None:
    planned = view("date=2017-12-21&status=planned", record)
    claims = {claim.source_id for claim in record.plans}
    sources = {source.source_id for source in evidence.sources_of(record, planned)}
    assert sources
    assert sources <= claims
    zone = view("date=2018-03-12&zones=east-ghouta&tracks=zone", record)
    outline = record.outline_on("east-ghouta", date(2018, 3, 12))
    assert outline
    own = record.zone_events["east-ghouta"].source_ids
    assert set(outline.source_ids) - set(own)
    cited = {source.source_id for source in evidence.sources_of(record, zone)}
    assert set(outline.source_ids) <= cited


def test_a_deck_says_its_first_and_last_day_and_all_sources(record: Dataset) -> None:
    days = [date(2018, 2, 20), ASTANA_8, date(2018, 1, 30)]
    said = evidence.of_days(record, days, View(), ADDRESS, "Three days")
    assert (said.title, said.date) == ("Three days", "2017-12-21/2018-02-20")
    assert said.link == f"{ADDRESS}?date=2018-02-20"
    assert "on 3 days, 21 December 2017 to 20 February 2018" in said.alt
    for day in days:
        of_one = evidence.of_day(record, View(day=day), ADDRESS)
        assert set(of_one.sources) <= set(said.sources)
    assert len(set(said.sources)) == len(said.sources)


def test_a_deck_of_one_day_says_that_day(record: Dataset) -> None:
    said = evidence.of_days(record, [ASTANA_8], View(), ADDRESS, "One")
    assert said.date == "2017-12-21"
    assert "On 21 December 2017: The eighth Astana round opens." in said.alt


def test_a_card_says_its_event(record: Dataset) -> None:
    said = evidence.of_event(record, "ast-08", View(), ADDRESS)
    assert (said.title, said.date) == ("Astana round 8", "2017-12-21/2017-12-22")
    assert said.link == f"{ADDRESS}?date=2017-12-21&event=ast-08"
    assert said.alt.startswith("Astana round 8, 21–22 December 2017, Astana. They")
    own = record.events["ast-08"].source_ids
    assert said.sources == tuple(citation.text(record.sources[k].record) for k in own)


def test_a_page_says_that_it_holds_every_day(record: Dataset) -> None:
    said = evidence.of_record(record, View(), ADDRESS, "The record")
    assert said.date == f"{record.record.first}/{record.record.last}"
    assert said.link == ADDRESS
    cited = {key for event in record.events.values() for key in event.source_ids}
    assert len(said.sources) == len(cited)


def test_a_table_says_how_many_events_and_from_when_to_when(record: Dataset) -> None:
    astana = Selection(tracks=frozenset({"astana"}))
    said = evidence.of_events(record, astana, f"{ADDRESS}?tracks=astana")
    kept = selection.events(record, astana)
    assert said.alt == f"{len(kept)} of {len(record.events)} events as data."
    assert said.date == "2015-05-25/2025-06-30"
    whole = evidence.of_events(record, selection.EVERYTHING, ADDRESS)
    assert whole.alt == f"All {len(record.events)} events as data."


def test_a_table_of_nothing_says_so(record: Dataset) -> None:
    nothing = Selection(tracks=frozenset({"sochi"}), zones=frozenset({"north-homs"}))
    said = evidence.of_events(record, nothing, ADDRESS)
    assert said.alt.startswith("0 of ")
    assert said.sources == ()


def test_the_short_credit_is_publisher_and_day_as_far_as_it_is_known(
    record: Dataset,
) -> None:
    one = next(iter(record.sources.values()))
    cases = {
        ("TASS", "2017-08-23"): "TASS, 23 Aug 2017",
        ("TASS", "2017-08"): "TASS, Aug 2017",
        ("TASS", "2017"): "TASS, 2017",
        ("TASS", ""): "TASS",
    }
    sources = [
        replace(one, publisher=publisher, issued=issued) for publisher, issued in cases
    ]
    assert evidence.short_credits([*sources, *sources]) == tuple(cases.values())
    titled = replace(one, publisher="", title="A paper", issued="2017")
    assert evidence.short_credits([titled]) == ("A paper, 2017",)
    assert all(evidence.short_credits(record.sources.values()))


TEXT = st.text(max_size=30)
SAID = st.builds(
    Evidence,
    *([TEXT] * 6),
    st.lists(TEXT, max_size=3).map(tuple),
    *([TEXT] * 3),
)


@given(said=SAID, after=st.text(max_size=10))
def test_what_is_written_for_programs_is_read_as_it_was(
    said: Evidence, after: str
) -> None:
    line = evidence.dumps(said)
    assert line.isascii()
    assert line.startswith(evidence.MARK)
    assert not set(line) & set("<>&\n\r")
    assert evidence.loads(line + after) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        evidence.MARK,
        evidence.MARK + "}",
        evidence.MARK + ', "title": 1}',
        evidence.MARK + ', "title": ' + "9" * 10_000 + "}",
    ],
)
def test_what_is_no_evidence_is_refused(text: str) -> None:
    with pytest.raises(errors.ExportError, match="damaged"):
        evidence.loads(text)


def test_halves_of_characters_are_replaced(record: Dataset) -> None:
    whole = evidence.of_event(record, "ast-08", View(), ADDRESS)
    half = replace(whole, title="a\ud800b", sources=("\udfff",))
    read = evidence.loads(evidence.dumps(half))
    assert (read.title, read.sources) == ("a?b", ("?",))


def test_sources_that_are_no_texts_are_refused(record: Dataset) -> None:
    line = evidence.dumps(evidence.of_event(record, "ast-08", View(), ADDRESS))
    for wrong in ('"sources": 5', '"sources": [null]', '"sources": {}'):
        spoiled = re.sub(r'"sources": \[.*?\](?=, "licence")', wrong, line)
        assert spoiled != line
        with pytest.raises(errors.ExportError):
            evidence.loads(spoiled)
