"""The record for the browser: states to look up, cards to read, rooms and looks.

Three compact JSONs: `build` is what a first picture needs, `cards` what the day panel
tells of each event, `view` how the maps are drawn. Numbers of days count from the first
day of the record; lists refer to each other by position; nothing in them has to be
worked out again in the browser.
"""

from datetime import date
from typing import Any, Generic, TypeVar

from geo_astana import (
    dates,
    frame,
    labels,
    link,
    maps,
    model,
    schedule,
    selection,
    sentence,
    theme,
    timeline,
)
from geo_astana.dataset import Dataset
from geo_astana.model import Claim, Event, Participation
from geo_astana.timeline import Card, Mark

# The day the dashboard opens on, and the years first in view.
OPENS_ON = "2017-12-21"
FIRST_VIEW = ("2016-01-01", "2018-12-31")

# What the row of every thing in a lane has: all but word and number.
SHORTEST_THING = 6

TRACK_WORDS = {
    "astana": "Astana process",
    "geneva": "Geneva talks",
    "committee": "Constitutional Committee",
    "sochi": "Sochi",
    "summits": "Summits and ministers",
    "council": "Security Council",
    "ceasefire": "Ceasefires",
    "zone": "Zones",
    "ground": "On the ground",
}
ROLE_WORDS = {
    "guarantor": "guarantors",
    "party": "parties",
    "delegation": "delegations",
    "mediator": "mediators",
    "sponsor": "sponsors",
    "chair": "chairs",
    "participant": "participants",
    "host": "host",
    "observer": "observers",
    "un": "UN",
    "signatory": "signatories",
    "disputed": "disputed",
    "affected": "affected",
    "absent": "absent",
    "excluded": "left out",
}

KIND_WORDS = {
    "round": "rounds",
    "session": "committee sessions",
    "technical": "technical meetings",
    "ministerial": "ministerial meetings",
    "summit": "summits",
    "conference": "conferences",
    "contact": "contacts",
    "agreement": "agreements",
    "resolution": "resolutions",
    "statement": "statements",
    "rename": "renamings of the capital",
    "offensive": "offensives",
    "capture": "captures",
    "evacuation": "evacuations",
    "suspension": "suspensions",
    "deployment": "deployments",
    "patrol": "patrols",
    "exchange": "exchanges of prisoners",
    "monitoring": "monitoring",
    "ceasefire": "ceasefires",
    "local_truce": "local truces",
    "standing": "memoranda in effect",
    "zone": "zones",
    "post": "observation posts",
    "deadline": "deadlines",
}

Value = TypeVar("Value")


class _Table(Generic[Value]):
    """Values, each once, by position."""

    def __init__(self) -> None:
        self.rows: list[Value] = []
        self._positions: dict[Value, int] = {}

    def position(self, value: Value) -> int:
        if value not in self._positions:
            self._positions[value] = len(self.rows)
            self.rows.append(value)
        return self._positions[value]


def build(record: Dataset) -> dict[str, Any]:
    """Everything the view needs beside the two figures and the base map."""
    every = timeline.states(record)
    start = record.record.first
    marks: _Table[Mark] = _Table()
    listed: _Table[Card] = _Table()
    rows = [
        [
            (state.first - start).days,
            [marks.position(mark) for mark in state.marks],
            [listed.position(card) for card in state.cards],
        ]
        for state in every
    ]
    last = record.record.last
    return {
        "version": record.version,
        "record": [start.isoformat(), last.isoformat() if last else None],
        "opens": OPENS_ON,
        "range": list(FIRST_VIEW),
        "states": rows,
        "marks": [[m.mark, m.look, m.event_id, m.label] for m in marks.rows],
        "cards": [_card(card) for card in listed.rows],
        "changes": [
            [(change.day - start).days, [_turn(turn) for turn in change.turns]]
            for change in timeline.changes(record, every)
        ],
        "events": {
            event.event_id: _event(record, event) for event in record.events.values()
        },
        "talks": [
            event.event_id
            for event in record.events.values()
            if event.section == "talks" and event.status == "held"
        ],
        "labels": _labels(record),
        "zones": {zone_id: name for zone_id, (_, name) in timeline.ZONES.items()},
        "zoneLanes": {zone_id: lane for zone_id, (lane, _) in timeline.ZONES.items()},
        "lanes": [list(lane) for lane in schedule.LANES],
        "things": [_thing(thing, start) for thing in schedule.things(record)],
        "schedule": {
            "beside": schedule.BESIDE,
            "edge": schedule.EDGE_PX,
            "least": schedule.LEAST_PX,
            "letter": schedule.LETTER_PX,
            "clear": schedule.CLEAR_PX,
            "counted": schedule.COUNTED,
        },
        "statusOf": timeline.STATUS_OF_LOOK,
        "facets": _facets(record),
        "actors": {key: actor.short for key, actor in record.actors.items()},
        "link": link.described(),
        "choices": _choices(record),
        "tracks": TRACK_WORDS,
        "kinds": KIND_WORDS,
        "roles": ROLE_WORDS,
        "offMap": _off_map(record),
        "sentence": {
            "groups": sentence.GROUPS,
            "noTalks": sentence.NO_TALKS,
            "nothing": sentence.NOTHING,
            "noTalksChosen": sentence.NO_TALKS_CHOSEN,
            "nothingChosen": sentence.NOTHING_CHOSEN,
            "numbers": sentence.NUMBERS,
        },
    }


def cards(record: Dataset) -> dict[str, Any]:
    """What the day panel tells: outcome, note, people and sources of each event."""
    sources: _Table[str] = _Table()
    shown = {card.claim_id for state in timeline.states(record) for card in state.cards}
    return {
        "events": {
            event.event_id: [
                event.outcome or event.summary,
                event.note,
                _people(record, event),
                [sources.position(source_id) for source_id in event.source_ids],
            ]
            for event in record.events.values()
        },
        "claims": {
            claim.claim_id: _claim(claim, sources)
            for claim in record.plans
            if claim.claim_id in shown
        },
        "sources": [_source(record, source_id) for source_id in sources.rows],
    }


def view(record: Dataset) -> dict[str, Any]:
    """How the maps are drawn: frames by aspect, rooms, type sizes, looks by theme."""
    quiet = list(maps.quiet_places(record))
    return {
        "aspects": [round(aspect, 5) for aspect in frame.ASPECTS],
        "frames": {
            maps.SUBPLOT[chart.name]: [
                [
                    round(value, 4)
                    for value in (*filled.lon, *filled.lat, *filled.centre)
                ]
                for filled in (frame.fill(chart, aspect) for aspect in frame.ASPECTS)
            ]
            for chart in frame.MAPS
        },
        "shares": maps.REGION_SHARES,
        "leastAspect": maps.LEAST_ASPECT,
        "mostAspect": maps.MOST_ASPECT,
        "boxes": labels.BOXES["phone"],
        "sizes": {
            size: {
                "least": theme.LEAST_WIDTH[size],
                "text": theme.TEXT_PX[size],
                "mark": theme.MARK_PX[size],
            }
            for size in theme.SIZES
        },
        "room": {
            size: {
                "active": space.active,
                "base": space.base,
                "never": space.never,
            }
            for size in theme.SIZES
            for space in (maps.room(record, size),)
        },
        "quiet": quiet,
        "countries": {key: text for key, text, *_ in labels.COUNTRIES},
        "looks": {colours: theme.looks(colours) for colours in theme.THEMES},
        "colours": theme.COLOURS,
        "parts": {
            "line": maps.LINE_PARTS,
            "area": maps.AREA_PARTS,
            "marker": maps.MARKER_PARTS,
        },
    }


def _card(card: Card) -> list[Any]:
    clause = card.clause
    words = [clause.group, clause.phrase, clause.noun] if clause else None
    row = [card.section, card.event_id, card.status, card.label, words, card.claim_id]
    while row and not row[-1]:
        row.pop()
    return row


def _turn(turn: timeline.Turn) -> list[str]:
    row = [turn.event_id, turn.status, turn.words, turn.was]
    return row if turn.was else row[:-1]


def _thing(thing: schedule.Thing, start: date) -> list[Any]:
    """Lane, form, event, status, first and last day, word, whether it is a number."""
    row = [
        thing.lane,
        thing.form,
        thing.event_id,
        thing.status,
        (thing.first - start).days,
        (thing.last - start).days,
        thing.word,
        int(thing.numbered),
    ]
    while not row[-1] and len(row) > SHORTEST_THING:
        row.pop()
    return row


def _facets(record: Dataset) -> dict[str, list[Any]]:
    """Zones and participations of each event, as actor, role, actor, role and so on.

    Actors and roles are positions in their choices; an event that has neither zones nor
    people is left out.
    """
    offered = selection.choices(record)
    actors = {actor: at for at, actor in enumerate(offered["actors"])}
    found: dict[str, list[Any]] = {}
    for event in record.events.values():
        rows = record.participants.get(event.event_id, ())
        pairs = dict.fromkeys((actors[row.actor_id], row.role) for row in rows)
        who = [
            number
            for actor, role in pairs
            for number in (actor, offered["roles"].index(role))
        ]
        if event.zone_ids or who:
            found[event.event_id] = [list(event.zone_ids), who]
    return found


def _choices(record: Dataset) -> dict[str, list[str]]:
    """What the keys of a link may hold; of an event the browser knows the list."""
    offered = link.choices(record)
    return {name: list(words) for name, words in offered.items() if name != "event"}


def _event(record: Dataset, event: Event) -> list[Any]:
    """Track, kind, title, short title, first and last day, when and where in words."""
    span = event.active
    place = record.gazetteer.label(event.place_id, span.first) if event.place_id else ""
    when = dates.span_in_words(event.start, event.end or event.attested_until)
    if event.end is None and event.attested_until:
        last = dates.in_words(event.attested_until.last)
        since = dates.span_in_words(event.start, event.start)
        when = f"{since}, attested to {last}, end unknown"
    start = record.record.first
    return [
        event.track,
        event.kind,
        event.title,
        event.short,
        (span.first - start).days,
        (span.last - start).days if span.last else None,
        when,
        place,
    ]


def _people(record: Dataset, event: Event) -> list[list[str]]:
    """Who was there, one list a role in the order of roles, names after it."""
    rows = record.participants.get(event.event_id, ())
    people = []
    for role in model.ROLES:
        names = [_participant(record, row) for row in rows if row.role == role]
        if names:
            people.append([role, ", ".join(names)])
    return people


def _participant(record: Dataset, row: Participation) -> str:
    if row.role == "un" and row.actor_id == "un":
        return row.person or "took part"
    short = record.actors[row.actor_id].short
    return f"{short} ({row.person})" if row.person else short


def _claim(claim: Claim, sources: _Table[str]) -> list[Any]:
    """A plan: its words, what came of it, when it was published, its source."""
    return [
        claim.value,
        claim.verdict,
        dates.in_words(claim.published.first) if claim.published else "",
        sources.position(claim.source_id),
    ]


def _source(record: Dataset, source_id: str) -> list[str]:
    source = record.sources[source_id]
    return [source.publisher, source.url, source.issued]


def _labels(record: Dataset) -> dict[str, Any]:
    """What each marked place is called: one name, or names with their first day."""
    start = record.record.first
    named: dict[str, Any] = {}
    for place in maps.marked_places(record):
        names = [
            [max(0, (name.valid.first - start).days), model.as_label(name.name)]
            for name in record.gazetteer.names_of(place.place_id)
            if name.kind == "label"
            and name.language == "en"
            and (name.valid.last is None or name.valid.last >= start)
        ]
        named[place.place_id] = (
            names
            if len(names) > 1
            else model.as_label(record.gazetteer.label(place.place_id, start))
        )
    return named


def _off_map(record: Dataset) -> list[list[str]]:
    """Venues beyond both maps, named at the edge instead of at a false place."""
    return [
        [place.place_id, model.as_label(place.name)]
        for place in maps.marked_places(record)
        if not labels.map_of(place)
    ]
