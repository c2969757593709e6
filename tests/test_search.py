"""The catalogue of the search field: every name, folded one way, and small."""

import gzip
import json
from typing import Any

import pytest

from geo_astana import catalogue, gazetteer, payload, tables
from geo_astana.dataset import Dataset

# Loaded when the field is first used, so it may not weigh like a picture.
MOST_BYTES = 24_000

Index = dict[str, Any]


@pytest.fixture(scope="module")
def index(record: Dataset) -> Index:
    return catalogue.index(record)


def folded(names: list[str]) -> set[tuple[str, ...]]:
    return {tuple(catalogue.words(name)) for name in names}


def test_every_event_stands_with_its_place_zones_and_participants(
    record: Dataset, index: Index
) -> None:
    places, actors = list(record.gazetteer.places), list(record.actors)
    rows = {row[0]: row[1:] for row in index["events"]}
    assert list(rows) == list(payload.build(record)["events"])
    for event_id, (place, zones, _, people, _) in rows.items():
        event = record.events[event_id]
        held = record.participants.get(event_id, ())
        assert (places[place] if place >= 0 else "") == event.place_id
        assert len(zones) == len(event.zone_ids)
        assert {
            (actors[actor], index["roles"][role][0]) for actor, role, _ in people
        } == {(row.actor_id, row.role) for row in held}
        named = " ".join(row.person for row in held)
        assert all(index["people"][who] in named for *_, who in people if who >= 0)


def test_every_name_of_a_place_in_any_language_is_there(
    record: Dataset, index: Index
) -> None:
    for place_id, (_, names) in zip(
        record.gazetteer.places, index["places"], strict=True
    ):
        known = [name.name for name in record.gazetteer.names_of(place_id)]
        assert folded(known) == folded(names), place_id


def test_every_name_of_an_actor_in_any_language_is_there(
    record: Dataset, index: Index
) -> None:
    rows = tables.read(record.folder).rows["actors.csv"]
    assert len(rows) == len(index["actors"])
    for row, (short, names) in zip(rows, index["actors"], strict=True):
        written = [
            row["name"],
            row["name_ar"],
            row["name_ru"],
            *row["aliases"].split(";"),
        ]
        assert short == row["short"]
        assert folded([name for name in written if name.strip()]) <= folded(names)


def test_a_place_bears_the_newest_of_its_labels(record: Dataset, index: Index) -> None:
    at = list(record.gazetteer.places).index("astana")
    label, names = index["places"][at]
    assert label == "Astana"
    assert {"Nur-Sultan", "Нур-Султан", "نور سلطان"} <= set(names)


def test_no_word_of_a_summary_is_lost(record: Dataset, index: Index) -> None:
    for event_id, *_, further in index["events"]:
        event = record.events[event_id]
        titled = catalogue.words(f"{event.title} {event.short}")
        kept = {*further.split(), *titled}
        assert set(catalogue.words(event.summary)) <= kept, event_id
        assert not {*further.split()} & {*titled}, event_id


def test_the_catalogue_repeats_no_title_and_stays_small(
    record: Dataset, index: Index
) -> None:
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    assert len(gzip.compress(text.encode(), 9)) < MOST_BYTES
    assert record.events["zone-mem"].title not in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dar'a", ["dara"]),
        ("al-Rastan", ["al", "rastan"]),
        ("الرستن", ["رستن"]),
        ("Recep Tayyip Erdoğan", ["recep", "tayyip", "erdogan"]),
        ("Нур-Султан", ["нур", "султан"]),
        ("15–16 May: M4/M5", ["15", "16", "may", "m4", "m5"]),
        (" - ", []),
    ],
)
def test_a_text_is_read_as_folded_words(text: str, words: list[str]) -> None:
    assert catalogue.words(text) == words


def test_a_name_of_one_word_folds_as_in_the_gazetteer(record: Dataset) -> None:
    for place_id in record.gazetteer.places:
        for name in record.gazetteer.names_of(place_id):
            read = catalogue.words(name.name)
            if len(read) == 1:
                assert read == [gazetteer.fold(name.name)]


@pytest.mark.parametrize(
    ("event_id", "written"),
    [
        ("gva-iv", ["IV", "4"]),
        ("gva-ix", ["IX", "9"]),
        ("gva-iii-r2", ["IIIb", "3b"]),
        ("ast-04", ["4"]),
        ("unsc-2254", ["2254"]),
        ("cf-2016-12", []),
    ],
)
def test_a_round_is_found_in_digits_too(
    record: Dataset, event_id: str, written: list[str]
) -> None:
    assert catalogue.rounds(record.events[event_id]) == written


def test_every_role_has_words_for_why_it_was_found(index: Index) -> None:
    assert [role for role, _ in index["roles"]] == list(payload.ROLE_WORDS)
    assert all(reason.count("{}") == 1 for _, reason in index["roles"])
