"""What stands in the lanes of the timeline, from when to when, and with which word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo_astana import timeline
from geo_astana.dataset import Dataset
from geo_astana.dates import DAY
from geo_astana.model import Event

# Lane, its words, the same where there is little room, the track of its colour.
LANES = (
    ("astana", "Astana", "Astana", "astana"),
    ("geneva", "Geneva", "Geneva", "geneva"),
    ("committee", "Constitutional Committee", "Const. Committee", "committee"),
    ("sochi", "Sochi", "Sochi", "sochi"),
    ("summits", "Summits and ministers", "Summits, ministers", "summits"),
    ("council", "Security Council", "Security Council", "council"),
    ("ceasefires", "Ceasefires", "Ceasefires", "ceasefire"),
    ("south", "South-west", "South-west", "zone"),
    ("east-ghouta", "Eastern Ghouta", "Eastern Ghouta", "zone"),
    ("north-homs", "Northern Homs", "Northern Homs", "zone"),
    ("idlib", "Idlib area", "Idlib area", "zone"),
    ("strip", "Idlib strip, M4 corridor", "Strip, corridor", "zone"),
    ("ground", "On the ground", "On the ground", "ground"),
)
# Kinds of one day: a diamond, as for what was decided.
POINTED = ("capture", "deployment", "patrol", "exchange")
PALE = ("technical", "monitoring")
# What counts as holding at a time, for the density over the lanes.
COUNTED = ("talks", "ground", "regime", "zone")

Form = Literal["band", "thin", "bar", "pale", "diamond", "tick", "plan"]
# These stand beside the bars; of a band a word may cover all but its ends.
BESIDE: tuple[Form, ...] = ("thin", "tick")
EDGE_PX = 3
# The width of each form in pixels, however short it was.
LEAST_PX = {"bar": 5, "pale": 5, "diamond": 9}
# Noto Sans of 10.9 px: a letter, and what a word keeps clear of its neighbours.
LETTER_PX = 6.6
CLEAR_PX = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """One drawing in a lane, on the days `first` to `last`, both inclusive."""

    lane: str
    form: Form
    event_id: str
    status: str
    first: date
    last: date
    word: str = ""
    numbered: bool = False
    # The day a plan that was not kept is tied to: the first of what was held.
    held: date | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word beside its thing: `at` is in days from the first day in view."""

    thing: Thing
    at: float
    left: bool


def things(record: Dataset) -> list[Thing]:
    """Everything that the lanes hold, lane by lane."""
    end = record.record.last or date.max - DAY
    found: list[Thing] = []
    for lane, *_ in LANES:
        found += _bands(record, lane, end)
        events = [e for e in record.events.values() if timeline.lane_of(e) == lane]
        found += [
            _thing(event, lane, end)
            for event in events
            if event.status in ("held", "ended")
            and event.section not in ("zone", "post")
        ]
        if lane == "idlib":
            found += [
                _plain(event, lane, "tick", "standing", event.active.first)
                for event in record.events.values()
                if event.kind == "post"
            ]
        found += _plans(record, lane)
    return found


def density(
    record: Dataset, keeps: Callable[[timeline.Card], bool]
) -> list[tuple[date, int]]:
    """How many things hold at once, from each day on which anything changes."""
    return [
        (
            state.first,
            sum(card.section in COUNTED and keeps(card) for card in state.cards),
        )
        for state in timeline.states(record)
    ]


def words(
    kept: Sequence[Thing], first: date, last: date, width_px: float
) -> list[Word]:
    """The words that have room in a view of `first` to `last`, numbered things first.

    A word stands to the right of its thing, else to its left, else nowhere: pointing
    at the thing and the cards of its days still name it. The browser places words by
    the same rule.
    """
    per_day = width_px / ((last - first).days + 1)
    placed: list[Word] = []
    for lane, *_ in LANES:
        members = [thing for thing in kept if thing.lane == lane]
        taken = [
            span
            for thing in members
            if thing.form not in BESIDE
            for span in _solid(thing, first, per_day)
        ]
        named = [thing for thing in members if thing.word]
        for thing in sorted(named, key=lambda thing: not thing.numbered):
            start, stop = _span(thing, first, per_day)
            wide = len(thing.word) * LETTER_PX + 2 * CLEAR_PX
            inner = start + EDGE_PX if thing.form == "band" else stop
            for left, low in ((False, inner), (True, start - wide)):
                room = (low, low + wide)
                inside = low >= 0 and low + wide <= width_px
                if not inside or any(_meet(room, other) for other in taken):
                    continue
                taken.append(room)
                edge = room[1] - CLEAR_PX if left else low + CLEAR_PX
                placed.append(Word(thing, round(edge / per_day, 1), left))
                break
    return placed


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two spans share more than an edge."""
    return one[0] < other[1] - 0.01 and other[0] < one[1] - 0.01


def _solid(thing: Thing, first: date, per_day: float) -> list[tuple[float, float]]:
    """What no word may cover: a thing, or both ends of a band."""
    start, stop = _span(thing, first, per_day)
    if thing.form != "band":
        return [(start, stop)]
    return [(start, start + EDGE_PX), (stop - EDGE_PX, stop)]


def _span(thing: Thing, first: date, per_day: float) -> tuple[float, float]:
    """Where a thing begins and ends in pixels from the left edge of the view."""
    start = (thing.first - first).days * per_day
    stop = ((thing.last - first).days + 1) * per_day
    more = max(0.0, LEAST_PX.get(thing.form, 0) - (stop - start)) / 2
    return start - more, stop + more


def _bands(record: Dataset, lane: str, end: date) -> list[Thing]:
    """The standings of the zones of a lane."""
    return [
        Thing(
            lane,
            "band",
            record.zone_events[standing.zone_id].event_id,
            standing.status,
            standing.valid.first,
            min(standing.valid.last or end, end),
        )
        for standing in record.standings
        if timeline.ZONES[standing.zone_id][0] == lane
    ]


def _thing(event: Event, lane: str, end: date) -> Thing:
    first, last = event.active.first, min(event.active.last or end, end)
    form: Form = "bar"
    status = "held"
    if event.section == "regime":
        form = "band" if event.kind == "ceasefire" else "thin"
        status = "in force"
    elif event.section == "decided" or event.kind in POINTED:
        form, last = "diamond", first
    elif event.kind in PALE:
        form = "pale"
    return _plain(event, lane, form, status, last)


def _plain(event: Event, lane: str, form: Form, status: str, last: date) -> Thing:
    word = "" if form in ("thin", "tick") else event.short
    return Thing(
        lane,
        form,
        event.event_id,
        status,
        event.active.first,
        last,
        word,
        numbered=bool(event.round),
    )


def _plans(record: Dataset, lane: str) -> list[Thing]:
    """Plans of talks that were not kept, tied to the date held where there is one."""
    found = []
    for claim in record.plans:
        event = record.events[claim.event_id]
        if timeline.lane_of(event) != lane or event.section != "talks":
            continue
        if claim.verdict == "held" or claim.start is None or claim.end is None:
            continue
        first, last = claim.start.first, claim.end.last
        begins = event.active.first
        held = begins if event.status == "held" and last < begins else None
        found.append(
            Thing(lane, "plan", event.event_id, "planned", first, last, held=held)
        )
    return found
