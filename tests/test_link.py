"""A link restores a view, and names what it cannot read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import link, selection
from geo_astana.dataset import Dataset
from geo_astana.link import View
from geo_astana.selection import Selection

DAYS = st.dates(date(2012, 1, 1), date(2025, 12, 31))
NUMBERS = st.integers(-89_0000, 89_0000).map(lambda number: number / 10_000)
FRAMES = st.none() | st.tuples(
    NUMBERS, NUMBERS, st.sampled_from([0.5, 1.0, 2.25, 60.0]), NUMBERS
)


def views(record: Dataset) -> st.SearchStrategy[View]:
    offered = link.choices(record)
    facets = {
        name: st.frozensets(st.sampled_from(words), max_size=4)
        for name, words in selection.choices(record).items()
    }
    spans = st.tuples(DAYS, st.integers(1, 900)).map(
        lambda pair: (pair[0], min(pair[0] + timedelta(pair[1]), date(2025, 12, 31)))
    )
    return st.builds(
        View,
        day=st.none() | DAYS,
        span=st.none() | spans.filter(lambda pair: pair[0] < pair[1]),
        selection=st.builds(Selection, **facets),
        event=st.just("") | st.sampled_from(offered["event"]),
        region=FRAMES,
        syria=FRAMES,
        theme=st.sampled_from(["", "light", "dark"]),
        panel=st.sampled_from(["", *link.PANELS]),
    )


@given(data=st.data())
def test_a_view_survives_its_link(record: Dataset, data: st.DataObject) -> None:
    view = data.draw(views(record))
    query = link.write(view, record)
    assert link.read(query, record) == view
    assert link.read("?" + query, record).wrong == ()


@given(query=st.text(max_size=200))
def test_no_query_is_an_error(record: Dataset, query: str) -> None:
    view = link.read(query, record)
    assert all(len(name) < 200 for name in view.wrong)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("date=2017-02-30", "date=2017-02-30"),
        ("date=1999-01-01", "date=1999-01-01"),
        ("date=2017-12", "date=2017-12"),
        ("range=2018-01-01..2016-01-01", "range=2018-01-01..2016-01-01"),
        ("range=2018-01-01", "range=2018-01-01"),
        ("tracks=astana,moon", "tracks=moon"),
        ("event=nobody", "event=nobody"),
        ("region=1,2,3", "region=1,2,3"),
        ("region=400,0,1,0", "region=400,0,1,0"),
        ("syria=NaN,0,1,0", "syria=NaN,0,1,0"),
        ("theme=blue", "theme=blue"),
        ("colour=blue", "colour=blue"),
        ("panel=<script>", "panel=<script>"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_holds(
    record: Dataset, query: str, wrong: str
) -> None:
    view = link.read(query + "&zones=idlib", record)
    assert view.wrong == (wrong,)
    assert view.selection.zones == frozenset({"idlib"})


def test_a_long_value_is_named_by_its_beginning(record: Dataset) -> None:
    (named,) = link.read("theme=" + "x" * 10_000, record).wrong
    assert len(named) < 100


def test_the_last_of_two_values_holds(record: Dataset) -> None:
    view = link.read("date=2017-01-01&date=2018-01-01", record)
    assert view.day == date(2018, 1, 1)


def test_a_link_can_be_read_by_people(record: Dataset) -> None:
    view = View(
        day=date(2017, 12, 21),
        selection=Selection(
            tracks=frozenset({"geneva", "astana"}), status=frozenset({"in force"})
        ),
        event="ast-08",
    )
    assert link.write(view, record) == (
        "date=2017-12-21&tracks=astana,geneva&status=in-force&event=ast-08"
    )
