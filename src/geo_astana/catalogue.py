"""What the search field knows: every name, and the events it leads to.

`index` is loaded when the field is first used. It refers to the events of the payload
by id and repeats none of its titles, dates or tracks; what it lists it refers to by
position. Names are sent as written, because the field shows them; `words` is the one
way to fold them, which `assets/view/finder.js` mirrors.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from geo_astana import dates, gazetteer, model, timeline
from geo_astana.dataset import Dataset
from geo_astana.model import Event, Participation

# What stands between two words. Apostrophes do not: Dar'a is one word.
_BETWEEN = re.compile(r"[\s!-&(-/:-@\[-_{-~«·»،؛؟‐-―“”„…]+")
# Marks of direction and joints, which are copied along unseen.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_ROMAN = re.compile(r"(?P<number>[IVX]+)(?P<part>[a-z]?)")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}

# How an actor in a role is told as the reason why an event was found.
ROLE_REASONS = {
    "guarantor": "{}, guarantor",
    "party": "{}, party",
    "delegation": "{}, delegation",
    "mediator": "{}, mediator",
    "sponsor": "{}, sponsor",
    "chair": "{}, chair",
    "participant": "{} took part",
    "host": "{}, host",
    "observer": "{}, observer",
    "un": "{}, for the UN",
    "signatory": "{}, signatory",
    "disputed": "{}, disputed",
    "affected": "{}, affected",
    "absent": "{}, absent",
    "excluded": "{}, left out",
}


def words(text: str) -> list[str]:
    """The words of a text, each folded as the gazetteer folds a name."""
    seen = _UNSEEN.sub("", text)
    folded = (gazetteer.fold(word) for word in _BETWEEN.split(seen))
    return [word for word in folded if word]


def rounds(event: Event) -> list[str]:
    """The round as written and, where it is Roman, in digits: IIIb, 3b."""
    if not event.round:
        return []
    roman = _ROMAN.fullmatch(event.round)
    return [event.round, *([_in_digits(roman)] if roman else [])]


def index(record: Dataset) -> dict[str, Any]:
    """Places, actors, zones and people with every name, and what each event adds.

    An event is its id, its place (-1 without one), zones, rounds, participations
    (actor, role, person or -1) and the words of its summary that its title lacks.
    """
    places = _positions(record.gazetteer.places)
    actors = _positions(record.actors)
    zones = _positions(zone for e in record.events.values() for zone in e.zone_ids)
    people = _positions(
        person
        for rows in record.participants.values()
        for row in rows
        for person in _persons(row)
    )
    last = record.record.last or record.record.first
    return {
        "events": [
            [
                event.event_id,
                places.get(event.place_id, -1),
                [zones[zone] for zone in event.zone_ids],
                rounds(event),
                [
                    [actors[row.actor_id], model.ROLES.index(row.role), person]
                    for row in record.participants.get(event.event_id, ())
                    for person in [people[name] for name in _persons(row)] or [-1]
                ],
                _further_words(event),
            ]
            for event in record.events.values()
        ],
        "places": [
            [
                record.gazetteer.label(place, last),
                _distinct(name.name for name in record.gazetteer.names_of(place)),
            ]
            for place in places
        ],
        "actors": [
            [actor.short, _distinct([actor.short, actor.name, *actor.names])]
            for actor in record.actors.values()
        ],
        "zones": [_zone(record, zone) for zone in zones],
        "people": list(people),
        "roles": [[role, ROLE_REASONS[role]] for role in model.ROLES],
        "months": dates.MONTHS,
        "examples": _examples(record),
    }


def _positions(keys: Iterable[str]) -> dict[str, int]:
    return {key: position for position, key in enumerate(dict.fromkeys(keys))}


def _persons(row: Participation) -> list[str]:
    return [name.strip() for name in row.person.split(";") if name.strip()]


def _distinct(names: Iterable[str]) -> list[str]:
    """The names without those of the same words as an earlier one."""
    found: dict[tuple[str, ...], str] = {}
    for name in names:
        found.setdefault(tuple(words(name)), name)
    return list(found.values())


def _zone(record: Dataset, zone: str) -> list[Any]:
    name = timeline.ZONES[zone][1] if zone in timeline.ZONES else zone
    own = record.zone_events.get(zone)
    return [name, _distinct([name, own.title] if own else [name])]


def _further_words(event: Event) -> str:
    """Words of phrase and summary, folded, each once, without those of the title."""
    told = dict.fromkeys(words(f"{event.phrase} {event.summary}"))
    titled = words(f"{event.title} {event.short}")
    return " ".join(word for word in told if word not in titled)


def _in_digits(roman: re.Match[str]) -> str:
    values = [_ROMAN_DIGITS[digit] for digit in roman["number"]]
    number = sum(
        -value if value < after else value
        for value, after in zip(values, [*values[1:], 0], strict=True)
    )
    return f"{number}{roman['part']}"


def _examples(record: Dataset) -> list[str]:
    """What to try: a round, the commonest place and actor, the fullest month."""
    events = record.events.values()
    held = [event for event in events if event.round and event.status == "held"]
    places = Counter(event.place_id for event in events if event.place_id)
    actors = Counter(
        row.actor_id for rows in record.participants.values() for row in rows
    )
    months = Counter((e.start.first.year, e.start.first.month) for e in events)
    last = record.record.last or record.record.first
    found = [event.title for event in held[-1:]]
    found += [record.gazetteer.label(key, last) for key, _ in places.most_common(1)]
    found += [record.actors[key].short for key, _ in actors.most_common(1)]
    return found + [
        f"{dates.MONTHS[month - 1]} {year}"
        for (year, month), _ in months.most_common(1)
    ]
