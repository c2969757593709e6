"""The state of a day is what holds on it, and a look-up finds the same."""

import itertools
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_astana import dates, timeline
from geo_astana.dataset import Dataset, Outline, Standing
from geo_astana.dates import DAY, Interval
from geo_astana.gazetteer import Gazetteer
from geo_astana.model import Claim, Event, Name, Place
from geo_astana.timeline import Card, State

GENEVA = Place("geneva", "Geneva", "city", "CH", 6.1457, 46.2022, 1, "high", "")
HOMS = Place("homs", "Homs", "city", "SY", 36.7256, 34.724, 1, "high", "")
PLACES = (GENEVA, HOMS)
ALWAYS = Interval(date.min, None)
# Three days in Geneva, announced on 1 March for 8 March, later for 15 March.
ROUND = Event(
    event_id="gva-x",
    track="geneva",
    kind="round",
    round="X",
    title="Geneva X",
    phrase="the tenth round of Geneva talks",
    short="X",
    start=dates.parse("2018-03-15"),
    end=dates.parse("2018-03-17"),
    attested_until=None,
    status="held",
    location="Geneva",
    place_id="geneva",
    zone_ids=(),
    summary="",
    outcome="",
    note="",
    confidence="high",
    source_ids=("paper",),
)
TRUCE = replace(
    ROUND,
    event_id="lt-homs",
    track="ceasefire",
    kind="local_truce",
    round="",
    title="Homs truce",
    phrase="the Homs truce",
    short="Homs",
    start=dates.parse("2018-03-10"),
    end=None,
    attested_until=dates.parse("2018-03-20"),
    status="ended",
    location="Homs",
    place_id="homs",
)
AREA = replace(
    TRUCE,
    event_id="zone-homs",
    track="zone",
    kind="zone",
    title="Northern Homs area",
    phrase="the northern Homs area",
    start=dates.parse("2018-03-05"),
    end=dates.parse("2018-03-25"),
    attested_until=None,
    zone_ids=("north-homs",),
)
FIRST_PLAN = Claim(
    claim_id="gva-x-p1",
    event_id="gva-x",
    field="dates",
    value="8 March",
    start=dates.parse("2018-03-08"),
    end=dates.parse("2018-03-08"),
    location="",
    published=dates.parse("2018-03-01"),
    withdrawn=dates.parse("2018-03-06"),
    source_id="paper",
    verdict="moved",
    conflict="",
    note="",
)
SECOND_PLAN = replace(
    FIRST_PLAN,
    claim_id="gva-x-a1",
    value="15 March",
    start=dates.parse("2018-03-15"),
    end=dates.parse("2018-03-15"),
    published=dates.parse("2018-03-04"),
    withdrawn=None,
    verdict="held",
)
OUTLINE = Outline(
    "north-homs-a",
    "north-homs",
    "Northern Homs",
    Interval(date(2018, 3, 5), date(2018, 3, 25)),
    620,
    2,
    "",
    ("paper",),
    shapely.box(36.5, 34.8, 36.9, 34.95),
)
STANDINGS = (
    Standing(
        "north-homs",
        "in force",
        Interval(date(2018, 3, 5), date(2018, 3, 19)),
        "zone-homs",
    ),
    Standing(
        "north-homs",
        "contested",
        Interval(date(2018, 3, 20), date(2018, 3, 25)),
        "zone-homs",
    ),
)


def made(events: Iterable[Event] = (), claims: Iterable[Claim] = ()) -> Dataset:
    """A record of a few events, with northern Homs drawn and standing."""
    names = [
        Name(place.place_id, place.name, "en", "label", ALWAYS) for place in PLACES
    ]
    return Dataset(
        folder=Path(),
        version="0",
        as_of="",
        events={event.event_id: event for event in events},
        participants={},
        actors={},
        claims=tuple(claims),
        gazetteer=Gazetteer(PLACES, names),
        outlines=(OUTLINE,),
        standings=STANDINGS,
        sources={},
    )


@pytest.fixture
def march() -> Dataset:
    """March 2018: a round with two plans, a truce without an end, a contested zone."""
    return made([ROUND, TRUCE, AREA], [FIRST_PLAN, SECOND_PLAN])


@pytest.fixture(scope="module")
def every(record: Dataset) -> tuple[State, ...]:
    return timeline.states(record)


def on(record: Dataset, day: int) -> dict[str, Card]:
    """The cards of a day in March 2018 by section and event."""
    cards = timeline.state_on(record, date(2018, 3, day)).cards
    return {f"{card.section}:{card.event_id}": card for card in cards}


def looked_up(every: tuple[State, ...], day: date) -> State:
    return every[bisect_right(every, day, key=lambda state: state.first) - 1]


def days_of(record: Dataset) -> list[date]:
    return [
        record.record.first + timedelta(step)
        for step in range(record.record.days() or 0)
    ]


def test_a_look_up_finds_the_state_of_every_day(
    record: Dataset, every: tuple[State, ...]
) -> None:
    for day in days_of(record):
        state, found = timeline.state_on(record, day), looked_up(every, day)
        assert (state.marks, state.cards) == (found.marks, found.cards), day


def test_states_begin_with_the_record_and_each_differs_from_the_last(
    record: Dataset, every: tuple[State, ...]
) -> None:
    assert every[0].first == record.record.first
    for before, after in itertools.pairwise(every):
        assert before.first < after.first
        assert (before.marks, before.cards) != (after.marks, after.cards)


days_in_march = st.integers(1, 31).map(lambda day: date(2018, 3, day))
moments = st.tuples(days_in_march, st.integers(0, 12)).map(
    lambda pair: (
        dates.parse(pair[0].isoformat()),
        dates.parse((pair[0] + timedelta(pair[1])).isoformat()),
    )
)


@settings(deadline=None, max_examples=50)
@given(st.lists(moments, max_size=4), st.lists(st.tuples(moments, days_in_march)))
def test_a_look_up_finds_the_state_of_every_day_of_any_record(
    spans: list[tuple[dates.Moment, dates.Moment]],
    plans: list[tuple[tuple[dates.Moment, dates.Moment], date]],
) -> None:
    kinds = (ROUND, TRUCE)
    events = [
        replace(kinds[number % 2], event_id=f"e{number}", start=start, end=end)
        for number, (start, end) in enumerate(spans)
    ]
    claims = [
        replace(
            SECOND_PLAN,
            claim_id=f"c{number}",
            event_id=f"e{number % len(events)}",
            start=start,
            end=end,
            published=dates.parse(published.isoformat()),
        )
        for number, ((start, end), published) in enumerate(plans)
        if events
    ]
    record = made([AREA, *events], claims)
    every = timeline.states(record)
    for day in days_of(record)[:120]:
        state, found = timeline.state_on(record, day), looked_up(every, day)
        assert (state.marks, state.cards) == (found.marks, found.cards), day


def test_talks_sit_from_their_first_to_their_last_day(march: Dataset) -> None:
    sitting = [day for day in range(1, 32) if "talks:gva-x" in on(march, day)]
    assert sitting == [15, 16, 17]


@pytest.mark.parametrize(
    ("day", "verb", "count"), [(15, "opens", 1), (16, "continues", 2), (17, "ends", 3)]
)
def test_talks_open_continue_and_end_and_count_their_days(
    march: Dataset, day: int, verb: str, count: int
) -> None:
    card = on(march, day)["talks:gva-x"]
    assert card.clause
    assert card.clause.phrase == f"the tenth round of Geneva talks {verb}"
    today = date(2018, 3, day)
    assert timeline.fill(card.label, ROUND, today) == f"day {count} of 3"
    state = timeline.state_on(march, today)
    assert state.marks[0].mark == "at:geneva"
    assert state.marks[0].look == "talks.geneva"


def test_talks_of_one_day_take_place() -> None:
    record = made([replace(ROUND, end=ROUND.start)])
    state = timeline.state_on(record, date(2018, 3, 15))
    assert state.sentence == "The tenth round of Geneva talks takes place."
    assert state.cards[0].label == ""


def test_an_end_on_an_unknown_day_counts_to_the_last_attested_one(
    march: Dataset,
) -> None:
    in_force = [day for day in range(1, 32) if "regime:lt-homs" in on(march, day)]
    assert (in_force[0], in_force[-1]) == (10, 20)


def test_a_plan_is_pending_from_its_publication_to_the_day_before_it_is_withdrawn(
    march: Dataset,
) -> None:
    assert FIRST_PLAN.pending == Interval(date(2018, 3, 1), date(2018, 3, 5))
    claims = {
        day: on(march, day)["plan:gva-x"].claim_id
        for day in range(1, 32)
        if "plan:gva-x" in on(march, day)
    }
    # The plan published last is the one shown; the event's own first day ends it.
    first = dict.fromkeys(range(1, 4), "gva-x-p1")
    assert claims == first | dict.fromkeys(range(4, 15), "gva-x-a1")


def test_a_plan_of_unknown_publication_is_pending_on_its_days_only() -> None:
    plan = replace(FIRST_PLAN, published=None, withdrawn=None)
    assert plan.pending == Interval(date(2018, 3, 8), date(2018, 3, 8))


def test_a_plan_of_what_was_cancelled_is_shown_hollow_at_its_place() -> None:
    record = made([replace(ROUND, status="cancelled")], [SECOND_PLAN])
    state = timeline.state_on(record, date(2018, 3, 15))
    assert [(mark.mark, mark.look) for mark in state.marks[:2]] == [
        ("at:geneva", "planned.geneva"),
        ("lane:geneva", "planned"),
    ]
    assert [card.section for card in state.cards] == ["plan"]


@pytest.mark.parametrize(
    ("day", "look"),
    [
        (4, None),
        (5, "in-force"),
        (19, "in-force"),
        (20, "contested"),
        (25, "contested"),
        (26, "lapsed"),
    ],
)
def test_a_zone_changes_its_look_on_the_day_its_status_changes(
    march: Dataset, day: int, look: str | None
) -> None:
    marks = timeline.state_on(march, date(2018, 3, day)).marks
    looks = {mark.mark: mark.look for mark in marks}
    assert looks.get("zone:north-homs-a") == look


def test_changes_are_days_on_which_something_began_or_ended(march: Dataset) -> None:
    changes = timeline.changes(march, timeline.states(march))
    headlines = {change.day.day: change.headline for change in changes}
    assert headlines[1] == "Geneva X announced"
    assert headlines[15] == "Geneva X"
    assert headlines[18] == "After: Geneva X"
    assert headlines[20] == "Northern Homs area: contested"
    assert 16 not in headlines


def test_that_a_thing_of_one_day_is_over_is_no_change() -> None:
    record = made([replace(ROUND, end=ROUND.start)])
    changes = timeline.changes(record, timeline.states(record))
    assert [change.day for change in changes] == [date(2018, 3, 15)]


def test_every_change_of_the_record_is_a_state_with_a_headline(
    record: Dataset, every: tuple[State, ...]
) -> None:
    firsts = {state.first for state in every}
    changes = timeline.changes(record, every)
    assert changes
    for change in changes:
        assert change.day in firsts
        assert change.headline


@pytest.mark.parametrize(
    ("day", "talks"),
    [
        ("2016-03-01", ""),
        ("2016-09-14", ""),
        ("2016-12-16", ""),
        ("2017-01-24", "ast-01"),
        ("2017-02-06", "ast-tech-2017-02-06"),
        ("2017-02-15", "ast-02"),
        ("2017-02-24", "gva-iv"),
        ("2017-05-06", ""),
        ("2017-09-15", "ast-06"),
        ("2017-12-21", "ast-08"),
        ("2018-01-30", "sochi-cong"),
        ("2018-07-30", "ast-10"),
        ("2019-04-25", "ast-12"),
        ("2020-03-06", ""),
        ("2024-11-12", "ast-22"),
        ("2024-12-09", ""),
    ],
)
def test_the_talks_of_a_day_are_those_of_the_dossier(
    record: Dataset, day: str, talks: str
) -> None:
    state = timeline.state_on(record, date.fromisoformat(day))
    found = [card.event_id for card in state.cards if card.section == "talks"]
    assert found == talks.split()


def test_every_mark_and_card_of_the_record_names_an_event(
    record: Dataset, every: tuple[State, ...]
) -> None:
    for state in every:
        named = {mark.event_id for mark in state.marks}
        named |= {card.event_id for card in state.cards}
        assert named <= set(record.events)


def test_a_card_comes_once_a_day(every: tuple[State, ...]) -> None:
    for state in every:
        keys = [(card.section, card.event_id) for card in state.cards]
        assert len(keys) == len(set(keys)), state.first


def test_days_count_from_the_first_day_of_the_event() -> None:
    assert timeline.day_count(ROUND, date(2018, 3, 15)) == 1
    assert timeline.day_count(ROUND, date(2018, 3, 17)) == ROUND.active.days()


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2018-03-08", "2018-03-08", "8 March 2018"),
        ("2018-03-08", "2018-03-09", "8–9 March 2018"),
        ("2018-03-11~", "2018-03-20~", "March 2018"),
        ("2018-03~", "2018-05~", "March–May 2018"),
        ("2018", "2018", "2018"),
        ("2018-11~", "2019-02~", "2018–2019"),
    ],
)
def test_a_plan_says_no_more_than_is_known(start: str, end: str, words: str) -> None:
    plan = replace(FIRST_PLAN, start=dates.parse(start), end=dates.parse(end))
    assert timeline.plan_in_words(plan) == words


def test_the_day_before_the_record_begins_there_is_nothing(record: Dataset) -> None:
    state = timeline.state_on(record, record.record.first - DAY)
    assert not state.cards
    assert state.sentence == "Nothing on record holds on this day."
