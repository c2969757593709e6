"""What a selection keeps: events, marks, cards, the sentence and the changes."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_astana import lanes, model, schedule, selection, sentence, timeline
from geo_astana.dataset import Dataset
from geo_astana.selection import EVERYTHING, Selection

GUARANTOR_RUSSIA = Selection(
    actors=frozenset({"russia"}), roles=frozenset({"guarantor"})
)
ASTANA = Selection(tracks=frozenset({"astana"}))


def chosen_from(record: Dataset) -> st.SearchStrategy[Selection]:
    """Any selection of up to three members a facet."""
    facets = {
        name: st.frozensets(st.sampled_from(words), max_size=3)
        for name, words in selection.choices(record).items()
    }
    return st.builds(Selection, **facets)


def test_an_empty_selection_keeps_everything(record: Dataset) -> None:
    state = timeline.state_on(record, date(2017, 12, 21))
    assert selection.state(record, state, EVERYTHING) == state
    assert len(selection.events(record, EVERYTHING)) == len(record.events)
    assert not EVERYTHING
    assert ASTANA


@given(data=st.data())
def test_a_selection_keeps_a_part_in_its_order(
    record: Dataset, data: st.DataObject
) -> None:
    chosen = data.draw(chosen_from(record))
    whole = data.draw(st.sampled_from(timeline.states(record)))
    kept = selection.state(record, whole, chosen)
    for mine, every in ((kept.marks, whole.marks), (kept.cards, whole.cards)):
        rest = iter(every)
        assert all(item in rest for item in mine)
    events = {event.event_id for event in selection.events(record, chosen)}
    assert {card.event_id for card in kept.cards} <= events
    assert {mark.event_id for mark in kept.marks} <= events


@given(data=st.data())
def test_one_more_facet_never_adds_an_event(
    record: Dataset, data: st.DataObject
) -> None:
    chosen = data.draw(chosen_from(record))
    kept = {event.event_id for event in selection.events(record, chosen)}
    for facet in selection.FACETS:
        wider = replace(chosen, **{facet: frozenset()})
        assert kept <= {e.event_id for e in selection.events(record, wider)}


def test_actor_and_role_have_to_meet_in_one_participation(record: Dataset) -> None:
    kept = {event.event_id for event in selection.events(record, GUARANTOR_RUSSIA)}
    assert "ast-08" in kept
    for event_id in kept:
        roles = {
            row.role
            for row in record.participants[event_id]
            if row.actor_id == "russia"
        }
        assert "guarantor" in roles
    # In Geneva Russia sponsors and others guarantee nothing.
    assert "gva-iv" not in kept


def test_a_zone_keeps_what_concerns_it(record: Dataset) -> None:
    chosen = Selection(zones=frozenset({"idlib"}))
    kept = selection.events(record, chosen)
    assert kept
    assert all("idlib" in event.zone_ids for event in kept)


def test_a_status_is_that_of_the_day(record: Dataset) -> None:
    contested = Selection(status=frozenset({"contested"}))
    day = timeline.state_on(record, date(2018, 2, 20))
    kept = selection.state(record, day, contested)
    assert {card.status for card in kept.cards} == {"contested"}
    assert "Eastern Ghouta" in kept.sentence


def test_the_sentence_of_a_part_does_not_speak_for_the_whole(record: Dataset) -> None:
    sitting = timeline.state_on(record, date(2017, 12, 21))
    council = Selection(tracks=frozenset({"council"}))
    kept = selection.state(record, sitting, council)
    assert kept.sentence == sentence.NOTHING_CHOSEN
    zones = Selection(tracks=frozenset({"zone"}))
    said = selection.state(record, sitting, zones).sentence
    assert said.startswith(sentence.NO_TALKS_CHOSEN)
    assert sentence.NO_TALKS not in said


def test_changes_of_a_selection_are_those_of_its_events(record: Dataset) -> None:
    every = {change.day for change in selection.changes(record, EVERYTHING)}
    found = selection.changes(record, ASTANA)
    assert {change.day for change in found} < every
    for change in found:
        for turn in change.turns:
            assert record.events[turn.event_id].track == "astana"
    begins = record.events["ast-08"].active.first
    assert begins in {change.day for change in found}


def test_every_look_has_a_status(record: Dataset) -> None:
    for state in timeline.states(record):
        for mark in state.marks:
            assert mark.status in timeline.STATUSES
        for card in state.cards:
            assert card.status in timeline.STATUSES


def test_the_choices_are_what_events_have(record: Dataset) -> None:
    offered = selection.choices(record)
    assert set(offered["tracks"]) == {event.track for event in record.events.values()}
    assert set(offered["kinds"]) == {event.kind for event in record.events.values()}
    assert set(offered["roles"]) == set(model.ROLES)
    for words in offered.values():
        assert len(words) == len(set(words))


def test_the_lanes_hold_what_the_selection_keeps(record: Dataset) -> None:
    things = schedule.things(record)
    figure = lanes.figure(record, chosen=ASTANA)
    kept = selection.keeper(record, ASTANA)
    drawn = {
        number for trace in figure["data"] for number in trace["meta"].get("things", ())
    }
    wanted = {
        number
        for number, thing in enumerate(things)
        if kept(thing.event_id, thing.status)
    }
    assert drawn == wanted


@pytest.mark.parametrize("width", [300, 830, 1200])
def test_words_of_the_lanes_never_overlap_nor_leave_the_view(
    record: Dataset, width: int
) -> None:
    first, last = date(2016, 1, 1), date(2018, 12, 31)
    per_day = width / ((last - first).days + 1)
    placed = schedule.words(schedule.things(record), first, last, width)
    assert placed
    spans: dict[str, list[tuple[float, float]]] = {}
    for word in placed:
        edge = word.at * per_day
        long = len(word.thing.word) * schedule.LETTER_PX
        low = edge - long if word.left else edge
        # A tenth of a day is what a place is rounded to.
        assert low >= -per_day
        assert low + long <= width + per_day
        spans.setdefault(word.thing.lane, []).append((low, low + long))
    for members in spans.values():
        members.sort()
        for (_, stop), (start, _) in pairwise(members):
            assert stop <= start + per_day


def test_the_density_counts_what_holds_not_what_begins(record: Dataset) -> None:
    counts = dict(schedule.density(record, lambda _: True))
    day = max(first for first in counts if first <= date(2017, 12, 21))
    state = timeline.state_on(record, date(2017, 12, 21))
    holding = [card for card in state.cards if card.section in schedule.COUNTED]
    assert counts[day] == len(holding)
    assert len(holding) > 5
