"""What the event drawer tells: one JSON of every event, zone and source.

It repeats nothing of `payload.build`, which the drawer has too. Days count from the
first day of the record, both ends of an interval inclusive; sources and places are
positions in their lists; keys without a value are left out.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from geo_astana import (
    citation,
    dates,
    geometry,
    locator,
    model,
    timeline,
)
from geo_astana.dataset import Dataset, Outline
from geo_astana.dates import Interval, Moment
from geo_astana.model import Claim, Event, Place

CONFIDENCE_WORDS = {
    "high": "dates and main fact well supported",
    "medium": "main fact well supported, dates or details less so",
    "low": "weakly supported",
}
PLAN_WORDS = {
    "held": "kept",
    "moved": "moved",
    "cancelled": "never held",
    "missed": "not met",
    "partly": "kept in part",
}
VERDICT_WORDS = {
    "used": "followed here",
    "rejected": "not followed",
    "partly": "followed in part",
    "unsettled": "unsettled",
}
FIELD_WORDS = {
    "dates": "the dates",
    "start": "the start",
    "end": "the end",
    "location": "the place",
    "participants": "who took part",
    "role": "roles",
    "signature": "who signed",
    "number": "numbers",
    "terms": "the terms",
    "title": "the name",
}
COUNTRY_WORDS = {
    "AT": "Austria",
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "EG": "Egypt",
    "IR": "Iran",
    "JO": "Jordan",
    "KZ": "Kazakhstan",
    "QA": "Qatar",
    "RU": "Russia",
    "SA": "Saudi Arabia",
    "SY": "Syria",
    "TR": "Türkiye",
    "US": "United States",
    "VN": "Viet Nam",
}
SIGNED = ("signatory", "disputed")
REGIMES = ("ceasefire", "local_truce", "standing")
NOT_HELD = ("cancelled", "missed")

Entry = dict[str, Any]


class _Sources:
    """The sources cited, each once, by position."""

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}

    def __call__(self, source_ids: Iterable[str]) -> list[int]:
        return [
            self.positions.setdefault(source_id, len(self.positions))
            for source_id in source_ids
        ]


def build(record: Dataset) -> Entry:
    """The entries of all events and zones, their sources and the locators."""
    cited = _Sources()
    chains = _chains(record)
    places = _places(record)
    positions = {place_id: position for position, place_id in enumerate(places)}
    disputes = _by_conflict(record)
    events = {
        event.event_id: _present(
            {
                **_what(event),
                "place": positions.get(event.place_id),
                "people": _people(record, event),
                "signed": _signed(record, event),
                "plans": _plans(record, event, cited),
                "claims": _claims(record, event, disputes, cited),
                "belongs": _belongs(record, event),
                "zone": event.zone_ids[0] if event.kind == "zone" else "",
                "near": chains[event.event_id],
                "sources": cited(event.source_ids),
                "cite": _cite(record, event.event_id, event.title, _when(event)),
            }
        )
        for event in record.events.values()
    }
    zones = {
        zone_id: _zone(record, zone_id, name, cited)
        for zone_id, (_, name) in timeline.ZONES.items()
        if any(outline.zone_id == zone_id for outline in record.outlines)
    }
    return {
        "confidence": CONFIDENCE_WORDS,
        "events": events,
        "zones": zones,
        "places": [_place(place) for place in places.values()],
        "maps": {name: locator.drawing(name) for name in locator.LOCATORS},
        "sources": [
            _forms(record.sources[source_id].record) for source_id in cited.positions
        ],
    }


def _present(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if value not in ("", [], None)}


def _forms(source: citation.Record) -> list[Any]:
    return [citation.text(source), citation.bibtex(source), source]


def _cite(record: Dataset, entry_id: str, title: str, when: str) -> list[Any]:
    return _forms(
        citation.of_entry(entry_id, title, when, record.version, record.as_of)
    )


def _what(event: Event) -> Entry:
    return {
        "status": event.status,
        "precision": precision(event),
        "summary": event.summary,
        "outcome": event.outcome,
        "note": event.note,
        "confidence": event.confidence,
    }


def _when(event: Event) -> str:
    if event.end or not event.attested_until:
        return dates.span_in_words(event.start, event.end)
    last = dates.in_words(event.attested_until.last)
    return f"{_moment(event.start)}, end unknown after {last}"


def precision(event: Event) -> str:
    """How well the days are known, and how long it lasted."""
    if event.status in NOT_HELD:
        known = "planned days"
    elif event.end is None and event.attested_until is None:
        known = f"{_known('first day', event.start)}, still going on"
    elif event.end is None:
        after = _moment(event.attested_until)
        known = f"{_known('first day', event.start)}, end unknown after {after}"
    elif event.start.text == event.end.text:
        known = _known("day", event.start)
    elif event.start.exact and event.end.exact:
        known = "both days exact"
    else:
        first, last = (
            _known(name, moment)
            for name, moment in (("first day", event.start), ("last day", event.end))
        )
        known = f"{first}, {last}"
    known = known[0].upper() + known[1:]
    exact = event.start.exact and event.end is not None and event.end.exact
    if not exact or event.status in NOT_HELD or event.section == "decided":
        return known
    days = event.active.days()
    verb = "sat" if event.section == "talks" else "lasted"
    return f"{known} · {verb} {days} day{'' if days == 1 else 's'}"


def _known(name: str, moment: Moment) -> str:
    if moment.first != moment.last:
        unit = "month" if moment.first.month == moment.last.month else "year"
        about = ", about" if moment.approximate else ""
        return f"{name} known to the {unit}{about}"
    return f"{name} {'approximate' if moment.approximate else 'exact'}"


def _places(record: Dataset) -> dict[str, Place]:
    """The places at which an event is, in the order of the events."""
    places = map(record.place_of, record.events.values())
    return {place.place_id: place for place in places if place}


def _place(place: Place) -> Entry:
    """Where it lies in which locator, in pixels; no `at` where it lies in none."""
    name = "syria" if place.country == "SY" else "region"
    found = locator.at(name, place.lon, place.lat)
    return _present(
        {
            "at": [name, *found] if found else None,
            "lon": place.lon,
            "lat": place.lat,
            "country": COUNTRY_WORDS.get(place.country, place.country),
            "kind": place.kind,
            "accuracy_km": place.accuracy_km,
            "note": place.note,
        }
    )


def _people(record: Dataset, event: Event) -> list[Any]:
    """Per role its actors: full name, people named, note."""
    rows = record.participants.get(event.event_id, ())
    roles = []
    for role in model.ROLES:
        actors = [
            [record.actors[row.actor_id].name, row.person, row.note]
            for row in rows
            if row.role == role
        ]
        if actors:
            roles.append([role, actors])
    return roles


def _signed(record: Dataset, event: Event) -> list[Any]:
    """Who signed the agreement of a regime, for the regime that has no such row."""
    own = {row.role for row in record.participants.get(event.event_id, ())}
    if own & set(SIGNED) or event.section not in ("regime", "zone"):
        return []
    found = []
    for part in parts(record).get(event.event_id, ()):
        roles = [row for row in _people(record, part) if row[0] in SIGNED]
        if part.kind == "agreement" and roles:
            found.append([part.event_id, roles])
    return found


@lru_cache(maxsize=4)
def parts(record: Dataset) -> dict[str, list[Event]]:
    """The parts of events, as ids name them: `zone-mem-maps` is one of `zone-mem`."""
    found: dict[str, list[Event]] = {}
    for event_id, event in record.events.items():
        whole, _, word = event_id.rpartition("-")
        if whole in record.events and word.isalpha():
            found.setdefault(whole, []).append(event)
    return found


def _plans(record: Dataset, event: Event, cited: _Sources) -> list[Any]:
    """Plans by the day they were published: words, verdict, source, and the rest."""
    plans = [
        claim
        for claim in record.claims
        if claim.event_id == event.event_id and claim.is_plan
    ]
    plans.sort(key=lambda claim: claim.published.first if claim.published else date.min)
    return [
        [
            claim.value,
            PLAN_WORDS[claim.verdict],
            *cited([claim.source_id]),
            claim.note,
            _moment(claim.published),
            _moment(claim.withdrawn),
        ]
        for claim in plans
    ]


def _moment(moment: Moment | None) -> str:
    return dates.span_in_words(moment, moment) if moment else ""


def _by_conflict(record: Dataset) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in record.claims:
        if claim.conflict and not claim.is_plan:
            found.setdefault(claim.conflict, []).append(claim)
    return found


def _claims(
    record: Dataset, event: Event, disputes: dict[str, list[Claim]], cited: _Sources
) -> list[Any]:
    """Other claims: what they speak of, whether they conflict, and each claim.

    A conflict is told whole, with the claims on other events it runs through.
    """
    own = [
        claim
        for claim in record.claims
        if claim.event_id == event.event_id and not claim.is_plan
    ]
    groups: dict[tuple[bool, str], list[Claim]] = {}
    for claim in own:
        if claim.conflict:
            groups[True, claim.conflict] = disputes[claim.conflict]
    for claim in own:
        if not claim.conflict:
            groups.setdefault((False, claim.field), []).append(claim)
    return [
        [
            _fields(claims),
            int(conflict),
            [
                [
                    claim.value,
                    VERDICT_WORDS.get(claim.verdict) or PLAN_WORDS[claim.verdict],
                    *cited([claim.source_id]),
                    claim.note,
                    claim.event_id if claim.event_id != event.event_id else "",
                ]
                for claim in claims
            ],
        ]
        for (conflict, _), claims in groups.items()
    ]


def _fields(claims: list[Claim]) -> str:
    words = list(
        dict.fromkeys(FIELD_WORDS.get(claim.field, claim.field) for claim in claims)
    )
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _belongs(record: Dataset, event: Event) -> list[list[str]]:
    """What the data ties the event to: id, the tie in words, status on its first day.

    Ties are the zones it names or whose status it began, what held in them on its
    first day, and the parts that ids name.
    """
    day = event.active.first
    begun = {
        standing.zone_id: standing.status
        for standing in record.standings
        if standing.event_id == event.event_id
    }
    rows = []
    for zone_id in dict.fromkeys((*event.zone_ids, *begun)):
        if event.kind == "zone" or zone_id not in timeline.ZONES:
            continue
        status = next(
            (
                standing.status
                for standing in record.standings
                if standing.zone_id == zone_id and day in standing.valid
            ),
            "",
        )
        tie = (
            f"{begun[zone_id]} from this on"
            if zone_id in begun
            else "concerns this zone"
        )
        rows.append([zone_id, tie, status])
    agreed = event.kind == "agreement"
    rows += [
        [whole, "agreement on" if agreed else "part of", ""]
        for whole, members in parts(record).items()
        if event in members
    ]
    rows += [
        [part.event_id, "agreed in" if part.kind == "agreement" else "a part of it", ""]
        for part in parts(record).get(event.event_id, ())
    ]
    listed = {row[0] for row in rows}
    rows += [
        [other.event_id, "also in force there", ""]
        for other in record.events.values()
        if other.kind in REGIMES
        and other is not event
        and other.event_id not in listed
        and set(other.zone_ids) & set(event.zone_ids)
        and other.active.first < day
        and day in other.active
    ]
    return rows


def _chains(record: Dataset) -> dict[str, list[str]]:
    """The events before and after each in its track and of its kind, else empty."""
    lines: dict[tuple[str, str], list[Event]] = {}
    for event in record.events.values():
        lines.setdefault((event.track, event.kind), []).append(event)
    found = {}
    for line in lines.values():
        line.sort(key=lambda event: (event.start.first, event.event_id))
        ids = ["", *(event.event_id for event in line), ""]
        for before, own, after in zip(ids, ids[1:], ids[2:], strict=False):
            found[own] = [before, after]
    return found


def _zone(record: Dataset, zone_id: str, name: str, cited: _Sources) -> Entry:
    outlines = [outline for outline in record.outlines if outline.zone_id == zone_id]
    standings = [each for each in record.standings if each.zone_id == zone_id]
    event = record.zone_events.get(zone_id)
    when = _span(outlines[0].valid, outlines[-1].valid)
    shared = _first_sentence(outlines)
    return _present(
        {
            "when": f"Outlines of {when}",
            "note": shared,
            "event": event.event_id if event else "",
            "outlines": [
                [
                    outline.version,
                    outline.title,
                    *_validity(record, outline.valid),
                    round(geometry.area_km2(outline.shape)),
                    outline.error_km,
                    outline.note.removeprefix(shared).strip(),
                    cited(outline.source_ids),
                    locator.path("syria", outline.shape, locator.FINE_PX),
                ]
                for outline in outlines
            ],
            "statuses": [
                [standing.status, *_validity(record, standing.valid), standing.event_id]
                for standing in standings
            ],
            "events": [
                other.event_id
                for other in record.events.values()
                if zone_id in other.zone_ids
                and other is not event
                and other.kind != "post"
            ],
            "posts": [
                other.event_id
                for other in record.events.values()
                if zone_id in other.zone_ids and other.kind == "post"
            ],
            "cite": _cite(record, zone_id, name, when),
        }
    )


def _first_sentence(outlines: list[Outline]) -> str:
    """What all their notes begin with; empty where they differ."""
    openings = {outline.note.split(". ")[0].rstrip(".") for outline in outlines}
    return f"{openings.pop()}." if len(openings) == 1 and all(openings) else ""


def _span(first: Interval, last: Interval) -> str:
    end = dates.parse(last.last.isoformat()) if last.last else None
    return dates.span_in_words(dates.parse(first.first.isoformat()), end)


def _validity(record: Dataset, valid: Interval) -> list[Any]:
    """An interval in words, and its first and last day."""
    start = record.record.first
    last = (valid.last - start).days if valid.last else None
    return [_span(valid, valid), (valid.first - start).days, last]
