"""Tours say what the record says; a tour with faults is told all of them at once."""

import io
from datetime import date
from pathlib import Path

import pptx
import pytest
from PIL import Image
from pptx.util import Emu
from shapely import box

from geo_astana import errors, frame
from geo_astana.dataset import Dataset
from geo_astana.export import deck, master, measure, order, tours
from geo_astana.export.picture import Picture, Studio
from geo_astana.export.tours import Step
from geo_astana.link import View
from geo_astana.selection import Selection

OWN = """
title: Two days
description: One before,
  one after.
steps:
  - date: 2017-12-21
    words: The eighth round.
    notes: Point at
      Astana.
    event: ast-08
    theme: dark
    tracks: [astana, sochi]
    status: in-force
    range: 2017-01-01..2018-12-31
  - date: 2018-02-20
"""


# What a title says that a tour covers: its first day and its last.
SPANS = {
    "aleppo-to-astana": (date(2016, 12, 1), date(2017, 1, 24)),
    "astana-rounds": (date(2017, 1, 23), date(2024, 11, 11)),
    "four-zones": (date(2017, 5, 4), date(2018, 7, 31)),
    "idlib-alone": (date(2018, 8, 1), date(2024, 12, 8)),
}
# So small, in points, are the words that a room still reads.
SMALLEST_PT = 13


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


def shipped(record: Dataset) -> list[Step]:
    return [step for name in tours.names() for step in tours.load(name, record).steps]


def test_a_shipped_tour_goes_through_the_days_that_its_title_names(
    record: Dataset,
) -> None:
    assert tours.names() == list(SPANS)
    for name, span in SPANS.items():
        days = [step.view.day for step in tours.load(name, record).steps]
        assert (days[0], days[-1]) == span
        assert days == sorted(days, key=str)


def test_a_shipped_step_opens_something_that_is_on_its_day(record: Dataset) -> None:
    for step in shipped(record):
        assert step.view.day
        assert step.view.day in record.events[step.view.event].active


def test_a_close_up_of_a_shipped_tour_has_an_outline_of_its_day_whole(
    record: Dataset,
) -> None:
    west, south, east, north = frame.SYRIA.must_see
    close = [step.view for step in shipped(record) if step.view.syria]
    assert len(close) == 13
    for view in close:
        assert view.syria
        assert view.day
        lon, lat, scale, _ = view.syria
        wide, high = (east - west) / scale / 2, (north - south) / scale / 2
        seen = box(lon - wide, lat - high, lon + wide, lat + high)
        spoken_of = record.events[view.event].zone_ids or ("idlib",)
        outlines = [record.outline_on(zone, view.day) for zone in spoken_of]
        assert any(seen.contains(one.shape) for one in outlines if one)


@pytest.mark.parametrize("shape", ["16:9", "4:3"])
@pytest.mark.parametrize("name", tours.names())
def test_the_words_of_a_shipped_tour_can_be_read_on_a_slide(
    record: Dataset, name: str, shape: master.Shape
) -> None:
    room = master.own(shape).sentence
    told = [step.words for step in tours.load(name, record).steps]
    size = measure.largest(
        told, Emu(room.width).pt, Emu(room.height).pt, deck.SENTENCE_PT
    )
    assert size >= SMALLEST_PT
    assert all(words.endswith(".") for words in told)


def test_a_deck_of_a_tour_has_its_notes_before_the_sources(record: Dataset) -> None:
    class Blank(Studio):
        """A studio without a browser: its pictures are paper."""

        def drawn(self, wanted: Picture) -> bytes:
            stream = io.BytesIO()
            Image.new("RGB", wanted.pixels).save(stream, "PNG")
            return stream.getvalue()

    ordered = order.read({"what": "deck", "tour": "four-zones"}, record)
    with Blank(record) as studio:
        made = pptx.Presentation(io.BytesIO(order.content(ordered, studio)))
    steps = tours.load("four-zones", record).steps
    for step, page in zip(steps, list(made.slides)[1:], strict=False):
        told = page.notes_slide.notes_text_frame
        assert told
        assert step.notes
        assert told.text.startswith(f"{step.notes}\n")
        assert "\nSources\n1. " in told.text


def test_a_tour_of_ones_own_has_the_keys_of_a_link(record: Dataset, own: Path) -> None:
    own.write_text(OWN, "utf-8")
    tour = tours.load(str(own), record)
    assert (tour.title, tour.description) == ("Two days", "One before, one after.")
    first, second = tour.steps
    assert (first.words, first.notes) == ("The eighth round.", "Point at Astana.")
    assert first.view.day == date(2017, 12, 21)
    assert first.view.span == (date(2017, 1, 1), date(2018, 12, 31))
    assert (first.view.event, first.view.theme) == ("ast-08", "dark")
    assert first.view.selection == Selection(
        tracks=frozenset({"astana", "sochi"}), status=frozenset({"in force"})
    )
    assert second == Step(View(day=date(2018, 2, 20)), "", "")


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
        (
            f"steps:\n  - date: 2017-12-21\n    notes: {'a' * 901}",
            "row 3, notes: found 901 letters; expected at most 900",
        ),
    ],
)
def test_what_is_no_tour_is_said_to_be_none(
    record: Dataset, own: Path, text: str, said: str
) -> None:
    assert any(said in fault for fault in faults(own, text, record))


def test_a_tour_that_cannot_be_read_is_refused(record: Dataset, own: Path) -> None:
    with pytest.raises(errors.ExportError, match="four-zones, idlib-alone, or name a"):
        tours.load("geneva-rounds", record)
    with pytest.raises(errors.ExportError, match="Is a directory"):
        tours.load(str(own.parent), record)
    own.write_bytes("title: Türkiye".encode("latin-1"))
    with pytest.raises(errors.ExportError, match="save it as UTF-8"):
        tours.load(str(own), record)
    own.write_bytes(b"#" * (tours.MOST_BYTES + 1))
    with pytest.raises(errors.ExportError, match="larger than a tour can be"):
        tours.load(str(own), record)
