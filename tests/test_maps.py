"""The figure of a day shows what its state says and hides all else."""

import html
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_astana import maps, theme, timeline
from geo_astana.dataset import Dataset

DAYS = (
    date(2012, 1, 1),
    date(2016, 3, 1),
    date(2017, 5, 6),
    date(2017, 9, 15),
    date(2017, 12, 21),
    date(2018, 2, 20),
    date(2018, 3, 15),
    date(2018, 7, 19),
    date(2019, 4, 25),
    date(2020, 3, 6),
    date(2024, 12, 9),
)
# Which part of an outline shows in which look.
PARTS_OF_LOOK = {
    "agreed": {"band", "line"},
    "in-force": {"band", "fill", "line"},
    "contested": {"band", "fill", "hatch", "line"},
    "lapsed": {"dots"},
}
Figure = dict[str, Any]


def drawn(record: Dataset, day: date, **options: Any) -> Figure:
    state = timeline.state_on(record, day)
    return maps.figure(record, state, day, **options)


def traces(figure: Figure) -> list[dict[str, Any]]:
    """The traces that change with the day."""
    return [trace for trace in figure["data"] if "meta" in trace]


def read(text: str) -> str:
    """A text as it reads; without words it is only spaces."""
    return html.unescape(text).replace("<br>", "").strip()


def points(trace: dict[str, Any]) -> list[tuple[str, float, str]]:
    """Mark, opacity and words as they read of each point of a trace."""
    marks, part = trace["meta"]["marks"], trace["meta"]["part"]
    if part in maps.LINE_PARTS:
        opacities = [trace["opacity"]] * len(marks)
    elif part in maps.AREA_PARTS:
        opacities = [trace["marker"]["opacity"]] * len(marks)
    elif part in maps.MARKER_PARTS:
        opacities = trace["marker"]["opacity"]
    else:
        colours = trace["textfont"]["color"]
        opacities = [float(colour[:-1].split(",")[3]) for colour in colours]
    words = [read(text) for text in trace.get("text", [""] * len(marks))]
    return list(zip(marks, opacities, words, strict=True))


def first_looks(record: Dataset, day: date) -> dict[str, str]:
    """The look of each mark of a state: the first one wins."""
    looks: dict[str, str] = {}
    for mark in timeline.state_on(record, day).marks:
        looks.setdefault(mark.mark, mark.look)
    return looks


def shown(figure: Figure) -> set[tuple[str, str]]:
    """Every mark and part that can be seen."""
    return {
        (mark, trace["meta"]["part"])
        for trace in traces(figure)
        for mark, opacity, words in points(trace)
        if (words if "text" in trace else opacity > 0)
    }


def words_of(figure: Figure, part: str) -> dict[str, str]:
    """The words of a part as they read, by mark; empty ones left out."""
    return {
        mark: words
        for trace in traces(figure)
        if trace["meta"]["part"] == part
        for mark, _, words in points(trace)
        if words
    }


@pytest.fixture(scope="module")
def figures(record: Dataset) -> dict[date, Figure]:
    return {day: drawn(record, day) for day in DAYS}


@pytest.mark.parametrize("day", DAYS)
def test_the_zones_shown_are_those_of_the_state(
    record: Dataset, figures: dict[date, Figure], day: date
) -> None:
    expected = {
        (mark, part)
        for mark, look in first_looks(record, day).items()
        if mark.startswith("zone:")
        for part in PARTS_OF_LOOK[look]
    }
    seen = {item for item in shown(figures[day]) if item[0].startswith("zone:")}
    assert seen == expected


@pytest.mark.parametrize("day", DAYS)
def test_every_part_of_a_mark_shows_in_its_look_only(
    record: Dataset, figures: dict[date, Figure], day: date
) -> None:
    table, looks = theme.looks("light"), first_looks(record, day)
    for mark, part in shown(figures[day]):
        # What the state does not mark is at rest, in the look without a name.
        assert part in table[looks.get(mark, "")], (mark, part)


@pytest.mark.parametrize("day", DAYS)
def test_what_is_hidden_has_no_opacity_and_no_words(
    record: Dataset, figures: dict[date, Figure], day: date
) -> None:
    looks, at_rest = first_looks(record, day), theme.looks("light")[""]
    for trace in traces(figures[day]):
        part = trace["meta"]["part"]
        for mark, opacity, words in points(trace):
            if mark not in looks and part not in at_rest:
                assert opacity == 0, (mark, part)
            if opacity == 0:
                assert words == "", (mark, part)


@pytest.mark.parametrize("day", DAYS)
def test_every_place_of_the_state_is_marked_unless_it_is_off_the_maps(
    record: Dataset, figures: dict[date, Figure], day: date
) -> None:
    parts = {"talks": "disc", "decided": "diamond", "planned": "ring"}
    seen = shown(figures[day])
    known = {mark for trace in traces(figures[day]) for mark in trace["meta"]["marks"]}
    for mark, look in first_looks(record, day).items():
        if mark.startswith("at:") and mark in known:
            assert (mark, parts.get(look.split(".")[0], "square")) in seen


@pytest.mark.parametrize("day", DAYS)
def test_a_venue_is_at_rest_or_marked_never_both(
    record: Dataset, figures: dict[date, Figure], day: date
) -> None:
    looks = first_looks(record, day)
    at_rest = {mark for mark, part in shown(figures[day]) if part == "venue"}
    assert not at_rest & set(looks)
    # New York and the other venues beyond both maps have no point.
    for place_id in maps.quiet_places(record):
        assert f"at:{place_id}" in at_rest | set(looks)


def test_the_traces_are_the_same_on_every_day(figures: dict[date, Figure]) -> None:
    def fixed(figure: Figure) -> list[tuple[Any, ...]]:
        return [
            (
                trace["type"],
                trace["geo"],
                json.dumps(trace.get("meta")),
                trace.get("lon"),
            )
            for trace in figure["data"]
        ]

    first, *others = figures.values()
    assert len(first["data"]) > 100
    for other in others:
        assert fixed(other) == fixed(first)


def test_a_figure_of_one_day_does_not_touch_that_of_another(record: Dataset) -> None:
    before = json.dumps(drawn(record, DAYS[4]))
    drawn(record, DAYS[5])
    assert json.dumps(drawn(record, DAYS[4])) == before


@settings(deadline=None, max_examples=25)
@given(day=st.integers(0, 5113).map(lambda step: date(2012, 1, 1) + timedelta(step)))
def test_zones_are_drawn_as_the_state_says_on_any_day(
    record: Dataset, day: date
) -> None:
    lines = {
        mark.removeprefix("zone:")
        for mark, part in shown(drawn(record, day))
        if part == "line"
    }
    standing = {
        outline.version
        for zone_id in timeline.ZONES
        if (outline := record.outline_on(zone_id, day))
        and any(row.zone_id == zone_id and day in row.valid for row in record.standings)
    }
    assert lines == standing


@pytest.mark.parametrize(
    ("day", "name", "detail"),
    [
        (date(2017, 12, 21), "Astana", "Round 8 · day 1 of 2"),
        (date(2017, 12, 22), "Astana", "Round 8 · day 2 of 2"),
        (date(2019, 4, 25), "Nur-Sultan", "Round 12 · day 1 of 2"),
    ],
)
def test_a_venue_is_named_with_its_round_and_day(
    record: Dataset, day: date, name: str, detail: str
) -> None:
    figure = drawn(record, day)
    assert words_of(figure, "name")["at:astana"] == name
    assert words_of(figure, "detail")["at:astana"] == detail


def test_a_zone_is_called_by_its_name_and_state(record: Dataset) -> None:
    figure = drawn(record, date(2018, 2, 20))
    assert words_of(figure, "call")["call:east-ghouta"] == "Eastern Ghouta"
    assert words_of(figure, "state")["call:east-ghouta"].startswith("contested")


def test_a_mark_answers_with_its_event_and_a_hidden_one_not_at_all(
    record: Dataset,
) -> None:
    day = date(2017, 12, 21)
    target = next(
        trace
        for trace in traces(drawn(record, day))
        if trace["meta"]["part"] == "target" and "at:astana" in trace["meta"]["marks"]
    )
    answers = zip(
        target["meta"]["marks"], target["hovertext"], target["hoverinfo"], strict=True
    )
    answering = {mark: text for mark, text, info in answers if info != "skip"}
    assert answering["at:astana"] == "Astana round 8"
    marked = {mark.mark for mark in timeline.state_on(record, day).marks}
    assert set(answering) == {
        mark for mark in target["meta"]["marks"] if mark in marked
    }


@pytest.mark.parametrize("colours", theme.THEMES)
@pytest.mark.parametrize(
    ("width", "height"), [(1488, 500), (1030, 300), (390, 510), (2560, 1440)]
)
def test_a_figure_is_plain_json(
    record: Dataset, colours: theme.Theme, width: int, height: int
) -> None:
    figure = drawn(record, DAYS[4], colours=colours, box=(width, height))
    assert json.loads(json.dumps(figure, allow_nan=False))["layout"]["width"] == width


@pytest.mark.parametrize(
    ("width", "size"), [(1488, "large"), (1030, "medium"), (390, "phone")]
)
def test_width_decides_the_size_of_type(width: int, size: str) -> None:
    assert maps.size_class(width) == size


def test_maps_stand_side_by_side_or_stacked_on_a_phone() -> None:
    wide, phone = maps.layout("light", 1488, 500), maps.layout("light", 390, 510)
    assert wide["geo"]["domain"]["x"][1] == wide["geo2"]["domain"]["x"][0]
    assert phone["geo"]["domain"]["y"][0] == phone["geo2"]["domain"]["y"][1]
    for figure in (wide, phone):
        for subplot in maps.SUBPLOT.values():
            assert figure[subplot]["fitbounds"] is False
            assert figure[subplot]["projection"]["minscale"] == 1


@given(st.text())
def test_escaped_text_holds_no_tag_and_reads_as_written(text: str) -> None:
    escaped = theme.as_shown(text)
    assert not set("<>") & set(escaped)
    assert (
        escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text
    )


def test_markup_in_a_name_is_harmless() -> None:
    escaped = theme.as_shown('<a href="x">Homs & Hama</a>')
    assert escaped == '&lt;a href="x"&gt;Homs &amp; Hama&lt;/a&gt;'


def test_a_title_with_markup_is_shown_as_written(record: Dataset) -> None:
    hostile = replace(record.outlines[0], title="<b>zone</b>")
    figure = drawn(replace(record, outlines=(hostile,), standings=()), DAYS[4])
    texts = [
        trace["hovertext"][0]
        for trace in traces(figure)
        if trace["meta"]["part"] in maps.AREA_PARTS
    ]
    assert texts
    assert all("&lt;b&gt;zone&lt;/b&gt;" in text for text in texts)
