"""A day of the record for people to read and for programs to take."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from geo_astana import dates, timeline
from geo_astana.dataset import Dataset, Standing
from geo_astana.dates import Interval
from geo_astana.model import Claim, Event, Section
from geo_astana.timeline import Card, State

Entry = dict[str, Any]


def as_json(record: Dataset, day: date) -> Entry:
    """What holds on the day, as JSON values; dates are ISO, both ends inclusive.

    `until` is null while a thing goes on and where its end is unknown; `attested_until`
    is then the last day on which a source attests it.
    """
    state = timeline.state_on(record, day)
    return {
        "date": day.isoformat(),
        "sentence": state.sentence,
        "talks": [
            _talk(record, event, card, day)
            for card, event in _cards(record, state, "talks")
        ],
        "regimes": [
            {
                "id": event.event_id,
                "title": event.title,
                **_term(event),
                "status": card.status,
                "sources": _sources(record, event.source_ids),
                **_attested(event),
            }
            for card, event in _cards(record, state, "regime")
        ],
        "zones": [
            _zone(record, event, card, day)
            for card, event in _cards(record, state, "zone")
        ],
        "plans": [
            {
                "event_id": claim.event_id,
                "start": claim.start.text if claim.start else None,
                "end": claim.end.text if claim.end else None,
                "location": _location(record, claim),
                "source": _sources(record, [claim.source_id])[0],
            }
            for claim in timeline.pending_plans(record, day)
        ],
        "decisions": [
            _happening(record, event, day)
            for _, event in _cards(record, state, "decided")
        ],
        "ground": [
            _happening(record, event, day)
            for _, event in _cards(record, state, "ground")
        ],
        "posts": [
            {
                "id": event.event_id,
                "title": event.title,
                "place": _place(record, event, day),
                "since": event.active.first.isoformat(),
            }
            for _, event in _cards(record, state, "post")
        ],
    }


def as_text(record: Dataset, day: date) -> str:
    """The day in words: date, sentence, then one line an item with its sources."""
    state = timeline.state_on(record, day)
    sections = {
        "Talks": _event_lines(record, state, "talks", day),
        "Decided on this day": _event_lines(record, state, "decided", day),
        "On the ground": _event_lines(record, state, "ground", day),
        "Ceasefires and standing agreements": _event_lines(
            record, state, "regime", day
        ),
        "Zones": _zone_lines(record, state, day),
        "Planned": _plan_lines(record, day),
        "Observation posts": _event_lines(record, state, "post", day),
    }
    lines = [dates.in_words(day), state.sentence]
    for title, items in sections.items():
        if items:
            lines += ["", title, *(f"  {item}" for item in items)]
    return "\n".join(lines)


def _cards(
    record: Dataset, state: State, section: Section
) -> Iterator[tuple[Card, Event]]:
    for card in state.cards:
        if card.section == section:
            yield card, record.events[card.event_id]


def _talk(record: Dataset, event: Event, card: Card, day: date) -> Entry:
    return {
        "id": event.event_id,
        "title": event.title,
        "track": event.track,
        "round": event.round,
        **_where(record, event, day),
        "day": timeline.day_count(event, day),
        "days": event.active.days(),
        "status": card.status,
        "sources": _sources(record, event.source_ids),
    }


def _zone(record: Dataset, event: Event, card: Card, day: date) -> Entry:
    zone_id = event.zone_ids[0]
    outline = record.outline_on(zone_id, day)
    agreed = _agreed(record, zone_id, day)
    return {
        "id": zone_id,
        "version": card.version,
        "title": event.title,
        **(_span(agreed.valid) if agreed else _term(event)),
        "area_km2": outline.area_km2 if outline else None,
        "status": card.status,
        "sources": _sources(
            record,
            dict.fromkeys(
                (*event.source_ids, *(outline.source_ids if outline else ()))
            ),
        ),
        **({} if agreed else _attested(event)),
    }


def _happening(record: Dataset, event: Event, day: date) -> Entry:
    return {
        "id": event.event_id,
        "title": event.title,
        "kind": event.kind,
        **_where(record, event, day),
        **_term(event),
        "sources": _sources(record, event.source_ids),
        **_attested(event),
    }


def _agreed(record: Dataset, zone_id: str, day: date) -> Standing | None:
    """The time in which the zone is only agreed, if that is so on the day."""
    for standing in record.standings:
        if standing.zone_id == zone_id and day in standing.valid:
            return standing if standing.status == "agreed" else None
    return None


def _span(interval: Interval) -> Entry:
    until = interval.last.isoformat() if interval.last else None
    return {"since": interval.first.isoformat(), "until": until}


def _term(event: Event) -> Entry:
    """First and last day; no last one while it goes on or where it is unknown."""
    return _span(Interval(event.active.first, event.end.last if event.end else None))


def _attested(event: Event) -> Entry:
    if event.end or not event.attested_until:
        return {}
    return {"attested_until": event.attested_until.last.isoformat()}


def _where(record: Dataset, event: Event, day: date) -> Entry:
    place = record.place_of(event)
    return {
        "place": _place(record, event, day),
        "lon": place.lon if place else None,
        "lat": place.lat if place else None,
    }


def _place(record: Dataset, event: Event, day: date) -> str | None:
    """What the event's place is called on the day."""
    if not record.place_of(event):
        return None
    return record.gazetteer.label(event.place_id, day)


def _location(record: Dataset, claim: Claim) -> str | None:
    """The place as the plan names it, else as sources name the event's."""
    return claim.location or record.events[claim.event_id].location or None


def _sources(record: Dataset, source_ids: Iterable[str]) -> list[Entry]:
    return [
        {"id": source.source_id, "title": source.title, "url": source.url or None}
        for source in (record.sources[source_id] for source_id in source_ids)
    ]


def _event_lines(
    record: Dataset, state: State, section: Section, day: date
) -> list[str]:
    return [
        _line(
            event.title,
            event.event_id,
            [
                _place(record, event, day),
                timeline.fill(card.label, event, day),
                _time(event),
            ],
            _publishers(record, event.source_ids),
        )
        for card, event in _cards(record, state, section)
    ]


def _zone_lines(record: Dataset, state: State, day: date) -> list[str]:
    lines = []
    for card, event in _cards(record, state, "zone"):
        outline = record.outline_on(event.zone_ids[0], day)
        area = (
            f"about {outline.area_km2:,.0f} km² (edge within {outline.error_km:g} km)"
            if outline
            else None
        )
        agreed = card.status == "agreed"
        term = "outline drawn later" if agreed else _time(event)
        sources = _publishers(record, event.source_ids)
        details = [card.status, timeline.fill(card.label, event, day), term, area]
        lines.append(_line(event.title, event.zone_ids[0], details, sources))
    return lines


def _plan_lines(record: Dataset, day: date) -> list[str]:
    return [
        _line(
            record.events[claim.event_id].title,
            claim.event_id,
            [_location(record, claim), timeline.plan_in_words(claim)],
            _publishers(record, [claim.source_id]),
        )
        for claim in timeline.pending_plans(record, day)
    ]


def _time(event: Event) -> str:
    span = dates.span_in_words(event.start, event.end)
    if event.end or not event.attested_until:
        return span
    last = dates.in_words(event.attested_until.last)
    return f"{span}, end unknown, attested until {last}"


def _line(
    title: str, name: str, details: Iterable[str | None], sources: Iterable[str]
) -> str:
    parts = [f"{title} [{name}]", *filter(None, details)]
    return f"{', '.join(parts)}. Sources: {'; '.join(sources)}"


def _publishers(record: Dataset, source_ids: Iterable[str]) -> list[str]:
    """Who says so, each once: the publisher, or the title of a paper without one."""
    found = (record.sources[source_id] for source_id in source_ids)
    return list(dict.fromkeys(source.publisher or source.title for source in found))
