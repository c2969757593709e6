"""Tours say what the record says; a tour with faults is told all of them at once."""

from datetime import date
from pathlib import Path

import pytest

from geo_astana import errors
from geo_astana.dataset import Dataset
from geo_astana.export import tours
from geo_astana.selection import Selection

OWN = """
title: Two days
description: One before,
  one after.
steps:
  - date: 2017-12-21
    words: The eighth round.
    event: ast-08
    theme: dark
    tracks: [astana, sochi]
    status: in-force
    range: 2017-01-01..2018-12-31
  - date: 2018-02-20
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.yaml"


def faults(path: Path, text: str, record: Dataset) -> list[str]:
    path.write_text(text, "utf-8")
    with pytest.raises(errors.DataError) as refused:
        tours.load(str(path), record)
    return [str(fault) for fault in refused.value.faults]


def test_the_shipped_tour_is_exactly_the_held_astana_rounds(record: Dataset) -> None:
    held = [
        (event.active.first, event.event_id)
        for event in record.events.values()
        if (event.track, event.kind, event.status) == ("astana", "round", "held")
    ]
    assert len(held) == 22
    tour = tours.load("astana-rounds", record)
    shown = [(step.view.day, step.view.event) for step in tour.steps]
    assert shown == sorted(held)


def test_every_step_says_where_its_round_was_held(record: Dataset) -> None:
    for number, step in enumerate(tours.load("astana-rounds", record).steps, 1):
        event = record.events[step.view.event]
        assert event.round == str(number)
        assert step.words.startswith(f"Round {number}, ")
        assert event.location in step.words.partition(";")[0]
        assert step.words.endswith(".")


@pytest.mark.parametrize("name", tours.names())
def test_what_is_shipped_loads(record: Dataset, name: str) -> None:
    assert tours.load(name, record).steps


def test_a_tour_of_ones_own_has_the_keys_of_a_link(record: Dataset, own: Path) -> None:
    own.write_text(OWN, "utf-8")
    tour = tours.load(str(own), record)
    assert (tour.title, tour.description) == ("Two days", "One before, one after.")
    first, second = tour.steps
    assert first.words == "The eighth round."
    assert first.view.day == date(2017, 12, 21)
    assert first.view.span == (date(2017, 1, 1), date(2018, 12, 31))
    assert (first.view.event, first.view.theme) == ("ast-08", "dark")
    assert first.view.selection == Selection(
        tracks=frozenset({"astana", "sochi"}), status=frozenset({"in force"})
    )
    assert (second.view.day, second.words) == (date(2018, 2, 20), "")


def test_every_fault_is_told_once_with_its_line(record: Dataset, own: Path) -> None:
    text = """
title: [Two days]
colour: red
steps:
  - date: 2017-02-30
    event: ast-99
    tracks: [astana, sochy, sochy]
  - words: No day.
  - date: 2031-01-01
    date: 2017-01-01
    theme: sepia
    range: 2018-01-01..2017-01-01
  - 2017-12-21
  - date:
"""
    told = faults(own, text, record)
    assert [one.partition(":")[0] for one in told] == [
        "own.yaml, row 2, title",
        "own.yaml, row 3",
        "own.yaml, row 5, date",
        "own.yaml, row 6, event",
        "own.yaml, row 7, tracks",
        "own.yaml, row 8, date",
        "own.yaml, row 9, date",
        "own.yaml, row 10, date",
        "own.yaml, row 11, theme",
        "own.yaml, row 12, range",
        "own.yaml, row 13",
        "own.yaml, row 14, date",
    ]
    assert "'colour'; expected one of title, description, steps" in told[1]
    assert "'2017-02-30'; expected a day from 2012-01-01 to 2025-12-31" in told[2]
    assert "'ast-99'; expected the id of an event" in told[3]
    assert "'sochy'; expected one of astana, geneva," in told[4]
    assert "outside the record" in told[6]
    assert "found it twice" in told[7]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found nothing; expected keys and values of the tour"),
        ("- date: 2017-12-21", "expected keys and values of the tour"),
        ("title: A\nsteps: []", "row 2, steps: found no steps"),
        ("title: A\nsteps: &a [*a]", "row 2: found no keys with values"),
        ("steps:\n  - date: 2017-12-21", "title: found nothing"),
        ("title: A\n  steps: B: C", "row 2: found mapping values are not allowed"),
        ("[" * 3000, "found brackets without end"),
        ("title: \0", "found letters that YAML forbids"),
        (f"title: {'a' * 301}", "row 1, title: found 301 letters; expected at most"),
    ],
)
def test_what_is_no_tour_is_said_to_be_none(
    record: Dataset, own: Path, text: str, said: str
) -> None:
    assert any(said in fault for fault in faults(own, text, record))


def test_a_tour_that_cannot_be_read_is_refused(record: Dataset, own: Path) -> None:
    with pytest.raises(errors.ExportError, match="there are astana-rounds, or name a"):
        tours.load("geneva-rounds", record)
    with pytest.raises(errors.ExportError, match="Is a directory"):
        tours.load(str(own.parent), record)
    own.write_bytes("title: Türkiye".encode("latin-1"))
    with pytest.raises(errors.ExportError, match="save it as UTF-8"):
        tours.load(str(own), record)
    own.write_bytes(b"#" * (tours.MOST_BYTES + 1))
    with pytest.raises(errors.ExportError, match="larger than a tour can be"):
        tours.load(str(own), record)
