"""No two names are written where there is room for one."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_astana import dataset, frame, labels, maps, theme
from geo_astana.labels import Room
from geo_astana.model import Place

DAMASCUS = Place("damascus", "Damascus", "city", "SY", 36.2913, 33.5102, 1, "high", "")
DOUMA = Place("douma", "Douma", "town", "SY", 36.4027, 33.5718, 1, "high", "")
ALEPPO = Place("aleppo", "Aleppo", "city", "SY", 37.1612, 36.2012, 1, "high", "")
ASTANA = Place("astana", "Astana", "city", "KZ", 71.446, 51.1801, 1, "high", "")
NEW_YORK = Place("new_york", "New York", "city", "US", -74.006, 40.7143, 1, "high", "")
FEW = (DAMASCUS, DOUMA, ALEPPO, ASTANA)
# Neither b nor the quiet name of c has room beside a; d never has.
SMALL = Room(active={"a": ("b",), "b": ("a",)}, base={"a": ("c",)}, never=("d",))


def test_a_place_is_on_the_map_that_shows_it() -> None:
    assert labels.map_of(DAMASCUS) == "syria"
    assert labels.map_of(ASTANA) == "region"
    assert labels.map_of(NEW_YORK) == ""


def test_every_venue_of_the_record_on_a_map_lies_in_its_frame(
    record: dataset.Dataset,
) -> None:
    for place in maps.marked_places(record):
        chart = {"region": frame.REGION, "syria": frame.SYRIA}.get(labels.map_of(place))
        if chart:
            width, height = labels.BOXES["large"][chart.name]
            filled = frame.fill(chart, width / height)
            x, y = frame.position(chart, filled, place.lon, place.lat)
            assert 0 < x < 1, place
            assert 0 < y < 1, place


@pytest.mark.parametrize("size", theme.SIZES)
def test_neighbours_displace_each_other_and_distant_places_do_not(
    size: theme.Size,
) -> None:
    space = labels.room(FEW, [place.place_id for place in FEW], size)
    assert "damascus" in space.active["douma"]
    assert "damascus" in space.base["douma"]
    for key, others in space.active.items():
        assert "astana" not in (key, *others)
    assert "aleppo" not in space.active.get("douma", ())
    assert "douma" in space.never
    assert not {"damascus", "aleppo", "astana"} & set(space.never)


@pytest.mark.parametrize("size", theme.SIZES)
def test_displacing_is_mutual_and_stays_on_one_map(
    record: dataset.Dataset, size: theme.Size
) -> None:
    space = maps.room(record, size)
    places = record.gazetteer.places
    for key, others in space.active.items():
        for other in others:
            assert key in space.active[other]
            assert labels.map_of(places[key]) == labels.map_of(places[other])
    for key, others in space.base.items():
        for other in set(others) & set(places):
            assert labels.map_of(places[key]) == labels.map_of(places[other])


@pytest.mark.parametrize("size", theme.SIZES)
def test_the_name_of_a_country_gives_way_on_its_own_map(
    record: dataset.Dataset, size: theme.Size
) -> None:
    maps_of = {key: name for key, *_, name in labels.COUNTRIES}
    space = maps.room(record, size)
    places = record.gazetteer.places
    for key, others in space.base.items():
        for country in set(others) & set(maps_of):
            assert maps_of[country] == labels.map_of(places[key])


def test_the_first_place_is_written_and_displaces_the_next() -> None:
    written, still = labels.shown(["a", "b"], ["c", "d", "e"], SMALL)
    assert written == {"a"}
    assert still == {"e"}


def test_a_place_that_shows_something_has_no_quiet_name() -> None:
    written, still = labels.shown(["b"], ["b", "c"], SMALL)
    assert written == {"b"}
    assert still == {"c"}


@pytest.mark.parametrize("size", theme.SIZES)
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_what_is_written_has_room_whatever_is_shown(
    record: dataset.Dataset, size: theme.Size, data: st.DataObject
) -> None:
    keys = [place.place_id for place in maps.marked_places(record)]
    order = data.draw(st.lists(st.sampled_from(keys), unique=True, max_size=12))
    quiet = maps.quiet_places(record)
    space = maps.room(record, size)
    written, still = labels.shown(order, quiet, space)
    for one, other in itertools.permutations(written, 2):
        assert other not in space.active.get(one, ())
    for place in written:
        assert not still & set(space.base.get(place, ()))
    assert not still & {*order, *space.never}
    assert written <= set(order)
    if order:
        assert order[0] in written


@pytest.mark.parametrize("size", theme.SIZES)
def test_the_talks_of_the_opening_day_are_always_named(
    record: dataset.Dataset, size: theme.Size
) -> None:
    space = maps.room(record, size)
    written, _ = labels.shown(["astana", "moscow"], maps.quiet_places(record), space)
    assert "astana" in written
    assert record.gazetteer.label("astana", date(2017, 12, 21)) == "Astana"


def test_places_are_named_left_or_right_of_their_mark() -> None:
    assert labels.side("astana") == "left"
    assert labels.side("geneva", quiet=True) == "left"
    assert labels.side("geneva") == "right"
