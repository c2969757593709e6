"""Orders: read from words, every fault named at once, counted and named."""

from datetime import date
from pathlib import Path

import pytest

from geo_astana import errors, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import data, film, order, picture, tours


def test_an_order_of_nothing_is_a_slide_of_the_opening_day(record: Dataset) -> None:
    read = order.read({}, record)
    assert (read.what, read.form, read.kind) == ("picture", "png", "slide")
    assert read.size == picture.SIZES["16:9"]
    assert order.file_name(read, record) == "geo-astana-2017-12-21-slide.png"


def test_an_order_has_the_view_of_its_link(record: Dataset) -> None:
    fields = {"date": "2018-02-20", "tracks": "astana", "theme": "dark", "size": "og"}
    read = order.read(fields, record)
    assert read.view.day == date(2018, 2, 20)
    assert read.view.selection.tracks == {"astana"}
    assert read.view.theme == "dark"
    assert read.size.name == "og"


def test_every_fault_of_an_order_is_named_at_once(record: Dataset) -> None:
    wrong = {
        "what": "picture",
        "format": "bmp",
        "date": "2017-02-30",
        "tracks": "nowhere",
        "size": "1x1",
        "scale": "many",
        "kind": "poster",
        "colour": "blue",
    }
    with pytest.raises(errors.ExportError) as caught:
        order.read(wrong, record)
    told = str(caught.value)
    for part in ("bmp", "2017-02-30", "tracks=nowhere", "1x1", "many", "poster"):
        assert part in told
    assert "colour=blue" in told


@pytest.mark.parametrize("scale", ["nan", "inf", "-1", "0", "5", "1e9", "४"])
def test_a_number_is_one_within_its_bounds(record: Dataset, scale: str) -> None:
    if scale == "४":  # a four, in another script
        assert order.read({"scale": scale}, record).scale == 4
        return
    with pytest.raises(errors.ExportError, match="scale"):
        order.read({"scale": scale}, record)


def test_a_deck_has_the_changes_of_its_days(record: Dataset) -> None:
    fields = {"what": "deck", "from": "2017-01-01", "to": "2017-12-31"}
    read = order.read(fields, record)
    changes = [
        change.day for change in timeline.changes(record, timeline.states(record))
    ]
    wanted = [day for day in changes if day.year == 2017]
    assert list(read.days) == wanted
    assert order.count(read, record) == len(wanted) > 50
    assert date(2017, 12, 21) in read.days


def test_a_deck_has_the_days_chosen_by_hand_in_their_order(record: Dataset) -> None:
    read = order.read({"what": "deck", "dates": "2018-02-20,2017-12-21"}, record)
    assert read.days == (date(2018, 2, 20), date(2017, 12, 21))


def test_a_tour_has_the_views_of_its_steps(record: Dataset) -> None:
    read = order.read({"what": "deck", "tour": "astana-rounds"}, record)
    steps = order.steps(read, record)
    assert steps == list(tours.load("astana-rounds", record).steps)
    assert len(steps) == 22


def test_a_film_has_the_shots_of_its_plan(record: Dataset) -> None:
    fields = {"what": "film", "from": "2017-01-01", "to": "2017-01-31", "step": "day"}
    read = order.read(fields, record)
    assert order.count(read, record) == 31
    assert [step.view.day for step in order.steps(read, record)] == [
        date(2017, 1, day) for day in range(1, 32)
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"what": "deck", "from": "2018-01-01", "to": "2017-01-01"},
            "before it begins",
        ),
        ({"what": "deck", "from": "1990-01-01"}, "from"),
        ({"what": "deck", "dates": "2017-12-21,yesterday"}, "yesterday"),
        ({"what": "deck", "from": "2012-01-02", "to": "2012-01-03"}, "nothing"),
        ({"what": "deck", "tour": "../../etc/passwd"}, "tour"),
        ({"what": "film", "step": "year"}, "step"),
        ({"what": "film", "seconds": "0.01"}, "seconds"),
        ({"what": "everything"}, "everything"),
    ],
)
def test_a_deck_or_a_film_that_cannot_be_says_why(
    record: Dataset, fields: dict[str, str], told: str
) -> None:
    with pytest.raises(errors.ExportError, match=told):
        order.read(fields, record)


def test_the_ending_of_a_name_says_what_is_made() -> None:
    assert order.by_ending(Path("a.PPTX")) == {"what": "deck", "format": "pptx"}
    assert order.by_ending(Path("a.gif")) == {"what": "film", "format": "gif"}
    assert order.by_ending(Path("a.zip")) == {"what": "data", "format": "zip"}
    with pytest.raises(errors.ExportError, match="does not say"):
        order.by_ending(Path("a"))


def test_no_ending_says_two_things() -> None:
    endings = [form for forms in order.FORMS.values() for form in forms]
    assert len(endings) == len(set(endings))
    assert set(film.FORMS) | set(data.FORMATS) | set(picture.FORMS) < set(endings)
