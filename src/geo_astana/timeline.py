"""What holds on a day, and the days on which that changes.

Python decides here, once, what is shown; the browser looks it up. A state is an ordered
list of marks (what the maps and lanes show, the first of a place or lane wins) and of
cards (what the day panel lists, each with its clause of the sentence).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import get_args

from geo_astana import dates, model, sentence
from geo_astana.dataset import Dataset, Outline
from geo_astana.dates import DAY, Interval
from geo_astana.model import Claim, Event
from geo_astana.sentence import Clause

# Zone, its lane and its name on the map; the four of the memorandum are counted.
ZONES = {
    "south": ("south", "South-west"),
    "east-ghouta": ("east-ghouta", "Eastern Ghouta"),
    "north-homs": ("north-homs", "Northern Homs"),
    "idlib": ("idlib", "Idlib area"),
    "idlib-dmz": ("strip", "Demilitarised strip"),
    "m4-corridor": ("strip", "M4 corridor"),
}
# What a thing shown is on its day; the looks of the maps and lanes say which.
STATUS_OF_LOOK = {
    "talks": "held",
    "decided": "held",
    "ground": "held",
    "planned": "planned",
    "agreed": "agreed",
    "in-force": "in force",
    "truce": "in force",
    "contested": "contested",
    "lapsed": "lapsed",
    "post": "standing",
}
STATUSES = tuple(dict.fromkeys(STATUS_OF_LOOK.values()))
# The counter that ends a label; the same letters in a title are left as they are.
_COUNTER = re.compile(r"(?:(?<=^day )|(?<= · day ))\{day\}(?=( of \d+)?$)")
COUNTED_ZONES = ("south", "east-ghouta", "north-homs", "idlib")
_KIND_WORD = {
    "round": "Round {round}",
    "session": "Session {round}",
    "summit": "Summit {round}",
    "technical": "Technical meeting",
    "ministerial": "Ministers",
    "contact": "Meeting",
    "resolution": "Resolution {round}",
    "agreement": "Agreement",
    "evacuation": "Evacuation",
    "offensive": "Offensive",
    "local_truce": "Local truce",
    "ceasefire": "Truce",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing drawn: where (`at:sochi`, `zone:idlib-a`, `lane:geneva`), in which look.

    `label` may end in {day}, the day of the event counted from its first.
    """

    mark: str
    look: str
    event_id: str
    label: str = ""

    @property
    def status(self) -> str:
        return STATUS_OF_LOOK[self.look.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Card:
    """An entry of the day panel with its state in words and its clause."""

    section: model.Section
    event_id: str
    status: str
    label: str
    clause: Clause | None = None
    claim_id: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is shown on the days from `first` to the next change."""

    first: date
    marks: tuple[Mark, ...]
    cards: tuple[Card, ...]
    # Whether a selection left some of them out.
    selected: bool = False

    @property
    def sentence(self) -> str:
        clauses = (card.clause for card in self.cards if card.clause)
        return sentence.join(clauses, selected=self.selected)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that begins, changes its status or ends, in words."""

    event_id: str
    status: str
    words: str
    was: str = ""

    @property
    def statuses(self) -> frozenset[str]:
        """Its status on the day and, where that changed, on the day before."""
        return frozenset({self.status, self.was or self.status})


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which things turn: what begins, what changes, then what ends."""

    day: date
    turns: tuple[Turn, ...]

    @property
    def headline(self) -> str:
        return self.turns[0].words


def state_on(record: Dataset, day: date) -> State:
    """The state of one day, worked out from the record."""
    cards: list[Card] = []
    marks: list[Mark] = []
    for event in _active(record, day):
        _happening(record, event, day, cards, marks)
    _zones(record, day, cards, marks)
    _posts(record, day, cards, marks)
    _plans(record, day, cards, marks)
    order = list(get_args(model.Section))
    cards.sort(key=lambda card: order.index(card.section))
    return State(day, tuple(marks), tuple(cards))


@lru_cache(maxsize=4)
def states(record: Dataset) -> tuple[State, ...]:
    """The states of the whole record, one a day on which something shown differs."""
    found: list[State] = []
    for day in _days_that_matter(record):
        state = state_on(record, day)
        last = found[-1] if found else None
        if last is None or (state.marks, state.cards) != (last.marks, last.cards):
            found.append(state)
    return tuple(found)


def changes(record: Dataset, every: Sequence[State]) -> list[Change]:
    """The days to step to: something began, changed its status or ended.

    That a thing of one day is no longer there on the next is no change.
    """
    found = []
    for before, after in pairwise(every):
        turns = _turns(record, before, after)
        if turns:
            found.append(Change(after.first, turns))
    return found


def day_count(event: Event, day: date) -> int:
    """Which day of the event `day` is; its first day is day 1."""
    return (day - event.active.first).days + 1


def fill(label: str, event: Event, day: date) -> str:
    """A label with its day counted."""
    return _COUNTER.sub(str(day_count(event, day)), label)


def _days_that_matter(record: Dataset) -> list[date]:
    """Every day on which anything may differ from the day before."""
    days = {record.record.first}

    def bounds(interval: Interval) -> Iterator[date]:
        yield interval.first
        if interval.last:
            yield interval.last
            yield interval.last + DAY

    for event in record.events.values():
        days.update(bounds(event.active))
        if event.section in ("talks", "zone"):
            days.add(event.active.first + DAY)
    for outline in record.outlines:
        days.update(bounds(outline.valid))
    for standing in record.standings:
        days.update(bounds(standing.valid))
    for claim in record.plans:
        if claim.pending:
            days.update(bounds(claim.pending))
    return sorted(day for day in days if day in record.record)


Month = tuple[int, int]


@lru_cache(maxsize=4)
def _events_by_month(record: Dataset) -> dict[Month, list[Event]]:
    """What was held in each month, so that a day asks few events."""
    found: dict[Month, list[Event]] = {}
    for event in record.events.values():
        if event.status in ("held", "ended"):
            for month in _months(record, event.active):
                found.setdefault(month, []).append(event)
    return found


@lru_cache(maxsize=4)
def _plans_by_month(record: Dataset) -> dict[Month, list[Claim]]:
    """The plans pending in each month."""
    found: dict[Month, list[Claim]] = {}
    for claim in record.plans:
        if claim.pending:
            for month in _months(record, claim.pending):
                found.setdefault(month, []).append(claim)
    return found


def _months(record: Dataset, interval: Interval) -> Iterator[Month]:
    """Every month of the record in which an interval has a day."""
    first = max(interval.first, record.record.first)
    ends = [day for day in (interval.last, record.record.last) if day]
    last = min(ends) if ends else date.max
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield month // 12, month % 12 + 1


def _active(record: Dataset, day: date) -> list[Event]:
    """Events that hold on the day, the weightiest first."""
    order = list(get_args(model.Section))
    events = [
        event
        for event in _events_by_month(record).get((day.year, day.month), ())
        if day in event.active and event.section not in ("zone", "post", "plan")
    ]
    # A numbered round outranks a technical meeting; what began last comes first.
    return sorted(
        events,
        key=lambda event: (
            order.index(event.section),
            not event.round,
            event.kind == "local_truce",
            -event.active.first.toordinal(),
            event.event_id,
        ),
    )


def lane_of(event: Event) -> str:
    """The lane an event stands in; what was only said or watched stands in none."""
    if event.kind in ("monitoring", "statement", "contact", "rename"):
        return ""
    if event.track == "zone":
        zones = [ZONES[zone][0] for zone in event.zone_ids]
        return zones[0] if len(set(zones)) == 1 else ""
    return {"ceasefire": "ceasefires"}.get(event.track, event.track)


def what(event: Event) -> str:
    """The event in one or two words, for a label beside its place's name."""
    word = _KIND_WORD.get(event.kind, "{short}")
    if "{round}" in word and not event.round:
        word = {"summit": "Summit"}.get(event.kind, "{short}")
    return word.format(
        round=model.as_label(event.round), short=model.as_label(event.short)
    )


def _happening(
    record: Dataset, event: Event, day: date, cards: list[Card], marks: list[Mark]
) -> None:
    section = event.section
    days = event.active.days()
    counter = ""
    if section == "talks" and days and days > 1:
        counter = f"day {{day}} of {days}"
    elif section in ("ground", "regime") and days != 1:
        counter = "day {day}"
    clause = _clause(event, day)
    status = "held" if section != "regime" else "in force"
    cards.append(Card(section, event.event_id, status, counter, clause))
    look = {"regime": "truce"}.get(section, section)
    place = record.place_of(event)
    # A truce holds where it holds, not in the capital where it was signed.
    elsewhere = section == "regime" and place and place.country != "SY"
    # An offensive or a truce on a whole zone is the look of that zone; a square would
    # hide it.
    whole = ("offensive", "ceasefire", "local_truce")
    on_zone = event.kind in whole and bool(event.zone_ids)
    unplaced = event.kind in ("monitoring", "standing")
    if place and not (elsewhere or on_zone or unplaced):
        label = " · ".join(filter(None, (what(event), counter)))
        track = f".{event.track}" if section in ("talks", "decided") else ""
        marks.append(Mark(f"at:{event.place_id}", look + track, event.event_id, label))
    if lane := lane_of(event):
        word = {"regime": "in force"}.get(section, counter or "today")
        marks.append(Mark(f"lane:{lane}", look, event.event_id, word))


def _clause(event: Event, day: date) -> Clause | None:
    if event.kind in ("standing", "monitoring", "contact", "statement", "rename"):
        return None
    if event.section == "talks":
        span = event.active
        verb = "takes place" if span.days() == 1 else "continues"
        if span.days() != 1 and day in (span.first, span.last):
            verb = "opens" if day == span.first else "ends"
        return Clause("talks", f"{event.phrase} {verb}")
    group = {"regime": "force"}.get(event.section, event.section)
    noun = "local truces" if event.kind == "local_truce" else ""
    return Clause(group, event.phrase, noun)


def _zones(record: Dataset, day: date, cards: list[Card], marks: list[Mark]) -> None:
    for zone_id, (lane, _) in ZONES.items():
        outline = record.outline_on(zone_id, day)
        if zone_id not in record.zone_events:
            continue
        event = record.zone_events[zone_id]
        marks += [
            Mark(f"zone:{earlier.version}", "lapsed", event.event_id)
            for earlier in _earlier(record, zone_id, day)
        ]
        standing = next(
            (
                standing
                for standing in record.standings
                if standing.zone_id == zone_id and day in standing.valid
            ),
            None,
        )
        if outline is None or standing is None:
            continue
        status = standing.status
        counter = "" if status == "agreed" else "day {day}"
        label = f"{status} · {counter}" if counter else "agreed · drawn later"
        if day == event.active.first:
            label = "in force from today"
        group = {"in force": "force"}.get(status, status)
        noun = "de-escalation areas" if zone_id in COUNTED_ZONES else ""
        cards.append(
            Card(
                "zone",
                event.event_id,
                status,
                counter,
                Clause(group, event.phrase, noun),
                version=outline.version,
            )
        )
        look = status.replace(" ", "-")
        marks += [
            Mark(f"zone:{outline.version}", look, event.event_id),
            Mark(f"call:{zone_id}", look, event.event_id, label),
            Mark(f"lane:{lane}", look, event.event_id, status),
        ]


def _earlier(record: Dataset, zone_id: str, day: date) -> list[Outline]:
    """The outline that the zone had before: its last one, once it has ended."""
    past = [
        outline
        for outline in record.outlines
        if outline.zone_id == zone_id
        and outline.valid.last
        and outline.valid.last < day
    ]
    return past[-1:]


def _posts(record: Dataset, day: date, cards: list[Card], marks: list[Mark]) -> None:
    for event in _events_by_month(record).get((day.year, day.month), ()):
        if event.section == "post" and day in event.active:
            cards.append(Card("post", event.event_id, "standing", "day {day}"))
            marks.append(Mark(f"post:{event.event_id}", "post", event.event_id))


def pending_plans(record: Dataset, day: date) -> list[Claim]:
    """The plans pending on a day, one an event: the one published last.

    A plan is over once the event it speaks of has begun.
    """
    latest: dict[str, Claim] = {}
    for claim in _plans_by_month(record).get((day.year, day.month), ()):
        event = record.events[claim.event_id]
        begun = event.status in ("held", "ended") and day >= event.active.first
        if begun or claim.pending is None or day not in claim.pending:
            continue
        other = latest.get(claim.event_id)
        if other is None or _published(claim) >= _published(other):
            latest[claim.event_id] = claim
    return sorted(latest.values(), key=lambda claim: (_start(claim), claim.claim_id))


def _published(claim: Claim) -> date:
    return claim.published.first if claim.published else date.min


def _start(claim: Claim) -> date:
    return claim.start.first if claim.start else date.max


def plan_in_words(claim: Claim) -> str:
    """The planned time, short: a day, a span of days, or only the month."""
    start, end = claim.start, claim.end
    if start is None or end is None:
        return claim.value
    if start.exact and end.exact:
        return dates.span_in_words(start, end)
    if start.first.year != end.last.year:
        return f"{start.first.year}–{end.last.year}"
    if (start.first.month, end.last.month) == (1, 12):
        return str(start.first.year)
    opens = dates.MONTHS[start.first.month - 1]
    if start.first.month != end.last.month:
        return f"{opens}–{dates.MONTHS[end.last.month - 1]} {end.last.year}"
    return f"{opens} {start.first.year}"


def _plans(record: Dataset, day: date, cards: list[Card], marks: list[Mark]) -> None:
    for claim in pending_plans(record, day):
        event = record.events[claim.event_id]
        place_id = _plan_place(record, claim, event, day)
        when = plan_in_words(claim)
        noun = {"talks": "meetings", "plan": "deadlines"}.get(event.section, "")
        clause = Clause("planned", event.phrase, noun)
        cards.append(
            Card("plan", event.event_id, "planned", when, clause, claim.claim_id)
        )
        if place_id and event.section != "zone":
            label = f"{what(event)} planned, {model.as_label(when)}"
            look = f"planned.{event.track}"
            marks.append(Mark(f"at:{place_id}", look, event.event_id, label))
        if lane := lane_of(event):
            marks.append(Mark(f"lane:{lane}", "planned", event.event_id, "planned"))


def _plan_place(record: Dataset, claim: Claim, event: Event, day: date) -> str:
    """The place the plan names if it is one, else the event's own."""
    if claim.location:
        known = record.gazetteer.place_id(claim.location, day)
        if known:
            return known
    return event.place_id


def _turns(record: Dataset, before: State, after: State) -> tuple[Turn, ...]:
    """Everything that begins, then what changes, then what ends."""
    old = {(card.event_id, card.section): card.status for card in before.cards}
    new = {(card.event_id, card.section): card.status for card in after.cards}
    begun, changed, ended = [], [], []
    for (event_id, section), status in new.items():
        event = record.events[event_id]
        was = old.get((event_id, section))
        if was is None:
            words = f"{event.title} announced" if section == "plan" else event.title
            if event.kind == "resolution":
                words = what(event)
            begun.append(Turn(event_id, status, words))
        elif was != status:
            words = f"{event.title}: {status}"
            changed.append(Turn(event_id, status, words, was))
    for (event_id, section), status in old.items():
        event = record.events[event_id]
        if (event_id, section) in new:
            continue
        if section == "plan":
            ended.append(Turn(event_id, status, f"{event.title} no longer planned"))
        elif event.active.days() != 1:
            ended.append(Turn(event_id, status, f"After: {event.title}"))
    return (*begun, *changed, *ended)
