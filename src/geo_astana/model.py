"""The words of the field: places, actors, sources, events, claims, zones."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from geo_astana.dates import DAY, Interval, Moment

Track = Literal[
    "astana",
    "geneva",
    "committee",
    "sochi",
    "summits",
    "council",
    "ceasefire",
    "zone",
    "ground",
]
TRACKS: tuple[Track, ...] = get_args(Track)

# What an event is on a day it holds.
Section = Literal["talks", "decided", "ground", "regime", "zone", "post", "plan"]
SECTION_OF_KIND: dict[str, Section] = {
    "round": "talks",
    "session": "talks",
    "technical": "talks",
    "ministerial": "talks",
    "summit": "talks",
    "conference": "talks",
    "contact": "decided",
    "agreement": "decided",
    "resolution": "decided",
    "statement": "decided",
    "rename": "decided",
    "offensive": "ground",
    "capture": "ground",
    "evacuation": "ground",
    "suspension": "ground",
    "deployment": "ground",
    "patrol": "ground",
    "exchange": "ground",
    "monitoring": "ground",
    "ceasefire": "regime",
    "local_truce": "regime",
    "standing": "regime",
    "zone": "zone",
    "post": "post",
    "deadline": "plan",
}
EVENT_STATUSES = ("held", "ended", "cancelled", "missed", "partly")
ROLES = (
    "guarantor",
    "party",
    "delegation",
    "mediator",
    "sponsor",
    "chair",
    "participant",
    "host",
    "observer",
    "un",
    "signatory",
    "disputed",
    "affected",
    "absent",
    "excluded",
)
PLAN_VERDICTS = ("held", "moved", "cancelled", "missed", "partly")
CLAIM_VERDICTS = ("used", "rejected", "partly", "unsettled")
CONFIDENCES = ("high", "medium", "low")
ZoneStatus = Literal["agreed", "in force", "contested", "lapsed"]
# So many letters of a name a map has room for; our own have at most 34.
LABEL_LETTERS = 40


def as_label(words: str) -> str:
    """Words as a map writes them: the beginning of what is far too long."""
    return words if len(words) <= LABEL_LETTERS else f"{words[:LABEL_LETTERS]}…"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a place in one language; a label is what maps of its days show."""

    place_id: str
    name: str
    language: str
    kind: str
    valid: Interval


@dataclass(frozen=True, slots=True)
class Place:
    """A venue or a town; lon and lat in WGS84 degrees, accuracy in kilometres."""

    place_id: str
    name: str
    kind: str
    country: str
    lon: float
    lat: float
    accuracy_km: float
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A state, an organisation or an armed group."""

    actor_id: str
    name: str
    short: str
    kind: str
    side: str
    note: str
    # What else it is called, in every language of its table.
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What someone can open or look up; `record` is its CSL-JSON."""

    source_id: str
    title: str
    publisher: str
    url: str
    issued: str
    record: dict[str, object]


@dataclass(frozen=True, slots=True)
class Participation:
    """One actor at one event, with the people named."""

    actor_id: str
    role: str
    person: str
    note: str


@dataclass(frozen=True)
class Event:
    """Something that happened or held for a time.

    `end` is None where the event ended on an unknown day; it then counts as active to
    `attested_until`, the last day on which a source still attests it.
    """

    event_id: str
    track: Track
    kind: str
    round: str
    title: str
    phrase: str
    short: str
    start: Moment
    end: Moment | None
    attested_until: Moment | None
    status: str
    location: str
    place_id: str
    zone_ids: tuple[str, ...]
    summary: str
    outcome: str
    note: str
    confidence: str
    source_ids: tuple[str, ...]

    @property
    def section(self) -> Section:
        return SECTION_OF_KIND[self.kind]

    @cached_property
    def active(self) -> Interval:
        """The days on which the event counts as active, both ends inclusive."""
        end = self.end or self.attested_until
        return Interval(self.start.first, end.last if end else None)


@dataclass(frozen=True)
class Claim:
    """What one source says of one field of one event.

    A plan is a claim about dates: it is pending from the day it was published to its
    last planned day or to the day before it was withdrawn; with no published day known,
    on the planned days only.
    """

    claim_id: str
    event_id: str
    field: str
    value: str
    start: Moment | None
    end: Moment | None
    location: str
    published: Moment | None
    withdrawn: Moment | None
    source_id: str
    verdict: str
    conflict: str
    note: str

    @property
    def is_plan(self) -> bool:
        return self.field == "dates" and self.verdict in PLAN_VERDICTS

    @cached_property
    def pending(self) -> Interval | None:
        if not self.is_plan or self.start is None or self.end is None:
            return None
        first = self.published.first if self.published else self.start.first
        last = self.end.last
        if self.withdrawn:
            last = min(last, self.withdrawn.first - DAY)
        return Interval(first, last) if first <= last else None
