"""What the reader chose to see: a filter over events and over what holds on a day.

An empty set chooses everything. The sets of one selection all have to agree; within a
set one member is enough. An actor and a role have to meet in the same participation.
The browser follows the same rule with the table that `payload` sends along.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache

from geo_astana import model, timeline
from geo_astana.dataset import Dataset
from geo_astana.model import Event
from geo_astana.timeline import Change, State


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids and words by facet; see `choices` for what each may hold."""

    tracks: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    status: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, field.name) for field in fields(self))


EVERYTHING = Selection()
FACETS = tuple(field.name for field in fields(Selection))


def choices(record: Dataset) -> dict[str, tuple[str, ...]]:
    """Everything that each facet may hold, in the order in which it is offered."""
    rows = [row for people in record.participants.values() for row in people]
    actors = {row.actor_id for row in rows}
    kinds = {event.kind for event in record.events.values()}
    return {
        "tracks": model.TRACKS,
        "kinds": tuple(kind for kind in model.SECTION_OF_KIND if kind in kinds),
        "zones": tuple(timeline.ZONES),
        "actors": tuple(
            actor.actor_id
            for actor in sorted(record.actors.values(), key=lambda one: one.short)
            if actor.actor_id in actors
        ),
        "roles": model.ROLES,
        "status": timeline.STATUSES,
    }


def keeps(record: Dataset, chosen: Selection, event: Event) -> bool:
    """Whether an event is in the selection, whatever its status on a day."""
    if chosen.tracks and event.track not in chosen.tracks:
        return False
    if chosen.kinds and event.kind not in chosen.kinds:
        return False
    if chosen.zones and not chosen.zones.intersection(event.zone_ids):
        return False
    if not (chosen.actors or chosen.roles):
        return True
    return any(
        (not chosen.actors or row.actor_id in chosen.actors)
        and (not chosen.roles or row.role in chosen.roles)
        for row in record.participants.get(event.event_id, ())
    )


def events(record: Dataset, chosen: Selection) -> list[Event]:
    """The events of the selection; with a status, those that ever had it."""
    ever = statuses(record) if chosen.status else {}
    return [
        event
        for event in record.events.values()
        if keeps(record, chosen, event)
        and (not chosen.status or chosen.status & ever[event.event_id])
    ]


@lru_cache(maxsize=4)
def statuses(record: Dataset) -> dict[str, frozenset[str]]:
    """Every status that an event has on some day, by event."""
    found: dict[str, set[str]] = {event_id: set() for event_id in record.events}
    for state in timeline.states(record):
        for mark in state.marks:
            found[mark.event_id].add(mark.status)
        for card in state.cards:
            found[card.event_id].add(card.status)
    return {event_id: frozenset(words) for event_id, words in found.items()}


def keeper(record: Dataset, chosen: Selection) -> Callable[[str, str], bool]:
    """Whether the selection keeps an event in a status, as a function of both."""
    kept = _kept(record, chosen)
    return lambda event_id, status: (
        event_id in kept and (not chosen.status or status in chosen.status)
    )


def state(record: Dataset, whole: State, chosen: Selection) -> State:
    """What the selection keeps of a day; its sentence says that it is a part."""
    if not chosen:
        return whole
    keeps_item = keeper(record, chosen)
    return replace(
        whole,
        marks=tuple(m for m in whole.marks if keeps_item(m.event_id, m.status)),
        cards=tuple(c for c in whole.cards if keeps_item(c.event_id, c.status)),
        selected=True,
    )


def changes(record: Dataset, chosen: Selection) -> list[Change]:
    """The days to step to: those on which something of the selection changes."""
    every = timeline.states(record)
    if not chosen:
        return timeline.changes(record, every)
    kept = _kept(record, chosen)
    found = []
    for change in timeline.changes(record, every):
        turns = tuple(
            turn
            for turn in change.turns
            if turn.event_id in kept
            and (not chosen.status or chosen.status & turn.statuses)
        )
        if turns:
            found.append(replace(change, turns=turns))
    return found


@lru_cache(maxsize=16)
def _kept(record: Dataset, chosen: Selection) -> frozenset[str]:
    return frozenset(
        event.event_id
        for event in record.events.values()
        if keeps(record, chosen, event)
    )
