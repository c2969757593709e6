"""Orders: read from words, every fault named at once, counted and named."""

import io
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from geo_astana import errors, timeline
from geo_astana.dataset import Dataset
from geo_astana.export import data, evidence, film, order, picture, tours
from geo_astana.export.picture import Picture, Studio


class Sketcher(Studio):
    """Notes what is asked for, and paints it in one colour without a browser."""

    def __init__(self, record: Dataset) -> None:
        super().__init__(record)
        self.asked: list[Picture] = []

    def drawn(self, wanted: Picture) -> bytes:
        self.asked.append(wanted)
        stream = io.BytesIO()
        colour = (9 * len(self.asked), 99, 99)
        Image.new("RGB", wanted.pixels, colour).save(stream, "png")
        return stream.getvalue()


class Unwanted(Exception):  # noqa: N818 - it is no error
    """What a job raises when nobody waits for it."""


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


def test_a_tour_has_the_theme_of_the_order(record: Dataset) -> None:
    fields = {"what": "deck", "tour": "astana-rounds", "theme": "dark"}
    steps = order.steps(order.read(fields, record), record)
    assert {step.view.theme for step in steps} == {"dark"}


def test_a_film_of_a_tour_shows_its_words_long_enough_to_read(
    record: Dataset, tmp_path: Path
) -> None:
    fields = {"what": "film", "tour": "four-zones", "size": "560x360"}
    wanted = order.read({**fields, "format": "gif"}, record)
    steps = tours.load("four-zones", record).steps
    heard: set[str] = set()
    path = tmp_path / "zones.gif"
    with Sketcher(record) as studio:
        order.make(wanted, studio, path, progress=lambda *told: heard.add(told[2]))
        assert [one.words for one in studio.asked] == [step.words for step in steps]
        assert [one.view for one in studio.asked] == [step.view for step in steps]
        said = order.evidence_of(wanted, studio)
    days = [step.view.day for step in steps if step.view.day]
    assert said.date == f"{min(days)}/{max(days)}"
    assert said.title == tours.load("four-zones", record).title
    assert f"picture {len(steps)} of {len(steps)}" in heard
    with Image.open(path) as image:
        for number, step in enumerate(steps):
            image.seek(number)
            # Nobody reads more than twenty letters a second.
            assert image.info["duration"] / 1000 > len(step.words) / 20


def test_a_job_that_is_cancelled_while_its_film_is_finished_ends(
    record: Dataset, tmp_path: Path
) -> None:
    wanted = order.read(
        {
            "what": "film",
            "format": "webm",
            "from": "2017-12-21",
            "to": "2017-12-21",
            "seconds": "600",
        },
        record,
    )
    finishing = 0

    def progress(done: int, of: int, words: str) -> None:
        nonlocal finishing
        finishing += done == of and "finished" in words
        if finishing == 2:
            raise Unwanted

    with Sketcher(record) as studio, pytest.raises(Unwanted):
        order.make(wanted, studio, tmp_path / "long.webm", progress=progress)
    assert not list(tmp_path.iterdir())


def test_a_step_of_a_presentation_is_none_of_a_film(record: Dataset) -> None:
    """A link of a presentation makes a picture; a film takes no number for a step."""
    link = {"present": "four-zones", "step": "3", "date": "2017-12-21"}
    assert order.read(link, record).view.day == date(2017, 12, 21)
    with pytest.raises(errors.ExportError, match="step"):
        order.read({**link, "what": "film"}, record)


def test_steps_with_selections_of_their_own_each_bring_their_sources(
    record: Dataset,
) -> None:
    view = order.read({"date": "2017-12-21", "tracks": "astana"}, record).view
    other = order.read({"date": "2018-02-20", "tracks": "zone"}, record).view
    address = picture.ADDRESS
    both = evidence.of_views(record, [view, other], address, "Two")
    alone = [evidence.of_day(record, one, address) for one in (view, other)]
    assert set(both.sources) == set(alone[0].sources) | set(alone[1].sources)
    assert both.selection not in ("", alone[0].selection, alone[1].selection)
    assert both.link == alone[0].link


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
        ({"what": "deck", "size": "square"}, "16:9, 4:3"),
        ({"what": "deck", "size": "1600x900"}, "16:9, 4:3"),
        ({"what": "film", "dates": "2017-12-21"}, "from and to"),
        ({"what": "deck", "tour": "astana-rounds", "dates": "2017-12-21"}, "all but"),
        ({"what": "deck", "dates": "2017-12-21", "to": "2018-01-01"}, "all but one"),
        ({"what": "film", "size": "400x400"}, "at least 560x360"),
        ({"kind": "timeline", "size": "600x400"}, "at least 640x400"),
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


@pytest.mark.parametrize(
    ("name", "asked", "form"),
    [
        ("a.PNG", "", "png"),
        ("a.pdf", "pdf", "pdf"),
        ("a-{date}.{ext}", "", "png"),
        ("a-{date}.{ext}", "svg", "svg"),
        ("a", "svg", "svg"),
    ],
)
def test_a_name_and_a_format_agree(name: str, asked: str, form: str) -> None:
    assert order.form_of(name, "picture", asked) == form


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("a.jpg", "", "ends in .jpg"),
        ("a.jpg", "png", "ends in .jpg"),
        ("a.png", "svg", "asked for is svg"),
        ("a", "", "does not say"),
        ("a.mp4", "", "one of .png, .svg, .pdf"),
    ],
)
def test_a_name_that_says_another_format_is_refused(
    name: str, asked: str, told: str
) -> None:
    with pytest.raises(errors.ExportError, match=told):
        order.form_of(name, "picture", asked)


def test_no_file_has_the_ending_of_another(record: Dataset, tmp_path: Path) -> None:
    wanted = order.read({"format": "svg"}, record)
    with (
        Sketcher(record) as studio,
        pytest.raises(errors.ExportError, match="asked for is svg"),
    ):
        order.make(wanted, studio, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_no_ending_says_two_things() -> None:
    endings = [form for forms in order.FORMS.values() for form in forms]
    assert len(endings) == len(set(endings))
    assert set(film.FORMS) | set(data.FORMATS) | set(picture.FORMS) < set(endings)
